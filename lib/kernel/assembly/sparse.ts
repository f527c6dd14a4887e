// @ts-nocheck This is AssemblyScript: TypeScript's syntax with WebAssembly's types. Deno's tools leave
// it alone (`exclude` in deno.json): the formatter would take the @inline away.
//
// Products with images, most of whose pixels are zero. Leaving out terms that are exactly zero
// changes no finite sum, so the results have the same bits as the dense products'.
//
// A batch is indexed by row when it is loaded: rowStart[rows + 1], then entries (column, value), a
// row's columns ascending. An entry is eight bytes: a 32-bit index and a 32-bit float. For the
// gradient the bytes are turned, so that a pixel's values in all images lie side by side.

import { combine, storeSum } from "./combine";
import { addScaledRow } from "./dense";
import { multiplyAdd } from "./multiply_add";

/** The number that each byte stands for: byte / 255. */
const SCALE: usize = memory.data(1024, 64);
for (let byte: usize = 0; byte < 256; byte++) store<f32>(SCALE + (byte << 2), <f32> byte / 255);

/** Writes an entry for the byte at `pixels + at`, which is not zero. */
@inline
function putEntry(pixels: usize, at: usize, entry: usize): void {
  store<u32>(entry, <u32> at);
  store<f32>(entry, load<f32>(SCALE + (<usize> load<u8>(pixels + at) << 2)), 4);
}

/** Which of the sixteen bytes are not zero, a bit each. */
@inline
function filled(bytes: usize): u64 {
  return <u64> <u32> i8x16.bitmask(i8x16.ne(v128.load(bytes), i8x16.splat(0)));
}

/**
 * Writes an entry for each byte whose bit is set, `at` being the first bit's; returns where the next
 * entry goes. Four at a time, whether or not there are so many: how often to go round is then easier
 * to foresee, and what is written too much is written over. (Of an empty mask, ctz gives 64.)
 */
@inline
function putEntries(mask: u64, pixels: usize, at: usize, entry: usize): usize {
  const next = entry + (<usize> popcnt(mask) << 3);
  while (mask) {
    putEntry(pixels, at + <usize> ctz(mask), entry);
    mask &= mask - 1;
    putEntry(pixels, at + <usize> ctz(mask), entry + 8);
    mask &= mask - 1;
    putEntry(pixels, at + <usize> ctz(mask), entry + 16);
    mask &= mask - 1;
    putEntry(pixels, at + <usize> ctz(mask), entry + 24);
    mask &= mask - 1;
    entry += 32;
  }
  return next;
}

/** Writes an entry for each of `count` bytes that is not zero; returns where the next one goes. */
@inline
function addEntries(pixels: usize, count: usize, entry: usize): usize {
  let at: usize = 0;
  for (; at + 64 <= count; at += 64) {
    const from = pixels + at;
    const mask = filled(from) | filled(from + 16) << 16 | filled(from + 32) << 32 |
      filled(from + 48) << 48;
    entry = putEntries(mask, pixels, at, entry);
  }
  for (; at + 32 <= count; at += 32) {
    const from = pixels + at;
    entry = putEntries(filled(from) | filled(from + 16) << 16, pixels, at, entry);
  }
  for (; at + 16 <= count; at += 16) entry = putEntries(filled(pixels + at), pixels, at, entry);
  for (; at < count; at++) {
    if (load<u8>(pixels + at)) {
      putEntry(pixels, at, entry);
      entry += 8;
    }
  }
  return entry;
}

/** Makes the index by row; returns how many bytes are not zero. */
export function indexRows(
  pixels: usize, rows: i32, columns: i32, rowStart: usize, entries: usize,
): i32 {
  let entry = entries;
  for (let r = 0; r < rows; r++) {
    store<u32>(rowStart + (<usize> r << 2), <u32> (entry - entries) >> 3);
    entry = addEntries(pixels, columns, entry);
    pixels += columns;
  }
  const count = <u32> (entry - entries) >> 3;
  store<u32>(rowStart + (<usize> rows << 2), count);
  return count;
}

