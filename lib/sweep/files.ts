import { join } from "node:path";
import { projectPath } from "../base/project.ts";
import { usageError } from "../base/user_error.ts";
import type { Dataset } from "../dataset/dataset.ts";

/** Paths of a sweep's files. */
export interface SweepFiles {
  /** The files' name without extension. */
  readonly name: string;
  readonly journal: string;
  readonly table: string;
  readonly figure: string;
}

/**
 * Names of the other tables in `results/`, alone or with a dash and more, and of the tables beside a sweep's.
 */
const TAKEN =
  /^(reported-figures|chosen-settings|robustness|speed|range-test|search-comparison)(-|$)|-(epochs|tested)$/;

/**
 * Checks a sweep's name.
 *
 * @throws {UserError} if it is not a valid file name or is reserved for another table
 */
export function checkSweepName(name: string): void {
  if (!/^[\p{L}\p{N}][\p{L}\p{N}._-]*$/u.test(name)) {
    throw usageError(`name must be letters, digits, dots and dashes, got ${JSON.stringify(name)}`);
  }
  if (TAKEN.test(name)) {
    throw usageError(`name is reserved for another table in results/, got ${name}`);
  }
}

/**
 * Returns the paths of a sweep: `results/NAME.csv` and `.svg`, and its journal. With synthetic digits,
 * `-synthetic` is appended to NAME so that real results are never overwritten.
 *
 * @param name letters, digits, dots, dashes and underscores
 * @throws {UserError} if {@linkcode checkSweepName} rejects the name
 */
export function sweepFiles(name: string, dataset: Dataset): SweepFiles {
  checkSweepName(name);
  return filesOf(name, dataset);
}

/**
 * Returns the paths of a range test: `results/range-test.csv` and `.svg`, or `results/range-test-NAME`.
 *
 * @throws {UserError} as {@linkcode sweepFiles}
 */
export function rangeTestFiles(name: string | undefined, dataset: Dataset): SweepFiles {
  if (name !== undefined) checkSweepName(name);
  return filesOf(name === undefined ? "range-test" : `range-test-${name}`, dataset);
}

function filesOf(name: string, dataset: Dataset): SweepFiles {
  const file = dataset.name === "synthetic" ? `${name}-synthetic` : name;
  const results = projectPath("results");
  return {
    name: file,
    journal: join(results, ".journal", `${file}.jsonl`),
    table: join(results, `${file}.csv`),
    figure: join(results, `${file}.svg`),
  };
}
