import { type ColumnType, formatCsv, parseTable } from "../base/csv.ts";
import { unreadable } from "../base/unreadable.ts";
import {
  cellsOf,
  FOUNDING,
  type Hyperparameters,
  neededColumns,
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
  validationLoss: "number or empty",
  validationAccuracy: "number or empty",
  testLoss: "number or empty",
  testAccuracy: "number or empty",
  weightsDigest: "text or empty",
} as const satisfies Record<Exclude<keyof TrialRow, keyof Hyperparameters>, ColumnType>;

/** The columns that tables without a validation set, and older ones, lack. */
const LATER_RESULTS = ["validationLoss", "validationAccuracy"] as const;

/** The columns that some rows need. Every table has the {@linkcode FOUNDING} ones and most results. */
function columnsOf(rows: readonly TrialRow[]): (keyof TrialRow)[] {
  const later: readonly (keyof TrialRow)[] = LATER_RESULTS;
  const results = Object.keys(RESULTS) as (keyof typeof RESULTS)[];
  return [
    ...neededColumns(rows),
    ...results.filter((name) => !later.includes(name) || rows.some((row) => row[name] !== null)),
  ];
}

/** Converts a result to a row of a table. */
export function rowOf(result: TrialResult): TrialRow {
  const { hyperparameters, dataset, status, steps, trainLoss } = result;
  const { validationLoss = null, validationAccuracy = null } = result;
  const { testLoss, testAccuracy, weightsDigest } = result;
  return {
    ...cellsOf(hyperparameters),
    dataset,
    status,
    steps,
    trainLoss,
    validationLoss,
    validationAccuracy,
    testLoss,
    testAccuracy,
    weightsDigest,
  };
}

/**
 * Formats a sweep's table as CSV; equal rows give equal bytes. The results of a trial that did not
 * complete are empty cells. A hyperparameter that was added later has a column only if a row needs it, so
 * that the same sweep gives the same table as before.
 */
export function formatTable(rows: readonly TrialRow[]): string {
  return formatCsv(rows, columnsOf(rows));
}

/** Reports whether a CSV file with these columns is a sweep's table. */
export function isSweepTable(columns: readonly string[]): boolean {
  const later: readonly string[] = LATER_RESULTS;
  return [...FOUNDING, ...Object.keys(RESULTS)]
    .every((name) => columns.includes(name) || later.includes(name));
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
  const format = {
    name: "a sweep's table",
    columns: RESULTS,
    untyped: FOUNDING,
    optional: LATER_RESULTS,
  };
  return parseTable(text, file, format, (results, texts): TrialRow => ({
    ...readCells(texts),
    ...results,
  }));
}