/** The bytes as a dense matrix of numbers in [0, 1], for batches that are not worth an index. */
export function scaleRows(pixels: usize, rows: i32, columns: i32, x: usize, xRow: usize): void {
  for (let r = 0; r < rows; r++) {
    for (let c: usize = 0; c < <usize> columns; c++) {
      store<f32>(x + (c << 2), load<f32>(SCALE + (<usize> load<u8>(pixels + c) << 2)));
    }
    pixels += columns;
    x += xRow;
  }
}

/** Turns the bytes: pixel c of image r goes to turned + c · turnedRow + r. */
export function turn(pixels: usize, rows: i32, columns: i32, turned: usize, turnedRow: usize): void {
  const width = <usize> columns;
  let r = 0;
  for (; r + 8 <= rows; r += 8) {
    let c: usize = 0;
    for (; c + 16 <= width; c += 16) turnTile(pixels + c, width, turned + c * turnedRow, turnedRow);
    for (; c < width; c++) {
      for (let i: usize = 0; i < 8; i++) {
        store<u8>(turned + c * turnedRow + i, load<u8>(pixels + i * width + c));
      }
    }
    pixels += width << 3;
    turned += 8;
  }
  for (; r < rows; r++) {
    for (let c: usize = 0; c < width; c++) store<u8>(turned + c * turnedRow, load<u8>(pixels + c));
    pixels += width;
    turned++;
  }
}

