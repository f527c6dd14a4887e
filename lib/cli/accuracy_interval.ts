import { accuracyText, percentageText } from "../base/number_text.ts";
import { wilsonInterval } from "../training/wilson.ts";

/**
 * Formats an accuracy in per cent with its 95 % Wilson interval.
 *
 * @param accuracy 0 to 1
 * @param images number of images that it was measured on
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { accuracyInterval } from "./accuracy_interval.ts";
 * assert.equal(accuracyInterval(0.9765, 10_000), "97.65 % (95 % interval: 97.33 to 97.93 %)");
 * ```
 */
export function accuracyInterval(accuracy: number, images: number): string {
  const { low, high } = wilsonInterval(accuracy * images, images);
  const interval = `${percentageText(100 * low)} to ${accuracyText(high)}`;
  return `${accuracyText(accuracy)} (95 % interval: ${interval})`;
}
