/**
 * Numbers as text that JavaScript and Python both parse to the same bits.
 * @module
 */

import { decimalNumber } from "../base/number.ts";

/**
 * Formats a number with the fewest digits that round-trip, always as a Python float (`1.0`, not
 * `1`: a list of whole numbers would become an array of integers); NaN and infinities as in Python.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { decimal } from "./decimal.ts";
 * assert(decimal(0.1) === "0.1" && decimal(-0) === "-0.0" && decimal(1e21) === "1e+21");
 * ```
 */
export function decimal(x: number): string {
  if (Number.isNaN(x)) return "nan";
  if (!Number.isFinite(x)) return x > 0 ? "inf" : "-inf";
  if (Object.is(x, -0)) return "-0.0";
  const digits = String(x);
  return /[.e]/.test(digits) ? digits : `${digits}.0`;
}

const PYTHON_WORDS: Record<string, number> = {
  "nan": NaN,
  "-nan": NaN,
  "inf": Infinity,
  "-inf": -Infinity,
};

/**
 * Parses a decimal number as {@linkcode decimal} or Python writes it; `undefined` if it is not one.
 */
export function parseDecimal(text: string): number | undefined {
  const value = decimalNumber(text);
  return Number.isNaN(value) ? PYTHON_WORDS[text.trim()] : value;
}

/**
 * Reports whether all numbers are exact in 32 bits. Text does not record a precision; a file whose
 * numbers all fit in float32 is read as float32, which loses nothing.
 */
export function fitsFloat32(numbers: Iterable<number>): boolean {
  for (const x of numbers) {
    if (!Object.is(Math.fround(x), x)) return false;
  }
  return true;
}
