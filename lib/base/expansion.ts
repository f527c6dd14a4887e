/** Packed data of any size may unpack to this many bytes. */
const ALWAYS = 2 ** 26;
/**
 * The largest compression ratio: data sets and weights reach about 5, CSV 10; only padding exceeds
 * this.
 */
const MOST_EXPANSION = 100;

/**
 * The most bytes that packed data (gzip, an entry of a ZIP archive) may unpack to: a hundred times
 * their size, or 64 MiB if that is more. DEFLATE allows a thousand times, so that a file of a
 * megabyte could need a gigabyte of memory.
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
