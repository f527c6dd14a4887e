/** For tests: 32-bit numbers a, b and c for which a·b + c is hard to round. @module */
import fc from "fast-check";

/** Operands of a·b + c, 32-bit numbers. */
export type Triple = readonly [a: number, b: number, c: number];

/** Bits after the binary point of the smallest 32-bit number. */
export const POINT = 149;

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

/** Numbers that reveal a wrong a·b + c. 411849 · 20857 is 2³³ + 1. */
export const triples: Record<string, fc.Arbitrary<Triple>> = {
  "any numbers, infinities and NaN among them": fc.tuple(anyFloat, anyFloat, anyFloat),
  "few bits": fc.tuple(shortFloat, shortFloat, shortFloat),
  "a product a little off half a unit of c's last place, down to subnormal c": fc.tuple(
    fc.oneof(fc.tuple(nearPower, nearPower), fc.constant([411849 / 2 ** 19, 20857 / 2 ** 14])),
    fc.oneof(fc.integer({ min: 1, max: 2 ** 24 - 1 }), power(0, 23)),
    sign,
    fc.oneof(fc.integer({ min: -POINT, max: 100 }), fc.constant(-POINT)),
  ).map(([[a, b], c, s, e]) => {
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

/** Every combination of zeros, ones, the limits of the range, infinities and NaN. */
export function specialTriples(): Triple[] {
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
  return special.flatMap((a) => special.flatMap((b) => special.map((c) => [a, b, c] as const)));
}
