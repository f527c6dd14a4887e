import jstat from "jstat";

/** The functions of jStat that are used here; the package has no types. */
interface JStat {
  readonly studentt: {
    cdf(t: number, degrees: number): number;
    inv(probability: number, degrees: number): number;
  };
  readonly noncentralt: {
    cdf(t: number, degrees: number, shift: number): number;
  };
}
const { studentt, noncentralt } = jstat as unknown as JStat;

/**
 * Returns the probability that a variable with Student's t distribution is at most `t`.
 *
 * @param degrees degrees of freedom, 1 or more
 */
export function studentCdf(t: number, degrees: number): number {
  return studentt.cdf(t, degrees);
}

/**
 * Returns the quantile of Student's t distribution, the inverse of {@linkcode studentCdf}.
 *
 * @param probability above 0 and below 1
 * @param degrees degrees of freedom, 1 or more
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { studentQuantile } from "./student_t.ts";
 * assert.equal(studentQuantile(0.975, 9).toFixed(4), "2.2622");
 * ```
 */
export function studentQuantile(probability: number, degrees: number): number {
  return studentt.inv(probability, degrees);
}

/**
 * Returns the probability that a variable with the noncentral t distribution is at most `t`: that of a t
 * statistic where the true mean is not 0.
 *
 * @param degrees degrees of freedom, 1 or more
 * @param shift the noncentrality: the true mean, in standard errors
 */
export function noncentralCdf(t: number, degrees: number, shift: number): number {
  return noncentralt.cdf(t, degrees, shift);
}
