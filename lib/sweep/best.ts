import { mean } from "../base/statistics.ts";
import { HYPERPARAMETERS } from "../training/hyperparameters.ts";
import type { TrialRow } from "./row.ts";

/** The settings that define what a loss measures; losses are comparable only if these are equal. */
const MEANING_OF_LOSS = ["loss", "dataset"] as const satisfies readonly (keyof TrialRow)[];

/** The columns that identify a setting: trials equal in all of them differ only by their seed. */
const SETTINGS = [...HYPERPARAMETERS.filter((name) => name !== "seed"), "dataset"] as const;

/** A setting of the hyperparameters and its mean results over the seeds. */
export interface BestSetting {
  /** One of its trials, which holds the hyperparameters. */
  readonly row: TrialRow;
  /** Number of trials with this setting. */
  readonly trials: number;
  /** Mean test loss. */
  readonly loss: number;
  /** Mean test accuracy, 0 to 1. */
  readonly accuracy: number;
  /** The metric by which it is the best. */
  readonly by: "loss" | "accuracy";
}

/** Reports whether all rows have the same loss function and dataset, so that losses are comparable. */
export function areLossesComparable(rows: readonly TrialRow[]): boolean {
  return MEANING_OF_LOSS.every((name) => new Set(rows.map((row) => row[name])).size <= 1);
}

/**
 * Returns the best setting of a sweep: the one with the lowest mean test loss over its seeds. If the
 * trials differ in their loss function or dataset, losses are not comparable (a mean square error of
 * 0.08 may classify worse than a cross-entropy of 0.3), and the highest mean test accuracy decides. Ties
 * go to the first.
 *
 * @param rows a sweep's table
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
 * assert.equal(best?.loss, Math.min(...results.map(({ testLoss }) => testLoss!)));
 * ```
 */
export function bestSetting(rows: readonly TrialRow[]): BestSetting | undefined {
  const by = areLossesComparable(rows) ? "loss" : "accuracy";
  const groups = Map.groupBy(rows, (row) => JSON.stringify(SETTINGS.map((name) => row[name])));
  return [...groups.values()]
    .filter((group) => group.every(({ status }) => status === "completed"))
    .map((group): BestSetting => ({
      row: group[0],
      trials: group.length,
      loss: mean(group, ({ testLoss }) => testLoss) ?? NaN,
      accuracy: mean(group, ({ testAccuracy }) => testAccuracy) ?? NaN,
      by,
    }))
    .sort((a, b) => by === "loss" ? a.loss - b.loss : b.accuracy - a.accuracy)
    .at(0);
}
