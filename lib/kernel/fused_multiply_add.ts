/** Room to look at the bits of a 64-bit number. */
const bits = new DataView(new ArrayBuffer(8));

/**
 * a·b + c of 32-bit numbers, rounded once: what IEEE 754 calls `fusedMultiplyAdd`, to the bit.
 *
 * The product of two 32-bit numbers is exact in 64 bits, and the error of adding `c` to it is a 64-bit
 * number as well (Knuth's TwoSum). The sum is rounded to odd, which keeps the trace of that error
 * through the second rounding, to 32 bits (Boldo & Melquiond 2008, "Emulation of FMA and correctly
 * rounded sums: proved algorithms using rounding to odd", IEEE Transactions on Computers 57(4)).
 *
 * @param a a 32-bit number, as are `b` and `c`: a result of `Math.fround` or an element of a `Float32Array`
 * @returns the 32-bit number nearest to the exact a·b + c, the even one of two that are as near
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { fusedMultiplyAdd } from "./fused_multiply_add.ts";
 * const a = 1 + 2 ** -12; // a² = 1 + 2⁻¹¹ + 2⁻²⁴, and 32 bits hold no 2⁻²⁴ beside 1
 * assert.equal(fusedMultiplyAdd(a, a, -1), 2 ** -11 + 2 ** -24);
 * assert.equal(Math.fround(Math.fround(a * a) - 1), 2 ** -11);
 * ```
 */
export function fusedMultiplyAdd(a: number, b: number, c: number): number {
  const product = a * b;
  const sum = product + c;
  const addend = sum - product;
  const error = (product - (sum - addend)) + (c - addend);
  // No error, or NaN where the sum is infinite or NaN.
  if (!(error < 0 || error > 0)) return Math.fround(sum);
  return Math.fround(toOdd(sum, error));
}

/** sum + error, cut off after the sum's last bit, which is set: it stands for all that was cut off. */
function toOdd(sum: number, error: number): number {
  bits.setFloat64(0, sum);
  let word = bits.getBigUint64(0);
  if (error < 0 !== sum < 0) word--;
  bits.setBigUint64(0, word | 1n);
  return bits.getFloat64(0);
}
