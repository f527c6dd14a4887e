import { join } from "node:path";
import { projectPath } from "../base/project.ts";
import { usageError } from "../base/user_error.ts";
import type { Dataset } from "../dataset/dataset.ts";

/** Where a sweep's files lie. */
export interface SweepFiles {
  /** The name of the files without their endings. */
  readonly name: string;
  readonly journal: string;
  readonly table: string;
  readonly figure: string;
}

/**
 * The files of a sweep: `results/NAME.csv` and `.svg`, and its journal. With synthetic digits, NAME
 * gets `-synthetic` at its end, so that no real result is ever overwritten.
 *
 * @param name letters, digits, dots, dashes and underscores
 * @throws {UserError} when the name would not do as a file's
 */
export function sweepFiles(name: string, dataset: Dataset): SweepFiles {
  if (!/^[\p{L}\p{N}][\p{L}\p{N}._-]*$/u.test(name)) {
    throw usageError(`name must be letters, digits, dots and dashes, got ${JSON.stringify(name)}`);
  }
  const file = dataset.name === "synthetic" ? `${name}-synthetic` : name;
  const results = projectPath("results");
  return {
    name: file,
    journal: join(results, ".journal", `${file}.jsonl`),
    table: join(results, `${file}.csv`),
    figure: join(results, `${file}.svg`),
  };
}
