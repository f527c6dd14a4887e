import { exp, log } from "../../base/elementary.ts";
import { deviation, mean } from "../../base/statistics.ts";
import type { Interval } from "../../training/wilson.ts";
import { studentCdf, studentQuantile } from "../../base/student_t.ts";

/**
 * Predictive distribution of one more training run: its log odds, ln(p / (1 − p)), follow a shifted and
 * scaled Student's t distribution.
 */
export interface Prediction {
  /** Mean of the log odds. */
  readonly center: number;
  /** Scale of the t distribution, in log odds. */
  readonly scale: number;
  /** Degrees of freedom of the t distribution. */
  readonly degrees: number;
}

/**
 * The coverage probability of a {@linkcode predictionInterval}. It is above 95 % because results over
 * seeds are not quite normally distributed, even in log odds: on real results, 95 % intervals miss up to
 * 6.5 % of runs, 97 % intervals up to 4.5 %.
 */
export const CONFIDENCE = 0.97;

/** Percentages are clamped this far from 0 and 100 to keep log odds finite: 0.1 of 10,000 images. */
const EDGE = 0.001;

/**
 * Returns the predictive distribution of one more training run, given the results of others.
 *
 * The difference of a new value from the mean of n others has the standard error s √(1 + 1/n) with n − 1
 * degrees of freedom (Hahn & Meeker, "Statistical Intervals", 1991, section 4.3). Values are compared as
 * log odds, which makes distributions with a long tail of bad runs more symmetric and keeps intervals
 * within 0 to 100 %.
 *
 * If the publication used other test images, sampling both test sets of a and b images adds the binomial
 * variance (1/a + 1/b) / (p (1 − p)) in log odds. The degrees of freedom remain n − 1, so such an
 * interval errs on the wide side; with the Welch–Satterthwaite degrees of freedom and three seeds,
 * intervals miss 9 % instead of 5 %.
 *
 * @param values one per seed, two or more, in percent
 * @param images numbers of test images of the publication and of this project, if they are different
 * images
 * @throws {RangeError} for fewer than two values
 */
export function predictionOf(
  values: readonly number[],
  images?: readonly [reported: number, here: number],
): Prediction {
  const n = values.length;
  if (n < 2) throw new RangeError(`a prediction takes two or more values, got ${n}`);
  const all = values.map(logOdds);
  const center = mean(all)!, variance = deviation(all)! ** 2;
  const p = percentOf(center) / 100;
  const byImages = images ? (1 / images[0] + 1 / images[1]) / (p * (1 - p)) : 0;
  return { center, scale: Math.sqrt(variance * (1 + 1 / n) + byImages), degrees: n - 1 };
}

/** The interval, in percent, that contains one more result with probability {@linkcode CONFIDENCE}. */
export function predictionInterval({ center, scale, degrees }: Prediction): Interval {
  const half = studentQuantile((1 + CONFIDENCE) / 2, degrees) * scale;
  return { low: percentOf(center - half), high: percentOf(center + half) };
}

/** The probability, 0 to 1, that one more training run results in `value` percent or more. */
export function probabilityOfAtLeast(
  { center, scale, degrees }: Prediction,
  value: number,
): number {
  const distance = center - logOdds(value);
  if (scale === 0) return distance >= 0 ? 1 : 0;
  return studentCdf(distance / scale, degrees);
}

function logOdds(percent: number): number {
  const p = Math.min(100 - EDGE, Math.max(EDGE, percent));
  return log(p / (100 - p));
}

function percentOf(logOdds: number): number {
  return 100 / (1 + exp(-logOdds));
}
