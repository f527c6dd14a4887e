import { type Random, shuffleInPlace } from "../base/random.ts";

/**
 * A function that returns point `i`, from 0, of a scrambled Halton sequence in the unit cube: each
 * coordinate is `i` written in a prime base, mirrored at the point, with the digits of each place
 * permuted at random. Such points cover the cube more evenly than independent ones: of the first bᵏ,
 * each of the bᵏ equal intervals of the coordinate of base b has exactly one.
 *
 * Owen 2017, "A randomized Halton algorithm in R" (arXiv:1706.02808).
 *
 * @param dimensions 0 or more
 * @param random draws the permutations, in an order that does not depend on the points asked for
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { randomStream } from "../base/random.ts";
 * import { haltonPoints } from "./halton.ts";
 * const point = haltonPoints(2, randomStream(1, "search"));
 * const halves = [0, 1].map((i) => Math.floor(2 * point(i)[0]));
 * assert.deepEqual(halves.toSorted(), [0, 1]);
 * ```
 */
export function haltonPoints(dimensions: number, random: Random): (i: number) => number[] {
  const coordinates = primes(dimensions).map((base) => {
    // As many places as a double has digits; each adds one more below it.
    const places = Math.ceil(53 / Math.log2(base));
    const permutations = Array.from({ length: places }, () => {
      const digits = Array.from({ length: base }, (_, digit) => digit);
      shuffleInPlace(digits, random);
      return digits;
    });
    return { base, permutations };
  });
  return (i) =>
    coordinates.map(({ base, permutations }) => {
      let rest = i, size = 1, sum = 0;
      for (const permutation of permutations) {
        size /= base;
        sum += permutation[rest % base] * size;
        rest = Math.floor(rest / base);
      }
      // Rounding may reach 1.
      return Math.min(sum, 1 - 2 ** -53);
    });
}

/** The first prime numbers. */
function primes(count: number): number[] {
  const found: number[] = [];
  for (let n = 2; found.length < count; n++) {
    if (found.every((prime) => n % prime !== 0)) found.push(n);
  }
  return found;
}
