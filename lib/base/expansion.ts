/** Packed data may always grow to this many bytes, however small they are. */
const ALWAYS = 2 ** 26;
/** Data sets and weights pack to a fifth of their size, CSV to a tenth; only fillers pack to less than this. */
const MOST_EXPANSION = 100;

/**
 * The most bytes that packed data (gzip, an entry of a ZIP archive) may unpack to: a hundred times
 * their size, or 64 MiB where that is more. DEFLATE itself goes up to a thousand times, so that a file
 * of a megabyte would take a gigabyte of memory.
 *
 * @param packed bytes of the packed data
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { mostUnpacked } from "./expansion.ts";
 * assert.equal(mostUnpacked(1000), 67_108_864);
 * assert.equal(mostUnpacked(10_000_000), 1_000_000_000);
 * ```
 */
export function mostUnpacked(packed: number): number {
  return Math.max(ALWAYS, MOST_EXPANSION * packed);
}
