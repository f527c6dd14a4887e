/**
 * The masks of dropout. Which numbers of a matrix are dropped is a function of a key and of a number's
 * place, so a mask needs no memory: the backward pass computes it again from the same key, and the order
 * in which numbers are visited does not matter.
 * @module
 */

/** Which numbers of a matrix are dropped. */
export interface Mask {
  /** Probability that a number is dropped, from 0 to below 1. */
  readonly share: number;
  /** Two 32-bit numbers, drawn anew for each batch. */
  readonly key: Uint32Array;
}

/** What is kept is multiplied by 1 / (1 − share), so that its expectation is the number itself. */
export function keptScale({ share }: Mask): number {
  return 1 / (1 - share);
}

/** A number is dropped when its hash, a whole number below 2³², is below this. */
export function dropThreshold({ share }: Mask): number {
  return Math.min(Math.round(share * 2 ** 32), 2 ** 32 - 1);
}

/**
 * A function that reports whether the number at a place is kept.
 *
 * @returns a function of the place, row · columns + column
 */
export function keeps(mask: Mask): (place: number) => boolean {
  const threshold = dropThreshold(mask);
  const [first, second] = mask.key;
  return (place) => mix(mix(place ^ first) + second | 0) >>> 0 >= threshold;
}

/**
 * Mixes the bits of a 32-bit number, one to one: Wellons 2018, Prospecting for Hash Functions, there
 * called lowbias32. `assembly/masks.ts` computes the same.
 */
function mix(x: number): number {
  x ^= x >>> 16;
  x = Math.imul(x, 0x7feb352d);
  x ^= x >>> 15;
  x = Math.imul(x, 0x846ca68b);
  return x ^ x >>> 16;
}
