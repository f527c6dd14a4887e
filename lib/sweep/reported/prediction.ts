import { exp, log } from "../../base/elementary.ts";
import type { Interval } from "../../training/wilson.ts";
import { studentCdf, studentQuantile } from "./student_t.ts";

/**
 * What the trainings at hand say about one more: its log odds, ln(p / (1 − p)), follow a shifted and
 * scaled Student's t distribution.
 */
export interface Prediction {
  /** Mean of the values' log odds. */
  readonly center: number;
  /** Scale of the t distribution, in log odds. */
  readonly scale: number;
  /** Degrees of freedom of the t distribution. */
  readonly degrees: number;
}

/**
 * The probability of a {@linkcode predictionInterval}. It is above 95 % because spreads over seeds are
 * not quite normal, even in log odds: with real ones 95 % intervals miss up to 6.5 % of runs, 97 %
 * intervals up to 4.5 %.
 */
export const CONFIDENCE = 0.97;

/** Percentages this near to 0 and 100 have no finite log odds of use: a tenth of one image in 10,000. */
const EDGE = 0.001;

/**
 * The predictive distribution of one more training, given those at hand.
 *
 * One more value differs from the mean of n others by s √(1 + 1/n), with n − 1 degrees of freedom
 * (Hahn & Meeker, "Statistical Intervals", 1991, section 4.3). The values are compared as log odds, which
 * makes spreads with a long tail of bad runs more symmetric and keeps intervals within 0 to 100 %.
 *
 * Where the publication tested with other images than those here, the choice of both sets adds its
 * binomial variance, which is (1/a + 1/b) / (p (1 − p)) in log odds. The degrees of freedom stay n − 1,
 * which makes such an interval too wide rather than too narrow; those of Welch and Satterthwaite miss
 * 9 % instead of 5 % with three seeds.
 *
 * @param values one per seed, two or more, in per cent
 * @param images how many images the publication and this project tested with, where they differ
 */
export function predictionOf(
  values: readonly number[],
  images?: readonly [reported: number, here: number],
): Prediction {
  const n = values.length;
  if (n < 2) throw new RangeError(`a prediction takes two or more values, got ${n}`);
  const all = values.map(logOdds);
  const center = all.reduce((sum, z) => sum + z, 0) / n;
  const variance = all.reduce((sum, z) => sum + (z - center) ** 2, 0) / (n - 1);
  const p = percentOf(center) / 100;
  const byImages = images ? (1 / images[0] + 1 / images[1]) / (p * (1 - p)) : 0;
  return { center, scale: Math.sqrt(variance * (1 + 1 / n) + byImages), degrees: n - 1 };
}

/** The interval, in per cent, that one more training falls into with {@linkcode CONFIDENCE}. */
export function predictionInterval({ center, scale, degrees }: Prediction): Interval {
  const half = studentQuantile((1 + CONFIDENCE) / 2, degrees) * scale;
  return { low: percentOf(center - half), high: percentOf(center + half) };
}

/** The probability, 0 to 1, that one more training gives `value` per cent or more. */
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
