/**
 * Numbers as text, exactly: the digits that JavaScript and Python both read back to the same bits.
 * @module
 */

import { decimalNumber } from "../base/number.ts";

/**
 * The shortest digits that give the number back, always as a float to Python's eyes (`1.0`, not `1`:
 * a list of whole numbers would become an array of integers); NaN and infinities as Python spells them.
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

/** Reads a decimal number as {@linkcode decimal} or Python writes it; `undefined` if it is none. */
export function parseDecimal(text: string): number | undefined {
  const value = decimalNumber(text);
  return Number.isNaN(value) ? PYTHON_WORDS[text.trim()] : value;
}

/**
 * Does 32 bits hold each of these numbers exactly? Text does not say how many bits its numbers had; a
 * file all of whose numbers fit in 32 bits is read as float32, which loses nothing.
 */
export function fitsFloat32(numbers: Iterable<number>): boolean {
  for (const x of numbers) {
    if (!Object.is(Math.fround(x), x)) return false;
  }
  return true;
}
