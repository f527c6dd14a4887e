import { projectPath } from "../base/project.ts";
import { UserError } from "../base/user_error.ts";
import type { Jupyter } from "./jupyter.ts";
import { type Notebook, parseNotebook, withOutputs } from "./notebook_file.ts";

/**
 * Runs the cells of a notebook from the top, in a new kernel, in the notebook's folder, and returns
 * the notebook with its new outputs, up to the first cell that fails. The file is not changed.
 *
 * @param jupyter a Python that has Jupyter's client
 * @param signal stops the run and the kernel
 * @throws {UserError} when the file is not a notebook or the kernel ends before the last cell
 */
export async function executeNotebook(
  path: string,
  jupyter: Jupyter,
  signal?: AbortSignal,
): Promise<Notebook> {
  const written = parseNotebook(await Deno.readTextFile(path), path);
  const process = new Deno.Command(jupyter.python, {
    args: [projectPath("lib", "notebook", "execute.py"), path],
    env: jupyter.env,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    // It ends the kernel on SIGTERM, then itself.
    signal,
  });
  const { success, stdout, stderr } = await process.output();
  if (!success) {
    const said = new TextDecoder().decode(stderr).trim().split("\n");
    throw new UserError(`${path}: could not be run to its end: ${said.at(-1)}`);
  }
  return withOutputs(written, parseNotebook(new TextDecoder().decode(stdout), path));
}
