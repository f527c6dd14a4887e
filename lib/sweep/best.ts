import {
  comparedBy,
  compareValues,
  heldOutMeasures,
  isOnTest,
  type Metric,
  METRIC_WORDS,
  metricText,
} from "./metric.ts";
import type { TrialRow } from "./row.ts";
import { distinction, meanOf, settingsOf } from "./settings.ts";

/** A setting of the hyperparameters and its mean results over the seeds. */
export interface BestSetting {
  /** One of its trials, which holds the hyperparameters. */
  readonly row: TrialRow;
  /** Number of trials with this setting. */
  readonly trials: number;
  /** Mean training loss. */
  readonly trainLoss: number;
  /** Mean validation loss; `null` without a validation set, as the next. */
  readonly validationLoss: number | null;
  /** Mean validation accuracy, 0 to 1. */
  readonly validationAccuracy: number | null;
  /** Mean test loss; `null` where the test set was not read, as the next. */
  readonly testLoss: number | null;
  /** Mean test accuracy, 0 to 1. */
  readonly testAccuracy: number | null;
  /** The metric by which it is the best. */
  readonly by: Metric;
}

/**
 * Returns the best setting of a sweep: the one with the lowest mean loss over its seeds, or the highest
 * mean accuracy. If the trials differ in their loss function or dataset, losses are not comparable (a
 * mean square error of 0.08 may classify worse than a cross-entropy of 0.3), and the highest mean
 * accuracy decides. Ties go to the first.
 *
 * With a validation set it is chosen on that. Without one it is chosen on the test images, and its result
 * on them is better than on fresh images.
 *
 * @param rows a sweep's table
 * @param metric the metric to compare; defaults to the validation loss, or to the test loss without a
 * validation set
 * @returns `undefined` if no setting completed all its trials
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { syntheticDigits } from "../dataset/synthetic.ts";
 * import { runTrial } from "../training/trial.ts";
 * import { bestSetting } from "./best.ts";
 * import { rowOf } from "./table.ts";
 * const digits = syntheticDigits({ train: 200, test: 100 });
 * const rates = [0.01, 0.1].map((learningRate) => ({ layers: [784, 10], learningRate }));
 * const results = await Promise.all(rates.map((rate) => runTrial(rate, digits)));
 * const best = bestSetting(results.map(rowOf));
 * assert.equal(best?.testLoss, Math.min(...results.map(({ testLoss }) => testLoss!)));
 * ```
 */
export function bestSetting(rows: readonly TrialRow[], metric?: Metric): BestSetting | undefined {
  const by = comparedBy(rows, metric);
  return settingsOf(rows)
    .filter(({ trials, completed }) => completed.length === trials.length)
    .map((setting): BestSetting => ({
      row: setting.row,
      trials: setting.trials.length,
      trainLoss: meanOf(setting, "trainLoss") ?? NaN,
      validationLoss: meanOf(setting, "validationLoss") ?? null,
      validationAccuracy: meanOf(setting, "validationAccuracy") ?? null,
      testLoss: meanOf(setting, "testLoss") ?? null,
      testAccuracy: meanOf(setting, "testAccuracy") ?? null,
      by,
    }))
    .sort((a, b) => compareValues(by, a[by] ?? NaN, b[by] ?? NaN))
    .at(0);
}

/**
 * Describes the best setting in a sentence, the same in the terminal, in notebooks and in figures:
 * `best: learning rate 0.177828: validation loss 0.0974, validation accuracy 96.90 % (means of 3 seeds)`.
 * It says so if the setting was chosen on the test images.
 */
export function bestSentence(rows: readonly TrialRow[], metric?: Metric): string {
  const best = bestSetting(rows, metric);
  if (best === undefined) return "no setting completed all its trials";
  const setting = distinction(best.row, rows);
  const { loss, accuracy } = heldOutMeasures(rows);
  const measures = [...new Set([best.by, loss, accuracy])]
    .map((name) => `${METRIC_WORDS[name]} ${metricText(name, best[name] ?? NaN)}`);
  const remarks = [
    ...best.trials > 1 ? [`means of ${best.trials} seeds`] : [],
    ...isOnTest(best.by) ? ["chosen on the test images"] : [],
  ];
  return `best: ${setting}: ${measures.join(", ")}` +
    (remarks.length > 0 ? ` (${remarks.join("; ")})` : "");
}

/** Explains why settings are not compared by the requested loss; empty if they are. */
export function metricNote(rows: readonly TrialRow[], metric?: Metric): string {
  const by = comparedBy(rows, metric);
  return by === (metric ?? heldOutMeasures(rows).loss)
    ? ""
    : `compared by ${METRIC_WORDS[by]}: losses of different kinds or datasets cannot be compared`;
}
