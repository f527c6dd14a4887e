import { comparedBy, compareValues, type Metric, METRIC_WORDS, metricText } from "./metric.ts";
import type { TrialRow } from "./row.ts";
import { meanOf, settingsOf, settingText, variedFactors } from "./settings.ts";

/** A setting of the hyperparameters and its mean results over the seeds. */
export interface BestSetting {
  /** One of its trials, which holds the hyperparameters. */
  readonly row: TrialRow;
  /** Number of trials with this setting. */
  readonly trials: number;
  /** Mean test loss. */
  readonly testLoss: number;
  /** Mean training loss. */
  readonly trainLoss: number;
  /** Mean test accuracy, 0 to 1. */
  readonly testAccuracy: number;
  /** The metric by which it is the best. */
  readonly by: Metric;
}

/**
 * Returns the best setting of a sweep: the one with the lowest mean loss over its seeds, or the highest
 * mean accuracy. If the trials differ in their loss function or dataset, losses are not comparable (a
 * mean square error of 0.08 may classify worse than a cross-entropy of 0.3), and the highest mean test
 * accuracy decides. Ties go to the first.
 *
 * @param rows a sweep's table
 * @param metric the metric to compare; defaults to the test loss
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
      testLoss: meanOf(setting, "testLoss") ?? NaN,
      trainLoss: meanOf(setting, "trainLoss") ?? NaN,
      testAccuracy: meanOf(setting, "testAccuracy") ?? NaN,
      by,
    }))
    .sort((a, b) => compareValues(by, a[by], b[by]))
    .at(0);
}

/**
 * The best setting in a sentence, the same in the terminal, in notebooks and in figures:
 * `best: learning rate 0.177828: test loss 0.0974, test accuracy 96.90 % (means of 3 seeds)`.
 */
export function bestSentence(rows: readonly TrialRow[], metric?: Metric): string {
  const best = bestSetting(rows, metric);
  if (best === undefined) return "no setting completed all its trials";
  const setting = settingText(best.row, variedFactors(rows)) || "the only setting";
  const others = (["testLoss", "testAccuracy"] as const).filter((name) => name !== best.by);
  const measures = [best.by, ...others]
    .map((name) => `${METRIC_WORDS[name]} ${metricText(name, best[name])}`);
  const repeats = best.trials > 1 ? ` (means of ${best.trials} seeds)` : "";
  return `best: ${setting}: ${measures.join(", ")}${repeats}`;
}

/** Why a loss that was asked for is not what settings are compared by; empty where it is. */
export function metricNote(rows: readonly TrialRow[], metric?: Metric): string {
  return comparedBy(rows, metric) === (metric ?? "testLoss")
    ? ""
    : "compared by test accuracy: losses of different kinds or datasets cannot be compared";
}
