import type { Dataset } from "../dataset/dataset.ts";
import { rangeTestFigure } from "../plot/range_test.ts";
import { rangeTestFiles } from "../sweep/files.ts";
import { formatRangeTest } from "../sweep/range_table.ts";
import { writeResultFiles } from "../sweep/result_files.ts";
import {
  type RangeTest,
  rangeTest,
  type RangeTestOptions,
  type RangeTestSettings,
} from "../training/range_test.ts";
import { suggestionSentence } from "../training/suggest_rate.ts";
import { type LiveProgress, liveProgress } from "./progress.ts";

/** Settings of {@linkcode findLearningRate}: of the network, and of the test. */
export type FindLearningRateOptions =
  & RangeTestSettings
  & Pick<RangeTestOptions, "from" | "to" | "steps">
  & {
    /** One seed or several; defaults to 1, 2 and 3. */
    readonly seed?: number | readonly number[];
    /** Results go to `results/range-test-NAME.csv` and `.svg`; defaults to `results/range-test`. */
    readonly name?: string;
  };

/**
 * Runs a learning rate range test in a notebook, with a bar and the growing curve: about one pass over the
 * training images for each seed, during which the rate grows from 1e-7 to 10. See {@linkcode rangeTest}.
 *
 * @throws {UserError} for an invalid hyperparameter, one that the test sets itself, such as the learning
 * rate, or when `results/` cannot be written
 *
 * @example
 * ```ts ignore
 * const { suggestions } = await findLearningRate(digits, { layers: [784, 128, 64, 10] });
 * console.log(suggestions?.valley);
 * ```
 */
export async function findLearningRate(
  dataset: Dataset,
  { from, to, steps, seed = [1, 2, 3], name, ...settings }: FindLearningRateOptions = {},
): Promise<RangeTest> {
  const files = rangeTestFiles(name, dataset);
  let display: LiveProgress | undefined;
  const start = (total: number) =>
    display ??= liveProgress({ label: files.name, total, unit: "steps" });
  const test = await rangeTest(settings, dataset, {
    ...{ from, to, steps, seeds: [seed].flat() },
    onProgress({ steps, totalSteps, test }) {
      const { seed, points } = test.runs.at(-1)!;
      const curve = points.length > 1 ? () => rangeTestFigure(test) : undefined;
      start(totalSteps).update(steps, `seed ${seed}`, curve);
    },
  });
  const figure = rangeTestFigure(test);
  const kept = await writeResultFiles(files, formatRangeTest(test), figure.svg);
  await start(1).finish(
    `${suggestionSentence(test.suggestions)} (results/${files.name}.csv)`,
    figure,
  );
  if (kept !== undefined) console.warn(kept);
  return test;
}
