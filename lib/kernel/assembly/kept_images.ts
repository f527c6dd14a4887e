// @ts-nocheck This is AssemblyScript: TypeScript's syntax with WebAssembly's types. Deno's tools leave
// it alone (`exclude` in deno.json): the formatter would take the @inline away.
//
// Images that are loaded once in every epoch. Their non-zero pixels are kept when they are first
// loaded; from then on the index by image is made from these, without reading the zeros again.
//
// The store begins with three words: the addresses of the next record and of the store's end, and one
// that nobody reads. Then it has an address for each image: its record's, or 0. A record has a byte for each tile of the image, the number of its entries;
// then the entries, two bytes each: the column in the tile, and the pixel. So an image of MNIST takes
// five cache lines, and all of them fit into the third-level cache of many processors.

import { multiplyAdd } from "./multiply_add";
import { indexImage, TILE, tilesOf } from "./sparse";

/** Bytes of the store's first words. */
const HEAD: usize = 12;

/** Makes an empty store of `bytes` bytes for so many images. */
export function clearKept(kept: usize, images: i32, bytes: usize): void {
  const records = <usize> images << 2;
  memory.fill(kept, 0, HEAD + records);
  store<u32>(kept, <u32> (kept + HEAD + records));
  store<u32>(kept, <u32> (kept + bytes), 4);
}

/** The place of an image's record's address. */
@inline
function recordAt(kept: usize, image: usize): usize {
  return kept + HEAD + (image << 2);
}

/** A record's first cache lines: few images have more. */
const LINES: usize = 6 * 64;

/**
 * Reads the records of all images in advance: memory that is far away then delivers many at a time. (Out of
 * a loop whose end depends on what is read, a processor would ask for one after another.)
 */
@inline
function fetchRecords(kept: usize, order: usize, images: i32): void {
  let sum: u32 = 0;
  for (let r = 0; r < images; r++, order += 4) {
    const record = <usize> load<u32>(recordAt(kept, load<u32>(order)));
    for (let at: usize = 0; at < LINES; at += 64) sum += load<u32>(record + at);
  }
  store<u32>(kept, sum, 8);
}

/**
 * Makes the index by image of the images that `order` numbers, as `indexImages` does, from their records
 * where they have them; the others' bytes are at `pixels`, and they are given records while there is room.
 */
export function indexKept(
  kept: usize, order: usize, pixels: usize, images: i32, columns: i32, starts: usize, entries: usize,
): i32 {
  const tiles = <usize> tilesOf(columns), row = tiles << 2;
  let entry = entries;
  fetchRecords(kept, order, images);
  for (let r = 0; r < images; r++) {
    const place = recordAt(kept, load<u32>(order)), record = <usize> load<u32>(place);
    if (record) {
      entry = readRecord(record, tiles, starts, entries, entry);
    } else {
      const end = indexImage(pixels, columns, starts, entries, entry);
      addRecord(kept, place, pixels, tiles, starts, entries, end);
      entry = end;
    }
    order += 4;
    pixels += columns;
    starts += row;
  }
  const count = <u32> (entry - entries) >> 3;
  store<u32>(starts, count);
  return count;
}

/** Writes an image's entries, from its record; returns where the next entry goes. */
@inline
function readRecord(
  record: usize, tiles: usize, starts: usize, entries: usize, entry: usize,
): usize {
  let from = record + tiles, columns = i32x4.splat(0);
  for (let t: usize = 0; t < tiles; t++) {
    store<u32>(starts + (t << 2), <u32> (entry - entries) >> 3);
    const end = entry + (<usize> load<u8>(record + t) << 3), next = from + ((end - entry) >> 2);
    // Eight at a time; those too many are written over.
    for (; entry < end; entry += 64, from += 16) {
      const eight = v128.load(from);
      putFour(i32x4.extend_low_i16x8_u(eight), columns, entry);
      putFour(i32x4.extend_high_i16x8_u(eight), columns, entry + 32);
    }
    entry = end;
    from = next;
    columns = i32x4.add(columns, i32x4.splat(TILE));
  }
  return entry;
}

/** The first digits of 1 / 255, and the rest: a byte times both, summed and rounded, is byte / 255. */
const HIGH: f32 = 0.003921568859368563, LOW: f32 = -2.319175823606301e-10;

/** Writes four entries of a tile, whose first column is given four times. */
@inline
function putFour(four: v128, first: v128, entry: usize): void {
  const columns = i32x4.add(v128.and(four, i32x4.splat(255)), first);
  const pixels = f32x4.convert_i32x4_s(i32x4.shr_u(four, 8));
  const numbers = multiplyAdd(pixels, f32x4.splat(HIGH), f32x4.mul(pixels, f32x4.splat(LOW)));
  v128.store(entry, v128.shuffle<f32>(columns, numbers, 0, 4, 1, 5));
  v128.store(entry, v128.shuffle<f32>(columns, numbers, 2, 6, 3, 7), 16);
}

/** Makes the record of an image whose entries, up to `end`, have just been written, if there is room. */
function addRecord(
  kept: usize, place: usize, pixels: usize, tiles: usize, starts: usize, entries: usize, end: usize,
): void {
  const record = <usize> load<u32>(kept);
  let entry = entries + (<usize> load<u32>(starts) << 3), to = record + tiles;
  const next = to + ((end - entry) >> 2);
  if (next > <usize> load<u32>(kept, 4)) return;
  for (let t: usize = 0; t < tiles; t++) {
    const after = starts + (t + 1 << 2);
    const tileEnd = t + 1 < tiles ? entries + (<usize> load<u32>(after) << 3) : end;
    store<u8>(record + t, <u32> (tileEnd - entry) >> 3);
    for (; entry < tileEnd; entry += 8, to += 2) {
      const column = load<u32>(entry);
      store<u8>(to, column % TILE);
      store<u8>(to, load<u8>(pixels + <usize> column), 1);
    }
  }
  store<u32>(place, <u32> record);
  store<u32>(kept, <u32> next);
}
