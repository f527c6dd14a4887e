import type { Interval } from "../../training/wilson.ts";
import { predictionInterval, predictionOf, probabilityOfAtLeast } from "./prediction.ts";
import type { Printed } from "./printed.ts";

/** Verdict on a figure reproduced with the published settings. */
export type PublishedVerdict = "holds" | "exceeded" | "not reached";

/** Verdict on an architecture trained with settings that were chosen here. */
export type ChosenVerdict = "architecture reaches it" | "architecture does not reach it";

/** Verdict on a deterministic calculation: whether it gives every printed digit. */
export type ComputedVerdict = "same digits" | "other digits";

/** Verdict of a row on its report. */
export type Verdict = PublishedVerdict | ChosenVerdict | ComputedVerdict;

/** A report and how to compare it. */
export interface Claim {
  readonly measure: "accuracy" | "error rate";
  readonly report: Printed;
  /** `true` if the settings were chosen here, so that the verdict is about the architecture. */
  readonly chosenHere?: boolean;
  /** Numbers of test images of the publication and of this project, if they are different images. */
  readonly images?: readonly [reported: number, here: number];
}

/** A report judged by training runs. */
export interface Judgement {
  /** Prediction interval of one more training run, in percent. */
  readonly predicted: Interval;
  /** Estimated share of training runs, 0 to 1, whose result rounds to the report or is better. */
  readonly asGood: number;
  readonly verdict: PublishedVerdict | ChosenVerdict;
}

/**
 * Judges a reported accuracy or error rate as one more sample from the distribution of the values.
 *
 * - `holds`: the prediction interval of one more training run contains a value that rounds to the report.
 *   A true report is rejected in at most 5 % of cases, whatever the number of seeds; fewer seeds make a
 *   wider interval.
 * - `exceeded`: the whole interval is better than the report.
 * - `not reached`: the whole interval is worse than the report.
 *
 * If the settings were chosen here, the first two are `architecture reaches it`, the last is
 * `architecture does not reach it`.
 *
 * @param values one per seed, two or more, in percent
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { printed } from "./printed.ts";
 * import { judge } from "./verdict.ts";
 * const claim = { measure: "accuracy", report: printed("95.3") } as const;
 * assert.equal(judge(claim, [94.7, 95.0, 95.7]).verdict, "holds");
 * assert.equal(judge(claim, [98.1, 98.2, 98.3]).verdict, "exceeded");
 * ```
 */
export function judge(
  { measure, report, chosenHere = false, images }: Claim,
  values: readonly number[],
): Judgement {
  const prediction = predictionOf(values, images);
  const predicted = predictionInterval(prediction);
  const moreIsBetter = measure === "accuracy";
  const above = report.low > predicted.high, below = report.high < predicted.low;
  const reached = !(moreIsBetter ? above : below);
  const exceeded = moreIsBetter ? below : above;
  return {
    predicted,
    asGood: moreIsBetter
      ? probabilityOfAtLeast(prediction, report.low)
      : 1 - probabilityOfAtLeast(prediction, report.high),
    verdict: chosenHere
      ? reached ? "architecture reaches it" : "architecture does not reach it"
      : exceeded
      ? "exceeded"
      : reached
      ? "holds"
      : "not reached",
  };
}

/** Reports whether a verdict is favourable: the report was reached. */
export function isReached(verdict: Verdict): boolean {
  return verdict === "holds" || verdict === "exceeded" || verdict === "architecture reaches it" ||
    verdict === "same digits";
}
