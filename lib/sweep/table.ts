import { type ColumnType, formatCsv, parseTable } from "../base/csv.ts";
import { unreadable } from "../base/unreadable.ts";
import {
  cellsOf,
  FOUNDING,
  HYPERPARAMETERS,
  type Hyperparameters,
  readCells,
} from "../training/hyperparameters.ts";
import { TRIAL_STATUSES, type TrialResult } from "../training/trial_result.ts";
import type { TrialRow } from "./row.ts";

/** The columns with a trial's results. */
const RESULTS = {
  dataset: "text",
  status: TRIAL_STATUSES,
  steps: "number",
  trainLoss: "number or empty",
  testLoss: "number or empty",
  testAccuracy: "number or empty",
  weightsDigest: "text or empty",
} as const satisfies Record<Exclude<keyof TrialRow, keyof Hyperparameters>, ColumnType>;

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

/** Reports whether a CSV file with these columns is a sweep's table. */
export function isSweepTable(columns: readonly string[]): boolean {
  return [...FOUNDING, ...Object.keys(RESULTS)].every((name) => columns.includes(name));
}

/**
 * Reads a table of {@linkcode formatTable}, including those older than some hyperparameters.
 *
 * @throws {UserError} if it cannot be read, lacks a column or has an invalid cell
 */
export async function readTable(path: string): Promise<TrialRow[]> {
  const text = await Deno.readTextFile(path).catch((error) => {
    throw unreadable(path, error);
  });
  return parseTrialRows(text, path);
}

/**
 * Parses a table of {@linkcode formatTable}, see {@linkcode readTable}.
 *
 * @param file the file name for errors
 */
export function parseTrialRows(text: string, file: string): TrialRow[] {
  const format = { name: "a sweep's table", columns: RESULTS, untyped: FOUNDING };
  return parseTable(text, file, format, (results, texts): TrialRow => ({
    ...readCells(texts),
    ...results,
  }));
}
