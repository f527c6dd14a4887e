import type { TrialRow } from "./row.ts";

/** The measures that settings can be compared by. */
export const METRICS = ["testLoss", "testAccuracy", "trainLoss"] as const;

/** A measure that settings can be compared by; an accuracy is better where it is higher. */
export type Metric = typeof METRICS[number];

/** Each measure in words. */
export const METRIC_WORDS: Readonly<Record<Metric, string>> = {
  testLoss: "test loss",
  testAccuracy: "test accuracy",
  trainLoss: "training loss",
};

/** The columns that decide what a loss measures: losses are compared where none of them differs. */
const MEANING_OF_LOSS = ["loss", "dataset"] as const satisfies readonly (keyof TrialRow)[];

/** Whether the losses of all rows measure the same, so that the lower one is the better one. */
export function areLossesComparable(rows: readonly TrialRow[]): boolean {
  return MEANING_OF_LOSS.every((name) => new Set(rows.map((row) => row[name])).size <= 1);
}

/**
 * The measure that the settings of a sweep are compared by: the wanted one, or the test accuracy where
 * that is a loss and losses cannot be compared (a mean square error of 0.08 may classify worse than a
 * cross-entropy of 0.3).
 *
 * @param wanted defaults to the test loss
 */
export function comparedBy(rows: readonly TrialRow[], wanted: Metric = "testLoss"): Metric {
  return areLossesComparable(rows) ? wanted : "testAccuracy";
}

/** Negative where the first value is better than the second: for sorting, the best one first. */
export function compareValues(metric: Metric, a: number, b: number): number {
  return metric === "testAccuracy" ? b - a : a - b;
}

/** A value of a measure as text: `0.0974`, `96.90 %`. */
export function metricText(metric: Metric, value: number): string {
  return metric === "testAccuracy" ? `${(100 * value).toFixed(2)} %` : value.toFixed(4);
}
