/**
 * Step relative to the number's size: about the cube root of the 64-bit epsilon, which minimises rounding
 * plus truncation error.
 */
const STEP = 1e-5;

/**
 * Approximates the derivative of a function by (f(x + h) − f(x − h)) / 2h, to about ten digits, with
 * h = 10⁻⁵ · max(1, |x|). Calls `f` at x + h, then at x − h.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { centralDifference } from "./central_difference.ts";
 * assert(Math.abs(centralDifference((x) => x ** 3, 2) - 12) < 1e-8);
 * ```
 */
export function centralDifference(f: (x: number) => number, x: number): number {
  const step = STEP * Math.max(1, Math.abs(x));
  const above = x + step, below = x - step;
  // The actual distance after rounding, not 2 · step.
  return (f(above) - f(below)) / (above - below);
}
