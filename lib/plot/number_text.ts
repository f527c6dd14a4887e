/**
 * Formats a number for a drawing: with few significant digits, a power of ten if it is tiny, and a true
 * minus sign, as wide as a plus.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { numberText } from "./number_text.ts";
 * assert(numberText(-0.123456) === "−0.1235");
 * assert(numberText(0.0000123456, 3) === "1.23e−5");
 * ```
 */
export function numberText(number: number, digits = 4): string {
  const short = Number(number.toPrecision(digits));
  const tiny = short !== 0 && Math.abs(short) < 1e-4;
  return (tiny ? short.toExponential() : String(short)).replaceAll("-", "−");
}
