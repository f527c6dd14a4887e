import { randomStream } from "../base/random.ts";
import { UserError } from "../base/user_error.ts";
import { type Dataset, shuffledOrder } from "../dataset/dataset.ts";
import { checkAgainst, fromCells, HYPERPARAMETERS } from "../training/hyperparameters.ts";
import type { StepProgress } from "../training/train.ts";
import { type Engine } from "./engine.ts";
import type { TrialRow } from "./row.ts";
import { rowOf } from "./table.ts";

/** A cell of a table that is not what the training gives. */
export interface Difference {
  readonly column: string;
  /** What the table says. */
  readonly table: string | number | boolean | null;
  /** What the training gave now. */
  readonly again: string | number | boolean | null;
}

/** A row of a table that was trained again. */
export interface RowCheck {
  /** Its line in the file; the first row is in line 2. */
  readonly line: number;
  /** The cells that differ; none where the row is what its settings give. */
  readonly differences: readonly Difference[];
}

/** A row of a table and its line in the file. */
export interface TableLine {
  readonly line: number;
  readonly row: TrialRow;
}

/**
 * Some of the lines, drawn at random, in their order.
 *
 * @param count how many; all where there are no more
 * @param seed the same seed draws the same lines
 */
export function drawLines(lines: readonly TableLine[], count: number, seed: number): TableLine[] {
  const order = shuffledOrder(lines.length, randomStream(seed, "data"));
  return [...order.subarray(0, count)].sort((a, b) => a - b).map((i) => lines[i]);
}

/** The columns that a training has to give again: all but its settings and the name of its data. */
const isSetting = new Set<string>([...HYPERPARAMETERS, "dataset"]);

/** What to report while rows are trained again; each is named by its index in the list. */
export interface VerifyHooks {
  readonly onStep?: (index: number, progress: StepProgress) => void;
  readonly onCheck?: (index: number, check: RowCheck) => void;
}

/**
 * Trains rows of a table again and compares the digest of the weights and every other number.
 *
 * @param table the file's name in errors
 * @throws {UserError} naming the line whose settings are impossible or do not fit the data, or whose
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
      const hyperparameters = fromCells(row);
      checkAgainst(hyperparameters, dataset);
      return hyperparameters;
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      throw new UserError(`${table}, line ${line}: ${error.message}`);
    }
  });
  const checks: RowCheck[] = [];
  await engine(trials, dataset, {
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
