import { randomStream } from "../base/random.ts";
import { UserError } from "../base/user_error.ts";
import { type Dataset, shuffledOrder } from "../dataset/dataset.ts";
import { fitTo, fromCells, HYPERPARAMETERS } from "../training/hyperparameters.ts";
import type { StepProgress } from "../training/train.ts";
import { type Engine } from "./engine.ts";
import type { TrialRow } from "./row.ts";
import { rowOf } from "./table.ts";

/** A cell of a table that differs from the result of training again. */
export interface Difference {
  readonly column: string;
  /** Value in the table. */
  readonly table: string | number | boolean | null;
  /** Value of the new training. */
  readonly again: string | number | boolean | null;
}

/** Result of training a table's row again. */
export interface RowCheck {
  /** Line number in the file; the first row is line 2. */
  readonly line: number;
  /** The cells that differ; empty if the row was reproduced. */
  readonly differences: readonly Difference[];
}

/** A row of a table and its line number in the file. */
export interface TableLine {
  readonly line: number;
  readonly row: TrialRow;
}

/**
 * Draws lines at random and returns them in their original order.
 *
 * @param count how many to draw; all lines if there are fewer
 * @param seed of the draw; equal seeds draw equal lines
 */
export function drawLines(lines: readonly TableLine[], count: number, seed: number): TableLine[] {
  const order = shuffledOrder(lines.length, randomStream(seed, "data"));
  return [...order.subarray(0, count)].sort((a, b) => a - b).map((i) => lines[i]);
}

/** The columns that are not results: the hyperparameters and the dataset's name. */
const isSetting = new Set<string>([...HYPERPARAMETERS, "dataset"]);

/** Events of {@linkcode verifyLines}; a row is identified by its index in the list. */
export interface VerifyHooks {
  readonly onStep?: (index: number, progress: StepProgress) => void;
  readonly onCheck?: (index: number, check: RowCheck) => void;
}

/**
 * Trains rows of a table again and compares every result, including the digest of the weights.
 *
 * @param table file name for error messages
 * @throws {UserError} naming the line if its settings are invalid or do not fit the data, or if its
 * training failed
 */
export async function verifyLines(
  table: string,
  lines: readonly TableLine[],
  dataset: Dataset,
  engine: Engine,
  { onStep, onCheck }: VerifyHooks = {},
): Promise<RowCheck[]> {
  const trials = lines.map(({ line, row }) => {
    try {
      return fitTo(fromCells(row), dataset);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      throw new UserError(`${table}, line ${line}: ${error.message}`);
    }
  });
  const checks: RowCheck[] = [];
  await engine(trials, dataset, {
    // The table of a chosen setting has its test results beside those on validation images.
    readTest: lines.every(({ row }) => row.testLoss !== null),
    onStep,
    onResult(index, result) {
      const { line, row } = lines[index];
      if (result.status === "failed") {
        throw new UserError(`${table}, line ${line}: cannot be trained: ${result.reason}`);
      }
      checks[index] = { line, differences: differencesOf(row, rowOf(result)) };
      onCheck?.(index, checks[index]);
    },
  });
  return checks;
}

function differencesOf(row: TrialRow, again: TrialRow): Difference[] {
  return (Object.keys(again) as (keyof TrialRow)[])
    .filter((column) => !isSetting.has(column) && again[column] !== row[column])
    .map((column) => ({ column, table: row[column], again: again[column] }));
}
