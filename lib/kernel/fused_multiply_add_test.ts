import assert from "node:assert/strict";
import fc from "fast-check";
import { fusedMultiplyAdd } from "./fused_multiply_add.ts";

type Triple = readonly [a: number, b: number, c: number];

/** The bits after the binary point of the smallest 32-bit number. */
const POINT = 149;

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
  // At most 2²⁴ · 2^(exponent of at most 104): exact, or 2¹²⁸ and more, which 32 bits call infinite.
  const value = Number(kept) * 2 ** (Number(cut) - 2 * POINT);
  return (n < 0n ? -1 : 1) * (value >= 2 ** 128 ? Infinity : value);
}

/** The definition of IEEE 754, in exact arithmetic. */
function exactly([a, b, c]: Triple): number {
  if (![a, b, c].every(Number.isFinite)) return a * b + c;
  const exact = scaled(a) * scaled(b) + (scaled(c) << BigInt(POINT));
  // An exact zero is −0 only where both terms are; 64 bits know the sign of each.
  return exact === 0n ? a * b + c : rounded(exact);
}

function check(triple: Triple): void {
  assert.deepEqual(fusedMultiplyAdd(...triple), exactly(triple), triple.join(", "));
}

const anyFloat = fc.float();
const sign = fc.constantFrom(1, -1);
const power = (min: number, max: number) => fc.integer({ min, max }).map((e) => 2 ** e);
/** Numbers with few bits, whose sums cancel and end in ties. */
const shortFloat = fc.tuple(sign, fc.integer({ min: 0, max: 15 }), power(-30, 4)).map(
  ([s, m, p]) => s * m * p,
);
/** 24 bits near a power of two. */
const nearPower = fc.tuple(fc.integer({ min: -4, max: 4 }), power(-2, 2)).map(
  ([ulps, p]) => Math.fround((1 + ulps * 2 ** -23) * p),
);

const triples: Record<string, fc.Arbitrary<Triple>> = {
  "any numbers, infinities and NaN among them": fc.tuple(anyFloat, anyFloat, anyFloat),
  "few bits": fc.tuple(shortFloat, shortFloat, shortFloat),
  "a product a little off half a unit of c's last place, down to subnormal c": fc.tuple(
    nearPower,
    nearPower,
    fc.integer({ min: 1, max: 2 ** 24 - 1 }),
    sign,
    fc.integer({ min: -POINT, max: 100 }),
  ).map(([a, b, c, s, e]) => {
    const half = Math.floor(e / 2);
    return [a * 2 ** half, b * 2 ** (e - half - 1), s * c * 2 ** e];
  }),
  "a product that is a tie, and a tiny c": fc.tuple(
    fc.integer({ min: 2 ** 11, max: 2 ** 12 - 1 }),
    fc.integer({ min: 2 ** 12, max: 2 ** 13 - 1 }),
    sign,
    anyFloat.map((c) => Math.fround(c * 2 ** -140)),
    power(-60, 30),
  ).map(([a, b, s, c, p]) => [s * (a | 1) * p, b | 1, c]),
  "cancellation": fc.tuple(anyFloat, anyFloat, fc.integer({ min: -2, max: 2 })).map(
    ([a, b, ulps]) => [a, b, Math.fround(-a * b * (1 + ulps * 2 ** -23))],
  ),
  "subnormal results": fc.tuple(
    fc.integer({ min: -(2 ** 24) + 1, max: 2 ** 24 - 1 }),
    fc.integer({ min: 1, max: 2 ** 24 - 1 }),
    fc.integer({ min: -(2 ** 24), max: 2 ** 24 }),
    fc.integer({ min: 0, max: 30 }),
  ).map(([a, b, c, k]) => [a * 2 ** (-76 - k), b * 2 ** (-90 + k), c * 2 ** -POINT]),
  "results near the largest number": fc.tuple(nearPower, nearPower, sign, sign, anyFloat).map(
    ([a, b, s, t, c]) => [s * a * 2 ** 63, b * 2 ** 63, t * Math.abs(Math.fround(c))],
  ),
};

for (const [name, triple] of Object.entries(triples)) {
  Deno.test(`fusedMultiplyAdd rounds once: ${name}`, () => {
    fc.assert(fc.property(triple, check), { numRuns: 4000 });
  });
}

Deno.test("fusedMultiplyAdd rounds once: every combination of special numbers", () => {
  const least = 2 ** -149, largest = (2 - 2 ** -23) * 2 ** 127;
  const positive = [
    0,
    least,
    2 ** -126,
    1 - 2 ** -24,
    1,
    1 + 2 ** -23,
    2 ** 127,
    largest,
    Infinity,
  ];
  const special = [NaN, ...positive, ...positive.map((x) => -x)];
  for (const a of special) for (const b of special) for (const c of special) check([a, b, c]);
});

Deno.test("fusedMultiplyAdd differs from 64-bit arithmetic rounded to 32 where that rounds twice", () => {
  // 2²⁴ + 1 is a tie in 32 bits; 64 bits lose the 2⁻⁴⁶ by which the product exceeds 1 or falls short of it.
  const triple: Triple = [1 + 2 ** -23, 1 - 2 ** -23, 2 ** 24 + 2];
  check(triple);
  assert.equal(fusedMultiplyAdd(...triple), 2 ** 24 + 2);
  assert.equal(Math.fround(triple[0] * triple[1] + triple[2]), 2 ** 24 + 4);
});
