/** Where a part of a whole lies, with 95 % confidence. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** The 97.5 % quantile of the standard normal distribution. */
const Z = 1.959963984540054;

/**
 * The 95 % interval of a proportion (Wilson 1927, "Probable Inference, the Law of Succession, and
 * Statistical Inference"): how far chance in the choice of the test images may have moved an accuracy.
 * Unlike the textbook's p ± 1.96 √(p(1−p)/n) it never leaves 0 to 1 and is right near them.
 *
 * @param successes how many were right, from 0 to `count`; a mean of several counts need not be whole
 * @param count how many there were, 1 or more
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { wilsonInterval } from "./wilson.ts";
 * const { low, high } = wilsonInterval(9765, 10_000);
 * assert(low.toFixed(4) === "0.9733" && high.toFixed(4) === "0.9793");
 * ```
 */
export function wilsonInterval(successes: number, count: number): Interval {
  const part = successes / count;
  const shrink = 1 + Z * Z / count;
  const middle = (part + Z * Z / (2 * count)) / shrink;
  const half = Z * Math.sqrt(part * (1 - part) / count + Z * Z / (4 * count * count)) / shrink;
  return { low: Math.max(0, middle - half), high: Math.min(1, middle + half) };
}
