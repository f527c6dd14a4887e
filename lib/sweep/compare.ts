import { deviation, mean } from "../base/statistics.ts";
import { noncentralCdf, studentCdf, studentQuantile } from "../base/student_t.ts";
import { usageError } from "../base/user_error.ts";
import type { Interval } from "../training/wilson.ts";

/** The rate of errors that the tests and intervals here allow. */
const ERROR_RATE = 0.05;

/** A mean and how sure it is. */
export interface MeanSummary {
  readonly mean: number;
  /** Standard error of the mean; `null` for a single value, as the interval. */
  readonly standardError: number | null;
  /** 95 % confidence interval of the mean, Student's t. */
  readonly interval: Interval | null;
}

/**
 * Returns the mean of some values with its standard error and 95 % confidence interval (Student 1908, "The
 * Probable Error of a Mean").
 *
 * @param values independent, one or more
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { meanSummary } from "./compare.ts";
 * const { mean, interval } = meanSummary([1, 2, 3]);
 * assert.equal(mean, 2);
 * assert.equal(interval!.high.toFixed(3), "4.484");
 * ```
 */
export function meanSummary(values: readonly number[]): MeanSummary {
  const middle = mean(values);
  if (middle === undefined) throw new TypeError("no values");
  if (values.length < 2) return { mean: middle, standardError: null, interval: null };
  const standardError = deviation(values)! / Math.sqrt(values.length);
  const half = studentQuantile(1 - ERROR_RATE / 2, values.length - 1) * standardError;
  return { mean: middle, standardError, interval: { low: middle - half, high: middle + half } };
}

/**
 * Returns the one-sided p-value of a paired t test: how likely differences with such a mean or a larger one
 * are where the true mean difference is 0 or less.
 *
 * @param differences one for each seed
 * @returns 1 for fewer than two differences, which show nothing
 */
export function pairedPValue(differences: readonly number[]): number {
  const count = differences.length;
  if (count < 2) return 1;
  const middle = mean(differences)!, spread = deviation(differences)!;
  if (spread === 0) return middle > 0 ? 0 : 1;
  return 1 - studentCdf(middle / (spread / Math.sqrt(count)), count - 1);
}

/**
 * Reports whether a setting is worse than the best of several, by a paired t test over the seeds that both
 * have, at the level 5 % divided by the number of the other settings (Bonferroni). Whichever setting came
 * out best by luck: the truly best one is called worse in at most 5 % of sweeps, for it would have to lose
 * one of that many tests.
 *
 * @param differences for each shared seed, how much worse the setting is than the best
 * @param settings number of settings that the best was chosen from
 */
export function isWorse(differences: readonly number[], settings: number): boolean {
  return pairedPValue(differences) < ERROR_RATE / Math.max(settings - 1, 1);
}

/** The most seeds that {@linkcode seedsNeeded} looks at. */
const MOST_SEEDS = 10_000;

/**
 * Returns how many seeds a paired t test (two-sided, at 5 %) of two settings needs to tell them apart.
 *
 * @param difference the true mean difference between the settings
 * @param spread standard deviation of the difference over the seeds, 0 or more
 * @param power the probability with which the difference shall be found, 0.5 or more and below 1
 * @returns 2 to 10,000; `undefined` if more would be needed, or if there is no difference
 * @throws {UserError} for a power out of range
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { seedsNeeded } from "./compare.ts";
 * // Cohen 1988, "Statistical Power Analysis": a medium effect.
 * assert.equal(seedsNeeded(0.5, 1), 34);
 * ```
 */
export function seedsNeeded(difference: number, spread: number, power = 0.8): number | undefined {
  if (!(power >= 0.5 && power < 1)) {
    throw usageError(`power must be 0.5 or more and below 1, got ${power}`);
  }
  const effect = Math.abs(difference) / spread;
  if (!(effect > 0)) return undefined;
  let [low, high] = [1, 2];
  while (powerOf(effect, high) < power) {
    if (high >= MOST_SEEDS) return undefined;
    [low, high] = [high, Math.min(2 * high, MOST_SEEDS)];
  }
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (powerOf(effect, middle) < power) low = middle;
    else high = middle;
  }
  return high;
}

/** The probability that a paired t test finds an effect, in standard deviations, with so many seeds. */
function powerOf(effect: number, seeds: number): number {
  const critical = studentQuantile(1 - ERROR_RATE / 2, seeds - 1);
  const shift = effect * Math.sqrt(seeds);
  // Beyond this the distribution's series underflows, and the power is 1 to many digits.
  if (shift > 30 + critical) return 1;
  // Without the other tail, in which a power of a half or more has less than one in 10,000.
  return 1 - noncentralCdf(critical, seeds - 1, shift);
}
