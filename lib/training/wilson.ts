/** An interval. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** The 97.5 % quantile of the standard normal distribution. */
const Z = 1.959963984540054;

/**
 * Returns the 95 % confidence interval of a proportion, such as an accuracy on a sample of test images
 * (Wilson 1927, "Probable Inference, the Law of Succession, and Statistical Inference"). Unlike the normal
 * approximation p ± 1.96 √(p(1−p)/n), it stays within 0 to 1 and is accurate near these.
 *
 * @param successes number of successes, from 0 to `count`; may be fractional, such as a mean of counts
 * @param count number of trials, 1 or more
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
