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

/** Other tables of the results, which a sweep of that name would overwrite. */
const TAKEN = /^(reported-figures|chosen-settings|robustness|speed)/;

/**
 * Checks a sweep's name.
 *
 * @throws {UserError} when it would not do as a file's, or is that of another table
 */
export function checkSweepName(name: string): void {
  if (!/^[\p{L}\p{N}][\p{L}\p{N}._-]*$/u.test(name)) {
    throw usageError(`name must be letters, digits, dots and dashes, got ${JSON.stringify(name)}`);
  }
  if (TAKEN.test(name)) {
    throw usageError(`name must not be that of another table of the results, got ${name}`);
  }
}

/**
 * The files of a sweep: `results/NAME.csv` and `.svg`, and its journal. With synthetic digits, NAME
 * gets `-synthetic` at its end, so that no real result is ever overwritten.
 *
 * @param name letters, digits, dots, dashes and underscores
 * @throws {UserError} when {@linkcode checkSweepName} refuses the name
 */
export function sweepFiles(name: string, dataset: Dataset): SweepFiles {
  checkSweepName(name);
  const file = dataset.name === "synthetic" ? `${name}-synthetic` : name;
  const results = projectPath("results");
  return {
    name: file,
    journal: join(results, ".journal", `${file}.jsonl`),
    table: join(results, `${file}.csv`),
    figure: join(results, `${file}.svg`),
  };
}
