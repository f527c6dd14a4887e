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
 * import { accuracyText } from "./accuracy_text.ts";
 * assert.equal(accuracyText(0.9765, 10_000), "97.65 % (95 % interval: 97.33 to 97.93 %)");
 * ```
 */
export function accuracyText(accuracy: number, images: number): string {
  const { low, high } = wilsonInterval(accuracy * images, images);
  const percent = (part: number) => (100 * part).toFixed(2);
  return `${percent(accuracy)} % (95 % interval: ${percent(low)} to ${percent(high)} %)`;
}
