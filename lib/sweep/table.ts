import { formatCsv, parseCsv } from "../base/csv.ts";
import { UserError } from "../base/user_error.ts";
import { HYPERPARAMETERS } from "../training/hyperparameters.ts";
import type { TrialResult } from "../training/trial_result.ts";
import type { TrialRow } from "./row.ts";

/** The columns of a sweep's table. */
const COLUMNS = [
  ...HYPERPARAMETERS,
  "dataset",
  "status",
  "steps",
  "trainLoss",
  "testLoss",
  "testAccuracy",
  "weightsDigest",
] as const;

/** The columns that hold text; the others hold numbers, and `shuffle` true or false. */
const TEXTS = new Set<string>([
  "layers",
  "activation",
  "outputActivation",
  "initializer",
  "loss",
  "optimizer",
  "schedule",
  "augment",
  "dataset",
  "status",
  "weightsDigest",
]);

/** A result as a line of a table. */
export function rowOf(result: TrialResult): TrialRow {
  const { hyperparameters, dataset, status, steps } = result;
  const { trainLoss, testLoss, testAccuracy, weightsDigest } = result;
  return {
    ...hyperparameters,
    layers: hyperparameters.layers.join("-"),
    activation: [hyperparameters.activation].flat().join("-"),
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
 * A sweep's table as CSV: the same rows give the same bytes. A trial that did not complete has empty
 * cells where its losses would stand.
 */
export function formatTable(rows: readonly TrialRow[]): string {
  return formatCsv(rows.map((row) => ({ ...row })), COLUMNS);
}

/**
 * Reads a table that {@linkcode formatTable} made.
 *
 * @throws {UserError} when it cannot be read or lacks a column
 */
export async function readTable(path: string): Promise<TrialRow[]> {
  const text = await Deno.readTextFile(path).catch((error) => {
    throw new UserError(`${path}: cannot be read (${error.message})`);
  });
  const records = parseCsv(text, path);
  const missing = COLUMNS.find((column) => records.length > 0 && !(column in records[0]));
  if (missing !== undefined) {
    throw new UserError(`${path}, line 1: there is no column ${missing}; is it a sweep's table?`);
  }
  return records.map((record, i) => {
    const cells = COLUMNS.map((column) => [column, cellOf(column, record[column])]);
    const bad = cells.find(([, cell]) => typeof cell === "number" && Number.isNaN(cell));
    if (bad !== undefined) {
      const [column] = bad;
      throw new UserError(
        `${path}, line ${i + 2}, column ${column}: expected a number, got ${
          record[String(column)]
        }`,
      );
    }
    return Object.fromEntries(cells) as unknown as TrialRow;
  });
}

function cellOf(column: string, text: string | null): string | number | boolean | null {
  if (text === null || TEXTS.has(column)) return text;
  if (column === "shuffle") return text === "true";
  if (column === "batchSize" && text === "full") return text;
  return Number(text);
}
