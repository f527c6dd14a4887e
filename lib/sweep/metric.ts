import { accuracyText, lossText } from "../base/number_text.ts";
import { usageError } from "../base/user_error.ts";
import type { Space } from "./space.ts";
import type { TrialRow } from "./row.ts";

/** The metrics for comparing settings. */
export const METRICS = [
  "validationLoss",
  "validationAccuracy",
  "testLoss",
  "testAccuracy",
  "trainLoss",
] as const;

/** A metric for comparing settings. Higher is better for accuracies, lower for losses. */
export type Metric = typeof METRICS[number];

/** Each metric in words. */
export const METRIC_WORDS: Readonly<Record<Metric, string>> = {
  validationLoss: "validation loss",
  validationAccuracy: "validation accuracy",
  testLoss: "test loss",
  testAccuracy: "test accuracy",
  trainLoss: "training loss",
};

/** Returns `true` if a metric is an accuracy, from 0 to 1, not a loss. */
export function isAccuracy(metric: Metric): boolean {
  return metric === "validationAccuracy" || metric === "testAccuracy";
}

/** Returns `true` for a metric on the test images; a setting chosen by it overfits them. */
export function isOnTest(metric: Metric): boolean {
  return metric === "testLoss" || metric === "testAccuracy";
}

/** Returns a word for the best by a metric, which says so if it was chosen on the test images. */
export function bestWord(metric: Metric): string {
  return isOnTest(metric) ? "best on test" : "best";
}

/** Columns that determine the meaning of a loss: losses are comparable if these are equal. */
const MEANING_OF_LOSS = ["loss", "dataset"] as const satisfies readonly (keyof TrialRow)[];

/** Returns `true` if the losses of all rows are comparable. */
export function areLossesComparable(rows: readonly TrialRow[]): boolean {
  return MEANING_OF_LOSS.every((name) => new Set(rows.map((row) => row[name])).size <= 1);
}

/** The measures on images that were not trained on, of which settings are chosen by one. */
export interface HeldOutMeasures {
  readonly loss: "validationLoss" | "testLoss";
  readonly accuracy: "validationAccuracy" | "testAccuracy";
}

/** The measures that the settings of a sweep are chosen by: on validation images where all have some. */
export function heldOutMeasures(rows: readonly Pick<TrialRow, "validation">[]): HeldOutMeasures {
  return rows.length > 0 && rows.every(({ validation }) => validation !== "none")
    ? { loss: "validationLoss", accuracy: "validationAccuracy" }
    : { loss: "testLoss", accuracy: "testAccuracy" };
}

/**
 * The measure that the settings of a sweep are compared by: the wanted one, or the accuracy on the same
 * images where that is a loss and losses cannot be compared (a mean square error of 0.08 may classify worse
 * than a cross-entropy of 0.3).
 *
 * @param wanted defaults to the validation loss, or to the test loss without a validation set
 */
export function comparedBy(rows: readonly TrialRow[], wanted?: Metric): Metric {
  const { loss, accuracy } = heldOutMeasures(rows);
  const metric = wanted ?? loss;
  if (isAccuracy(metric) || areLossesComparable(rows)) return metric;
  return metric === "testLoss" ? "testAccuracy" : accuracy;
}

/**
 * Checks that a sweep measures what its settings shall be compared by.
 *
 * @param validation its validation set, or several
 * @throws {UserError} for a measure on validation images without any, or on test images that are not read
 */
export function checkMetric(
  metric: Metric | undefined,
  validation: Space["validation"] = "none",
): void {
  if (metric === undefined) return;
  const isHeldOut = [validation].flat().some((one: unknown) => one !== "none");
  if (isHeldOut && isOnTest(metric)) {
    throw usageError(
      `metric ${metric}: with a validation set a sweep does not read the test set; ` +
        `compare by ${metric.replace("test", "validation")}`,
    );
  }
  if (!isHeldOut && metric.startsWith("validation")) {
    throw usageError(
      `metric ${metric}: there is no validation set; add, for example, validation 0.1`,
    );
  }
}

/** Compares two values for sorting, the best first. */
export function compareValues(metric: Metric, a: number, b: number): number {
  return isAccuracy(metric) ? b - a : a - b;
}

/** Formats a value of a metric: `0.0974`, `96.90 %`. */
export function metricText(metric: Metric, value: number): string {
  return isAccuracy(metric) ? accuracyText(value) : lossText(value);
}
