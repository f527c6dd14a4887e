const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/**
 * Parses a decimal number, ignoring surrounding spaces. Returns NaN for any other text, including
 * what `Number` accepts: an empty text, `0x20`, `Infinity`.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { decimalNumber } from "./number.ts";
 * assert.equal(decimalNumber(" 1e-3 "), 0.001);
 * assert.ok(Number.isNaN(decimalNumber("0x20")));
 * ```
 */
export function decimalNumber(text: string): number {
  const trimmed = text.trim();
  return DECIMAL.test(trimmed) ? Number(trimmed) : NaN;
}
