import { exp, log } from "../base/elementary.ts";
import { usageError } from "../base/user_error.ts";

/** Maximum length of a list: the maximum number of trials of a sweep. */
const MOST = 1_000_000;

/**
 * Returns evenly spaced numbers.
 *
 * @param start the first number
 * @param stop the last number
 * @param count how many, 2 to 1,000,000
 * @returns the numbers, rounded to six significant digits to keep tables readable
 * @throws {UserError} if a bound is not finite or count is not a whole number from 2 to 1,000,000
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { linspace } from "./spacing.ts";
 * assert.deepEqual(linspace(0.1, 0.5, 5), [0.1, 0.2, 0.3, 0.4, 0.5]);
 * ```
 */
export function linspace(start: number, stop: number, count: number): number[] {
  check("linspace", start, stop, count, Number.isFinite);
  return Array.from({ length: count }, (_, i) => rounded(start + (stop - start) * i / (count - 1)));
}

/**
 * Returns numbers evenly spaced on a logarithmic scale, the usual choice for learning rates.
 *
 * @param start the first number, above 0
 * @param stop the last number, above 0
 * @param count how many, 2 to 1,000,000
 * @returns the numbers, rounded to six significant digits
 * @throws {UserError} if a bound is not above 0 or count is not a whole number from 2 to 1,000,000
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { logspace } from "./spacing.ts";
 * assert.deepEqual(logspace(0.001, 1, 4), [0.001, 0.01, 0.1, 1]);
 * ```
 */
export function logspace(start: number, stop: number, count: number): number[] {
  check("logspace", start, stop, count, (x) => Number.isFinite(x) && x > 0);
  const first = log(start), last = log(stop);
  return Array.from(
    { length: count },
    (_, i) => rounded(exp(first + (last - first) * i / (count - 1))),
  );
}

function check(
  name: string,
  start: number,
  stop: number,
  count: number,
  isBound: (x: number) => boolean,
): void {
  if (isBound(start) && isBound(stop) && Number.isInteger(count) && count >= 2) {
    if (count <= MOST) return;
    throw usageError(
      `${name} gives at most ${MOST} numbers, got ${name}(${start}, ${stop}, ${count})`,
    );
  }
  const bounds = name === "logspace" ? "two numbers above 0" : "two numbers";
  throw usageError(
    `${name} takes ${bounds} and a whole number from 2, got ${name}(${start}, ${stop}, ${count})`,
  );
}

const rounded = (x: number) => Number(x.toPrecision(6));
