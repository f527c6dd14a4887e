// @ts-nocheck This is AssemblyScript: TypeScript's syntax with WebAssembly's types.
// deno-lint-ignore-file
// deno-fmt-ignore-file: it would take AssemblyScript's @inline away
//
// Products with images, most of whose pixels are zero. Leaving out terms that are exactly zero
// changes no finite sum, so the results have the same bits as the dense products'.
//
// The index of a batch of images, made once when it is loaded:
//   by row:    rowStart[rows + 1], then entries (column, value), a row's columns ascending;
//   by column: columnStart[columns + 1], then entries (row, value), a column's rows ascending.
// An entry is eight bytes: a 32-bit index and a 32-bit float.

import { addScaledRow, mulAdd, put } from "./dense";

/**
 * Bytes to numbers in [0, 1] and the index by row.
 *
 * @returns how many are not zero
 */
export function loadPixels(
  pixels: usize,
  rows: i32,
  columns: i32,
  x: usize,
  xRow: usize,
  rowStart: usize,
  entries: usize,
): i32 {
  let entry = entries;
  for (let r = 0; r < rows; r++) {
    store<i32>(rowStart + (<usize> r << 2), <i32> ((entry - entries) >> 3));
    memory.fill(x, 0, xRow);
    let c = 0;
    for (; c + 16 <= columns; c += 16) {
      let mask = i8x16.bitmask(i8x16.ne(v128.load(pixels + c), i8x16.splat(0)));
      while (mask) {
        const at = c + ctz(mask);
        mask &= mask - 1;
        entry = addPixel(pixels, at, x, entry);
      }
    }
    for (; c < columns; c++) if (load<u8>(pixels + c)) entry = addPixel(pixels, c, x, entry);
    pixels += columns;
    x += xRow;
  }
  const count = <i32> ((entry - entries) >> 3);
  store<i32>(rowStart + (<usize> rows << 2), count);
  return count;
}

// @ts-ignore: decorator
@inline
function addPixel(pixels: usize, at: i32, x: usize, entry: usize): usize {
  const value = <f32> load<u8>(pixels + at) / <f32> 255;
  store<f32>(x + (<usize> at << 2), value);
  store<i32>(entry, at);
  store<f32>(entry, value, 4);
  return entry + 8;
}

/** The index by column from the index by row (a counting sort, so rows stay ascending). */
export function indexColumns(
  rows: i32,
  columns: i32,
  rowStart: usize,
  entries: usize,
  columnStart: usize,
  byColumn: usize,
): void {
  memory.fill(columnStart, 0, (<usize> columns + 2) << 2);
  const count = load<i32>(rowStart + (<usize> rows << 2));
  // Counts are kept two places on; after the running sum, place c + 1 holds where column c goes next.
  for (let e = 0; e < count; e++) {
    const at = columnStart + ((<usize> load<i32>(entries + (<usize> e << 3)) + 2) << 2);
    store<i32>(at, load<i32>(at) + 1);
  }
  for (let c = 2; c <= columns; c++) {
    const at = columnStart + (<usize> c << 2);
    store<i32>(at, load<i32>(at) + load<i32>(at - 4));
  }
  for (let r = 0; r < rows; r++) {
    const end = load<i32>(rowStart + (<usize> r << 2), 4);
    for (let e = load<i32>(rowStart + (<usize> r << 2)); e < end; e++) {
      const entry = entries + (<usize> e << 3);
      const next = columnStart + ((<usize> load<i32>(entry) + 1) << 2);
      const place = load<i32>(next);
      store<i32>(next, place + 1);
      store<i32>(byColumn + (<usize> place << 3), r);
      store<f32>(byColumn + (<usize> place << 3), load<f32>(entry, 4), 4);
    }
  }
}

/** The row of the matrix that an entry names. */
// @ts-ignore: decorator
@inline
function rowOf(entry: usize, matrix: usize, row: usize): usize {
  return matrix + <usize> load<u32>(entry) * row;
}

// @ts-ignore: decorator
@inline
function sum48(entry: usize, end: usize, matrix: usize, row: usize, to: usize, blended: bool, alpha: v128, beta: f32): void {
  let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0, s4 = s0, s5 = s0, s6 = s0, s7 = s0, s8 = s0, s9 = s0, s10 = s0, s11 = s0;
  for (; entry < end; entry += 8) {
    const from = rowOf(entry, matrix, row), x = v128.load32_splat(entry, 4);
    s0 = mulAdd(s0, x, v128.load(from, 0));
    s1 = mulAdd(s1, x, v128.load(from, 16));
    s2 = mulAdd(s2, x, v128.load(from, 32));
    s3 = mulAdd(s3, x, v128.load(from, 48));
    s4 = mulAdd(s4, x, v128.load(from, 64));
    s5 = mulAdd(s5, x, v128.load(from, 80));
    s6 = mulAdd(s6, x, v128.load(from, 96));
    s7 = mulAdd(s7, x, v128.load(from, 112));
    s8 = mulAdd(s8, x, v128.load(from, 128));
    s9 = mulAdd(s9, x, v128.load(from, 144));
    s10 = mulAdd(s10, x, v128.load(from, 160));
    s11 = mulAdd(s11, x, v128.load(from, 176));
  }
  put(s0, to + 0, blended, alpha, beta);
  put(s1, to + 16, blended, alpha, beta);
  put(s2, to + 32, blended, alpha, beta);
  put(s3, to + 48, blended, alpha, beta);
  put(s4, to + 64, blended, alpha, beta);
  put(s5, to + 80, blended, alpha, beta);
  put(s6, to + 96, blended, alpha, beta);
  put(s7, to + 112, blended, alpha, beta);
  put(s8, to + 128, blended, alpha, beta);
  put(s9, to + 144, blended, alpha, beta);
  put(s10, to + 160, blended, alpha, beta);
  put(s11, to + 176, blended, alpha, beta);
}

