/** Row length rounded up to pairs of vectors of four numbers, which V8 can merge. */
export function wholeVectors(columns: number): number {
  return Math.ceil(columns / 8) * 8;
}

/**
 * Row length in memory. Rows a multiple of 512 bytes apart would map to a few sets of the first-level
 * cache, so they are padded by a cache line.
 */
export function strideOf(columns: number): number {
  const stride = wholeVectors(columns);
  return stride % 128 === 0 ? stride + 16 : stride;
}
