import type { Interval } from "../../training/wilson.ts";
import { predictionInterval, predictionOf, probabilityOfAtLeast } from "./prediction.ts";
import type { Printed } from "./printed.ts";

/** Whether a reported figure comes out again with the settings that were published. */
export type PublishedVerdict = "holds" | "exceeded" | "not reached";

/** Whether a network comes up to a report with settings that were chosen here. */
export type ChosenVerdict = "architecture reaches it" | "architecture does not reach it";

/** Whether a calculation without chance gives every digit that was printed. */
export type ComputedVerdict = "same digits" | "other digits";

/** What a row of the table says about its report. */
export type Verdict = PublishedVerdict | ChosenVerdict | ComputedVerdict;

/** A report, and how it is to be compared. */
export interface Claim {
  readonly measure: "accuracy" | "error rate";
  readonly report: Printed;
  /** The settings were chosen here: the verdict is about the architecture, not about the settings. */
  readonly chosenHere?: boolean;
  /** How many images the publication and this project tested with, where these are other ones. */
  readonly images?: readonly [reported: number, here: number];
}

/** A report judged by the trainings at hand. */
export interface Judgement {
  /** The prediction interval of one more training, in per cent. */
  readonly predicted: Interval;
  /** The share of trainings, 0 to 1, whose result would be printed as the reported one or a better one. */
  readonly asGood: number;
  readonly verdict: PublishedVerdict | ChosenVerdict;
}

/**
 * Judges a reported accuracy or error rate as one more draw from the trainings at hand.
 *
 * - `holds`: the prediction interval for one more training has a value in it that would be printed
 *   as the report is. A report that is true, one more training of the same kind, is called false in at
 *   most 5 % of cases, whatever the number of seeds; fewer seeds make a wider interval.
 * - `exceeded`: the whole interval is better than the report.
 * - `not reached`: the whole interval is worse.
 *
 * Where the settings were chosen here, the report cannot be false: `architecture reaches it` stands for
 * the first two, `architecture does not reach it` for the last.
 *
 * @param values one per seed, two or more, in per cent
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

/** Whether a published verdict or a chosen one is favourable: the report was reached. */
export function isReached(verdict: Verdict): boolean {
  return verdict === "holds" || verdict === "exceeded" || verdict === "architecture reaches it" ||
    verdict === "same digits";
}
