/**
 * Dropout masks. A mask is a function of a key and a number's position, so it needs no memory: the backward
 * pass computes it again from the same key, and the order of the computation does not matter.
 * @module
 */

/** A dropout mask of a matrix. */
export interface Mask {
  /** Probability that a number is dropped, from 0 to below 1. */
  readonly share: number;
  /** Two 32-bit numbers, drawn for each batch. */
  readonly key: Uint32Array;
}

/** Returns the factor on kept numbers, 1 / (1 − share), which preserves expectations. */
export function keptScale({ share }: Mask): number {
  return 1 / (1 - share);
}

/** Returns the threshold below which a number's hash, a whole number below 2³², drops it. */
export function dropThreshold({ share }: Mask): number {
  return Math.min(Math.round(share * 2 ** 32), 2 ** 32 - 1);
}

/**
 * Returns a function that reports whether a number is kept, given its position, row · columns + column.
 */
export function keeps(mask: Mask): (place: number) => boolean {
  const threshold = dropThreshold(mask);
  const [first, second] = mask.key;
  return (place) => mix(mix(place ^ first) + second | 0) >>> 0 >= threshold;
}

/**
 * Mixes the bits of a 32-bit number bijectively: lowbias32 of Wellons 2018, Prospecting for Hash Functions.
 * `assembly/masks.ts` computes the same.
 */
function mix(x: number): number {
  x ^= x >>> 16;
  x = Math.imul(x, 0x7feb352d);
  x ^= x >>> 15;
  x = Math.imul(x, 0x846ca68b);
  return x ^ x >>> 16;
}