/** Interleaves the lower, or the upper, halves of two vectors in pieces of one, two or four bytes. */
@inline
function zipLow8(a: v128, b: v128): v128 {
  return v128.shuffle<i8>(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
}
@inline
function zipHigh8(a: v128, b: v128): v128 {
  return v128.shuffle<i8>(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
}
@inline
function zipLow16(a: v128, b: v128): v128 {
  return v128.shuffle<i16>(a, b, 0, 8, 1, 9, 2, 10, 3, 11);
}
@inline
function zipHigh16(a: v128, b: v128): v128 {
  return v128.shuffle<i16>(a, b, 4, 12, 5, 13, 6, 14, 7, 15);
}

/** Stores the four columns of eight bytes that two vectors hold between them. */
@inline
function storeColumns(low: v128, high: v128, to: usize, row: usize): void {
  const first = v128.shuffle<i32>(low, high, 0, 4, 1, 5);
  const second = v128.shuffle<i32>(low, high, 2, 6, 3, 7);
  store<u64>(to, i64x2.extract_lane(first, 0));
  store<u64>(to + row, i64x2.extract_lane(first, 1));
  store<u64>(to + 2 * row, i64x2.extract_lane(second, 0));
  store<u64>(to + 3 * row, i64x2.extract_lane(second, 1));
}

/** Eight images by sixteen pixels, turned. */
@inline
function turnTile(from: usize, width: usize, to: usize, row: usize): void {
  const r0 = v128.load(from), r1 = v128.load(from + width);
  const r2 = v128.load(from + 2 * width), r3 = v128.load(from + 3 * width);
  const r4 = v128.load(from + 4 * width), r5 = v128.load(from + 5 * width);
  const r6 = v128.load(from + 6 * width), r7 = v128.load(from + 7 * width);
  turnHalf(zipLow8(r0, r1), zipLow8(r2, r3), zipLow8(r4, r5), zipLow8(r6, r7), to, row);
  turnHalf(zipHigh8(r0, r1), zipHigh8(r2, r3), zipHigh8(r4, r5), zipHigh8(r6, r7), to + 8 * row, row);
}

/** Eight pixels of eight images, in pairs of images: the rest of the turn. */
@inline
function turnHalf(p0: v128, p1: v128, p2: v128, p3: v128, to: usize, row: usize): void {
  storeColumns(zipLow16(p0, p1), zipLow16(p2, p3), to, row);
  storeColumns(zipHigh16(p0, p1), zipHigh16(p2, p3), to + 4 * row, row);
}

/** The row of the matrix that an entry names. */
@inline
function rowOf(entry: usize, matrix: usize, row: usize): usize {
  return matrix + <usize> load<u32>(entry) * row;
}

/** Σ value · the row of the matrix that the entry names, over the entries up to `end`: 32 columns. */
@inline
function sum32(entry: usize, end: usize, matrix: usize, row: usize, to: usize): void {
  let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0, s4 = s0, s5 = s0, s6 = s0, s7 = s0;
  for (; entry < end; entry += 8) {
    const from = rowOf(entry, matrix, row), x = v128.load32_splat(entry, 4);
    s0 = multiplyAdd(x, v128.load(from), s0);
    s1 = multiplyAdd(x, v128.load(from, 16), s1);
    s2 = multiplyAdd(x, v128.load(from, 32), s2);
    s3 = multiplyAdd(x, v128.load(from, 48), s3);
    s4 = multiplyAdd(x, v128.load(from, 64), s4);
    s5 = multiplyAdd(x, v128.load(from, 80), s5);
    s6 = multiplyAdd(x, v128.load(from, 96), s6);
    s7 = multiplyAdd(x, v128.load(from, 112), s7);
  }
  storeSum(to, s0);
  storeSum(to + 16, s1);
  storeSum(to + 32, s2);
  storeSum(to + 48, s3);
  storeSum(to + 64, s4);
  storeSum(to + 80, s5);
  storeSum(to + 96, s6);
  storeSum(to + 112, s7);
}

/** The same for four columns. */
@inline
function sum4(entry: usize, end: usize, matrix: usize, row: usize, to: usize): void {
  let s0 = f32x4.splat(0);
  for (; entry < end; entry += 8) {
    const from = rowOf(entry, matrix, row), x = v128.load32_splat(entry, 4);
    s0 = multiplyAdd(x, v128.load(from), s0);
  }
  storeSum(to, s0);
}

/** The same for all columns of a row of `bytes` bytes. */
@inline
function sumRow(entry: usize, end: usize, matrix: usize, row: usize, to: usize, bytes: usize): void {
  let at: usize = 0;
  for (; at + 128 <= bytes; at += 128) sum32(entry, end, matrix + at, row, to + at);
  for (; at < bytes; at += 16) sum4(entry, end, matrix + at, row, to + at);
}

/** out = x·w for the indexed images x. */
export function sparseProduct(
  rowStart: usize, entries: usize, rows: i32, w: usize, wRow: usize, out: usize, outRow: usize,
): void {
  for (let r = 0; r < rows; r++) {
    const start = rowStart + (<usize> r << 2);
    const entry = entries + (<usize> load<u32>(start) << 3);
    const end = entries + (<usize> load<u32>(start, 4) << 3);
    sumRow(entry, end, w, wRow, out, outRow);
    out += outRow;
  }
}

/**
 * out = alpha · xᵀ·delta + beta · out, with the turned bytes of x; `scratch` holds the sums of one
 * pixel, and then its entries.
 */
export function sparseProductTN(
  alpha: f32, turned: usize, turnedRow: usize, images: i32, pixels: i32, delta: usize, deltaRow: usize,
  beta: f32, out: usize, outRow: usize, scratch: usize,
): void {
  const sums = scratch, entries = scratch + outRow;
  for (let i = 0; i < pixels; i++) {
    const end = addEntries(turned, images, entries);
    // A pixel that is zero in the whole batch leaves its weights alone, unless they are scaled.
    if (end != entries || beta != 1) {
      sumRow(entries, end, delta, deltaRow, sums, outRow);
      combine(alpha, sums, beta, out, outRow);
    }
    turned += turnedRow;
    out += outRow;
  }
}

/** The same for a batch of one image, straight from the index by row; beta is 1. */
export function sparseRankOne(
  alpha: f32, rowStart: usize, entries: usize, delta: usize, out: usize, outRow: usize,
): void {
  const factor = f32x4.splat(alpha);
  const end = entries + (<usize> load<u32>(rowStart, 4) << 3);
  for (let entry = entries; entry < end; entry += 8) {
    addScaledRow(factor, v128.load32_splat(entry, 4), delta, rowOf(entry, out, outRow), outRow);
  }
}
