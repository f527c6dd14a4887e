import { formatCsv, parseTable } from "../base/csv.ts";
import { unreadable } from "../base/unreadable.ts";
import { cellsOf, FOUNDING, HYPERPARAMETERS, readCells } from "../training/hyperparameters.ts";
import type { EpochRecord, TrialResult } from "../training/trial_result.ts";
import type { TrialRow } from "./row.ts";

const TYPES = {
  dataset: "text",
  epoch: "number",
  trainLoss: "number",
  testLoss: "number",
  testAccuracy: "number",
} as const;
const COLUMNS = [...HYPERPARAMETERS, ...Object.keys(TYPES)] as readonly (keyof EpochRow)[];

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

/**
 * The learning curves of a sweep as CSV. The same results give the same bytes.
 *
 * @returns `undefined` if no trial is longer than one epoch: the sweep's table then says it all
 */
export function formatEpochs(results: readonly TrialResult[]): string | undefined {
  if (results.every(({ hyperparameters }) => hyperparameters.epochs <= 1)) return undefined;
  return formatCsv(epochRows(results).map((row) => ({ ...row })), COLUMNS);
}

/** The learning curves of the trials of a table. */
export interface LearningCurves {
  /** Returns the records of a trial, in the order of the epochs; none if they are not known. */
  of(row: TrialRow): readonly EpochRecord[];
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
  const format = { name: "a sweep's learning curves", columns: TYPES, untyped: FOUNDING };
  const records = parseTable(text, path, format, ({ dataset, ...record }, texts) => ({
    key: keyOf({ ...readCells(texts), dataset }),
    record,
  }));
  const curves = Map.groupBy(records, ({ key }) => key);
  return { of: (row) => curves.get(keyOf(row))?.map(({ record }) => record) ?? [] };
}

/** What identifies a trial: its hyperparameters and its dataset. */
function keyOf(row: Pick<TrialRow, typeof HYPERPARAMETERS[number] | "dataset">): string {
  return JSON.stringify([...HYPERPARAMETERS.map((name) => row[name]), row.dataset]);
}
