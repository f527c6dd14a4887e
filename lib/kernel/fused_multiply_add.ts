/** Buffer to access the bits of a 64-bit number. */
const bits = new DataView(new ArrayBuffer(8));

/**
 * Computes a·b + c of 32-bit numbers, rounded once: the `fusedMultiplyAdd` of IEEE 754, to the bit.
 *
 * The product of two 32-bit numbers is exact in 64 bits, and the error of adding `c` is a 64-bit number
 * (Knuth's TwoSum). The sum is rounded to odd, which makes the second rounding, to 32 bits, correct (Boldo & Melquiond 2008, "Emulation of FMA and correctly
 * rounded sums: proved algorithms using rounding to odd", IEEE Transactions on Computers 57(4)).
 *
 * @param a a 32-bit number, as are `b` and `c`: a result of `Math.fround` or an element of a `Float32Array`
 * @returns the 32-bit number nearest to the exact a·b + c, ties to even
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { fusedMultiplyAdd } from "./fused_multiply_add.ts";
 * const a = 1 + 2 ** -12; // a² = 1 + 2⁻¹¹ + 2⁻²⁴, which does not fit into 32 bits
 * assert.equal(fusedMultiplyAdd(a, a, -1), 2 ** -11 + 2 ** -24);
 * assert.equal(Math.fround(Math.fround(a * a) - 1), 2 ** -11);
 * ```
 */
export function fusedMultiplyAdd(a: number, b: number, c: number): number {
  const product = a * b;
  const sum = product + c;
  const addend = sum - product;
  const error = (product - (sum - addend)) + (c - addend);
  // Zero, or NaN if the sum is infinite or NaN.
  if (!(error < 0 || error > 0)) return Math.fround(sum);
  return Math.fround(toOdd(sum, error));
}

/** Rounds sum + error to odd: truncated, with the last bit set to mark that it is inexact. */
function toOdd(sum: number, error: number): number {
  bits.setFloat64(0, sum);
  let word = bits.getBigUint64(0);
  if (error < 0 !== sum < 0) word--;
  bits.setBigUint64(0, word | 1n);
  return bits.getFloat64(0);
}
