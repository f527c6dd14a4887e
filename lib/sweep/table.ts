import { formatCsv, parseCsv } from "../base/csv.ts";
import { UserError } from "../base/user_error.ts";
import { decimalNumber } from "../base/number.ts";
import {
  cellsOf,
  FOUNDING,
  HYPERPARAMETERS,
  type Hyperparameters,
  readCells,
} from "../training/hyperparameters.ts";
import type { TrialResult } from "../training/trial_result.ts";
import type { TrialRow } from "./row.ts";

/** The columns with a trial's results and their types. */
const RESULTS = {
  dataset: "text",
  status: "text",
  steps: "number",
  trainLoss: "number",
  testLoss: "number",
  testAccuracy: "number",
  weightsDigest: "text",
} as const satisfies Record<
  Exclude<keyof TrialRow, keyof Hyperparameters>,
  "text" | "number"
>;

/** The columns of a sweep's table. */
const COLUMNS = [...HYPERPARAMETERS, ...Object.keys(RESULTS)] as readonly (keyof TrialRow)[];

/** Converts a result to a row of a table. */
export function rowOf(result: TrialResult): TrialRow {
  const { hyperparameters, dataset, status, steps } = result;
  const { trainLoss, testLoss, testAccuracy, weightsDigest } = result;
  return {
    ...cellsOf(hyperparameters),
    dataset,
    status,
    steps,
    trainLoss,
    testLoss,
    testAccuracy,
    weightsDigest,
  };
}

/**
 * Formats a sweep's table as CSV; equal rows give equal bytes. The results of a trial that did not
 * complete are empty cells.
 */
export function formatTable(rows: readonly TrialRow[]): string {
  return formatCsv(rows.map((row) => ({ ...row })), COLUMNS);
}

/**
 * Reads a table that {@linkcode formatTable} made, now or before some of the hyperparameters existed.
 *
 * @throws {UserError} when it cannot be read, lacks a column, or a cell is not what it must be
 */
export async function readTable(path: string): Promise<TrialRow[]> {
  const text = await Deno.readTextFile(path).catch((error) => {
    throw new UserError(`${path}: cannot be read (${error.message})`);
  });
  const records = parseCsv(text, path);
  const needed = [...FOUNDING, ...Object.keys(RESULTS)];
  const missing = needed.find((name) => records.length > 0 && !(name in records[0]));
  if (missing !== undefined) {
    throw new UserError(`${path}, line 1: there is no column ${missing}; is it a sweep's table?`);
  }
  return records.map((record, i) => {
    try {
      return { ...readCells(record), ...resultsOf(record) };
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      throw new UserError(`${path}, line ${i + 2}: ${error.message}`);
    }
  });
}

/** The results in a line; an empty cell is `null`. */
function resultsOf(record: Readonly<Record<string, string | null>>) {
  const cells = Object.entries(RESULTS).map(([name, type]) => {
    const text = record[name];
    const cell = text === null || type === "text" ? text : decimalNumber(text);
    if (Number.isNaN(cell)) throw new UserError(`${name} must be a number, got ${text}`);
    return [name, cell];
  });
  return Object.fromEntries(cells) as Pick<TrialRow, keyof typeof RESULTS>;
}
