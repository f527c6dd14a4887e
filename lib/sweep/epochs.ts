import { formatCsv, parseTable } from "../base/csv.ts";
import { unreadable } from "../base/unreadable.ts";
import {
  cellsOf,
  FOUNDING,
  HYPERPARAMETERS,
  neededColumns,
  readCells,
} from "../training/hyperparameters.ts";
import type { EpochRecord, TrialResult } from "../training/trial_result.ts";
import type { TrialRow } from "./row.ts";

/** The columns of measures; of the last four a table has those that its trials have. */
const RECORD = {
  epoch: "number",
  trainLoss: "number",
  validationLoss: "number or empty",
  validationAccuracy: "number or empty",
  testLoss: "number or empty",
  testAccuracy: "number or empty",
} as const;
const ON_VALIDATION = ["validationLoss", "validationAccuracy"] as const;
const ON_TEST = ["testLoss", "testAccuracy"] as const;

/** A line of a table of epochs: a trial's hyperparameters, and its losses after an epoch. */
export type EpochRow =
  & Omit<TrialRow, "status" | "steps" | "weightsDigest" | keyof EpochRecord>
  & EpochRecord;

/** Returns the path of the table of epochs beside a sweep's table: `NAME-epochs.csv`. */
export function epochsFile(table: string): string {
  return table.replace(/(\.csv)?$/i, "-epochs.csv");
}

/** Returns a line for each epoch of each trial, in their order. */
export function epochRows(results: readonly TrialResult[]): EpochRow[] {
  return results.flatMap(({ hyperparameters, dataset, history }) => {
    const settings = cellsOf(hyperparameters);
    return history.map((record) => ({ ...settings, dataset, ...record }));
  });
}

/** The columns of a table of epochs: the hyperparameters that it needs, and what was measured. */
export function epochColumns(rows: readonly EpochRow[]): readonly (keyof EpochRow)[] {
  return [
    ...neededColumns(rows),
    "dataset",
    ...(Object.keys(RECORD) as (keyof EpochRecord)[])
      .filter((name) => rows.some((row) => row[name] !== undefined)),
  ];
}

/**
 * Formats the learning curves of a sweep as CSV. The same results give the same bytes.
 *
 * @returns `undefined` if no trial is longer than one epoch, as the sweep's table then has all results
 */
export function formatEpochs(results: readonly TrialResult[]): string | undefined {
  if (results.every(({ hyperparameters }) => hyperparameters.epochs <= 1)) return undefined;
  const rows = epochRows(results);
  return formatCsv(rows, epochColumns(rows));
}

/** The learning curves of the trials of a table. */
export interface LearningCurves {
  /** Returns the records of a trial, in the order of the epochs; none if they are not known. */
  of(row: TrialRow): readonly EpochRecord[];
}

/** The learning curves of a sweep that has just run. */
export function learningCurves(results: readonly TrialResult[]): LearningCurves {
  const curves = new Map(results.map((result) => [
    keyOf({ ...cellsOf(result.hyperparameters), dataset: result.dataset }),
    result.history,
  ]));
  return { of: (row) => curves.get(keyOf(row)) ?? [] };
}

/**
 * Reads the table of epochs beside a sweep's table.
 *
 * @param table the path of the sweep's table
 * @returns `undefined` if there is none
 * @throws {UserError} if it cannot be read, or lacks a column or a number
 */
export async function readEpochs(table: string): Promise<LearningCurves | undefined> {
  const path = epochsFile(table);
  const text = await Deno.readTextFile(path).catch((error) => {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw unreadable(path, error);
  });
  if (text === undefined) return undefined;
  const format = {
    name: "a sweep's learning curves",
    columns: { dataset: "text", ...RECORD },
    untyped: FOUNDING,
    optional: text.split("\n", 1)[0].includes(ON_VALIDATION[0]) ? ON_TEST : ON_VALIDATION,
  } as const;
  const records = parseTable(text, path, format, ({ dataset, ...record }, texts) => ({
    key: keyOf({ ...readCells(texts), dataset }),
    // Without the measures on images that were not looked at.
    record: Object.fromEntries(
      Object.entries(record).filter(([, value]) => value !== null),
    ) as unknown as EpochRecord,
  }));
  const curves = Map.groupBy(records, ({ key }) => key);
  return { of: (row) => curves.get(keyOf(row))?.map(({ record }) => record) ?? [] };
}

/** Key of a trial: its hyperparameters and its dataset. */
function keyOf(row: Pick<TrialRow, typeof HYPERPARAMETERS[number] | "dataset">): string {
  return JSON.stringify([...HYPERPARAMETERS.map((name) => row[name]), row.dataset]);
}
