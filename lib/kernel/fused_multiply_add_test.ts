import assert from "node:assert/strict";
import fc from "fast-check";
import { fusedMultiplyAdd } from "./fused_multiply_add.ts";
import { POINT, specialTriples, type Triple, triples } from "./testing_triples.ts";

/** A finite 32-bit number times 2¹⁴⁹, a whole number below 2²⁷⁷. */
function scaled(x: number): bigint {
  return BigInt(x * 2 ** POINT);
}

/** The 32-bit number nearest to n / 2²⁹⁸, ties to even. */
function rounded(n: bigint): number {
  const magnitude = n < 0n ? -n : n;
  const cut = BigInt(Math.max(magnitude.toString(2).length - 24, POINT));
  const twice = magnitude >> (cut - 1n);
  const isTie = (twice << (cut - 1n)) === magnitude;
  let kept = twice >> 1n;
  if (twice % 2n === 1n && !(isTie && kept % 2n === 0n)) kept++;
  // At most 2²⁴ · 2^(exponent of at most 104): exact, or at least 2¹²⁸, which is infinite in 32 bits.
  const value = Number(kept) * 2 ** (Number(cut) - 2 * POINT);
  return (n < 0n ? -1 : 1) * (value >= 2 ** 128 ? Infinity : value);
}

/** The definition of IEEE 754, in exact arithmetic. */
function exactly([a, b, c]: Triple): number {
  if (![a, b, c].every(Number.isFinite)) return a * b + c;
  const exact = scaled(a) * scaled(b) + (scaled(c) << BigInt(POINT));
  // An exact zero is −0 only if both terms are; in 64 bits each has the right sign.
  return exact === 0n ? a * b + c : rounded(exact);
}

function check(triple: Triple): void {
  assert.deepEqual(fusedMultiplyAdd(...triple), exactly(triple), triple.join(", "));
}

for (const [name, triple] of Object.entries(triples)) {
  Deno.test(`fusedMultiplyAdd rounds once: ${name}`, () => {
    fc.assert(fc.property(triple, check), { numRuns: 4000 });
  });
}

Deno.test("fusedMultiplyAdd rounds once: every combination of special numbers", () => {
  specialTriples().forEach(check);
});

Deno.test("fusedMultiplyAdd avoids the double rounding of 64-bit arithmetic rounded to 32", () => {
  // 2²⁴ + 1 is a tie in 32 bits; 64 bits lose the 2⁻⁴⁶ by which the product differs from 1.
  const triple: Triple = [1 + 2 ** -23, 1 - 2 ** -23, 2 ** 24 + 2];
  check(triple);
  assert.equal(fusedMultiplyAdd(...triple), 2 ** 24 + 2);
  assert.equal(Math.fround(triple[0] * triple[1] + triple[2]), 2 ** 24 + 4);
});
