import type { Interval } from "../../training/wilson.ts";

/** A number as printed in a publication, and the range of values that round to it. */
export interface Printed extends Interval {
  /** As printed: `97.65`, `about 85`, `0.511301270`. */
  readonly text: string;
  readonly value: number;
  /** Number of decimal places. */
  readonly decimals: number;
  /** `true` if the publication says that the number is approximate. */
  readonly approximate: boolean;
}

/**
 * Parses a printed number. Its last digit bounds the measured value: 1.6 means 1.55 to 1.65. An
 * approximate number is within one unit of its last digit: "about 85" means 84 to 86.
 *
 * @param text a decimal number, preceded by `about ` if the publication says so
 * @throws {TypeError} for any other text
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { printed } from "./printed.ts";
 * const { low, high } = printed("1.6");
 * assert.deepEqual([low, high], [1.55, 1.65]);
 * assert.deepEqual([printed("about 85").low, printed("about 85").high], [84, 86]);
 * ```
 */
export function printed(text: string): Printed {
  const match = /^(about )?(-?\d+(?:\.(\d+))?)$/.exec(text);
  if (!match) {
    throw new TypeError(`expected a number as printed, such as 1.6 or about 85, got ${text}`);
  }
  const value = Number(match[2]);
  const decimals = match[3]?.length ?? 0;
  const approximate = match[1] !== undefined;
  const reach = (approximate ? 1 : 0.5) * 10 ** -decimals;
  // Rounded to one more digit than printed: 1.6 − 0.05 is 1.55, not 1.5500000000000003.
  const bound = (x: number) => Number(x.toFixed(decimals + 1));
  return {
    text,
    value,
    decimals,
    approximate,
    low: bound(value - reach),
    high: bound(value + reach),
  };
}
