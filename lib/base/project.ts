import { fileURLToPath } from "node:url";

/**
 * The absolute path of a file in the project, independent of the working directory: notebooks run
 * in `notebooks/`, commands in the root.
 *
 * @param parts path below the project's root, e.g. `"results", "learning-rate.csv"`
 */
export function projectPath(...parts: string[]): string {
  return fileURLToPath(new URL(["../..", ...parts].join("/"), import.meta.url));
}