// @ts-ignore: decorator
@inline
function sum32(entry: usize, end: usize, matrix: usize, row: usize, to: usize, blended: bool, alpha: v128, beta: f32): void {
  let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0, s4 = s0, s5 = s0, s6 = s0, s7 = s0;
  for (; entry < end; entry += 8) {
    const from = rowOf(entry, matrix, row), x = v128.load32_splat(entry, 4);
    s0 = mulAdd(s0, x, v128.load(from, 0));
    s1 = mulAdd(s1, x, v128.load(from, 16));
    s2 = mulAdd(s2, x, v128.load(from, 32));
    s3 = mulAdd(s3, x, v128.load(from, 48));
    s4 = mulAdd(s4, x, v128.load(from, 64));
    s5 = mulAdd(s5, x, v128.load(from, 80));
    s6 = mulAdd(s6, x, v128.load(from, 96));
    s7 = mulAdd(s7, x, v128.load(from, 112));
  }
  put(s0, to + 0, blended, alpha, beta);
  put(s1, to + 16, blended, alpha, beta);
  put(s2, to + 32, blended, alpha, beta);
  put(s3, to + 48, blended, alpha, beta);
  put(s4, to + 64, blended, alpha, beta);
  put(s5, to + 80, blended, alpha, beta);
  put(s6, to + 96, blended, alpha, beta);
  put(s7, to + 112, blended, alpha, beta);
}

// @ts-ignore: decorator
@inline
function sum16(entry: usize, end: usize, matrix: usize, row: usize, to: usize, blended: bool, alpha: v128, beta: f32): void {
  let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0;
  for (; entry < end; entry += 8) {
    const from = rowOf(entry, matrix, row), x = v128.load32_splat(entry, 4);
    s0 = mulAdd(s0, x, v128.load(from, 0));
    s1 = mulAdd(s1, x, v128.load(from, 16));
    s2 = mulAdd(s2, x, v128.load(from, 32));
    s3 = mulAdd(s3, x, v128.load(from, 48));
  }
  put(s0, to + 0, blended, alpha, beta);
  put(s1, to + 16, blended, alpha, beta);
  put(s2, to + 32, blended, alpha, beta);
  put(s3, to + 48, blended, alpha, beta);
}

// @ts-ignore: decorator
@inline
function sum4(entry: usize, end: usize, matrix: usize, row: usize, to: usize, blended: bool, alpha: v128, beta: f32): void {
  let s0 = f32x4.splat(0);
  for (; entry < end; entry += 8) {
    const from = rowOf(entry, matrix, row), x = v128.load32_splat(entry, 4);
    s0 = mulAdd(s0, x, v128.load(from, 0));
  }
  put(s0, to + 0, blended, alpha, beta);
}


// @ts-ignore: decorator
@inline
function sumRow(entry: usize, end: usize, matrix: usize, row: usize, to: usize, bytes: usize, blended: bool, alpha: v128, beta: f32): void {
  let at: usize = 0;
  for (; at + 192 <= bytes; at += 192) sum48(entry, end, matrix + at, row, to + at, blended, alpha, beta);
  for (; at + 128 <= bytes; at += 128) sum32(entry, end, matrix + at, row, to + at, blended, alpha, beta);
  for (; at + 64 <= bytes; at += 64) sum16(entry, end, matrix + at, row, to + at, blended, alpha, beta);
  for (; at < bytes; at += 16) sum4(entry, end, matrix + at, row, to + at, blended, alpha, beta);
}

/** out = x·w for the indexed images x. */
export function sparseProduct(
  rowStart: usize, entries: usize, rows: i32, w: usize, wRow: usize, out: usize, outRow: usize,
): void {
  for (let r = 0; r < rows; r++) {
    const start = rowStart + (<usize> r << 2);
    const entry = entries + (<usize> load<u32>(start) << 3);
    const end = entries + (<usize> load<u32>(start, 4) << 3);
    sumRow(entry, end, w, wRow, out, outRow, false, f32x4.splat(0), 0);
    out += outRow;
  }
}

/** out = alpha · xᵀ·delta + beta · out, with the index by column; `scratch` holds a row. */
export function sparseProductTN(
  alpha: f32, columnStart: usize, byColumn: usize, pixels: i32, delta: usize, deltaRow: usize,
  beta: f32, out: usize, outRow: usize, scratch: usize,
): void {
  const factor = f32x4.splat(alpha);
  for (let i = 0; i < pixels; i++) {
    const start = columnStart + (<usize> i << 2);
    const entry = byColumn + (<usize> load<u32>(start) << 3);
    const end = byColumn + (<usize> load<u32>(start, 4) << 3);
    // A pixel that is zero in the whole batch leaves its weights alone, unless they are scaled.
    if (entry != end || beta != 1) {
      sumRow(entry, end, delta, deltaRow, out, outRow, true, factor, beta);
    }
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
