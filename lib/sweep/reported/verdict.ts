import { wilsonInterval } from "../../training/wilson.ts";

/** Whether a reported figure is true. */
export type Verdict = "holds" | "exceeded" | "not reached";

/**
 * Judges a reported accuracy or error rate by the reproduced ones, all in per cent.
 *
 * - `not reached`: no seed is as good as reported.
 * - `holds`: reported lies within the spread of the seeds, or is worse than all of them by no more than
 *   chance in the choice of test images explains (the 95 % Wilson interval of the seeds' mean).
 * - `exceeded`: every seed is better than reported, by more than that.
 *
 * @param images how many the network was tested with
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { verdictOf } from "./verdict.ts";
 * assert.equal(verdictOf("accuracy", 95.3, [94.7, 95.0, 95.7], 10_000), "holds");
 * assert.equal(verdictOf("accuracy", 89, [85.8, 86.2], 10_000), "not reached");
 * assert.equal(verdictOf("error rate", 4.7, [1.8, 1.9], 10_000), "exceeded");
 * ```
 */
export function verdictOf(
  measure: "accuracy" | "error rate",
  reported: number,
  values: readonly number[],
  images: number,
): Verdict {
  // An error rate is judged as the accuracy that it leaves.
  const accuracy = (value: number) => measure === "accuracy" ? value : 100 - value;
  const claimed = accuracy(reported);
  const got = values.map(accuracy);
  if (claimed > Math.max(...got)) return "not reached";
  const mean = got.reduce((sum, value) => sum + value, 0) / got.length;
  const { low } = wilsonInterval(mean / 100 * images, images);
  return claimed >= Math.min(...got) || claimed >= 100 * low ? "holds" : "exceeded";
}
