// @ts-nocheck This is AssemblyScript: TypeScript's syntax with WebAssembly's types.
// deno-lint-ignore-file
//
// Products with images, most of whose pixels are zero. Leaving out terms that are exactly zero
// changes no finite sum, so the results have the same bits as the dense products'.
//
// The index of a batch of images, made once when it is loaded:
//   by row:    rowStart[rows + 1], then entries (column, value), a row's columns ascending;
//   by column: columnStart[columns + 1], then entries (row, value), a column's rows ascending.
// An entry is eight bytes: a 32-bit index and a 32-bit float.

import { blend, rankOneRow } from "./dense";

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

// @ts-ignore: decorator

function mulAdd(sum: v128, a: v128, b: v128): v128 {
  return f32x4.add(sum, f32x4.mul(a, b));
}

/** Sums Σ value · matrix[index, 32 columns] over the entries; eight vectors to `to`, blended. */
// @ts-ignore: decorator

function sum32(
  entry: usize,
  end: usize,
  matrix: usize,
  row: usize,
  to: usize,
  alpha: v128,
  beta: f32,
  plain: bool,
): void {
  let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0, s4 = s0, s5 = s0, s6 = s0, s7 = s0;
  for (; entry < end; entry += 8) {
    const from = matrix + <usize> load<u32>(entry) * row;
    const x = v128.load32_splat(entry, 4);
    s0 = mulAdd(s0, x, v128.load(from));
    s1 = mulAdd(s1, x, v128.load(from, 16));
    s2 = mulAdd(s2, x, v128.load(from, 32));
    s3 = mulAdd(s3, x, v128.load(from, 48));
    s4 = mulAdd(s4, x, v128.load(from, 64));
    s5 = mulAdd(s5, x, v128.load(from, 80));
    s6 = mulAdd(s6, x, v128.load(from, 96));
    s7 = mulAdd(s7, x, v128.load(from, 112));
  }
  if (plain) {
    v128.store(to, s0);
    v128.store(to, s1, 16);
    v128.store(to, s2, 32);
    v128.store(to, s3, 48);
    v128.store(to, s4, 64);
    v128.store(to, s5, 80);
    v128.store(to, s6, 96);
    v128.store(to, s7, 112);
  } else {
    blend(alpha, s0, beta, to);
    blend(alpha, s1, beta, to + 16);
    blend(alpha, s2, beta, to + 32);
    blend(alpha, s3, beta, to + 48);
    blend(alpha, s4, beta, to + 64);
    blend(alpha, s5, beta, to + 80);
    blend(alpha, s6, beta, to + 96);
    blend(alpha, s7, beta, to + 112);
  }
}

/** The same for four columns. */
// @ts-ignore: decorator

function sum4(
  entry: usize,
  end: usize,
  matrix: usize,
  row: usize,
  to: usize,
  alpha: v128,
  beta: f32,
  plain: bool,
): void {
  let s = f32x4.splat(0);
  for (; entry < end; entry += 8) {
    const from = matrix + <usize> load<u32>(entry) * row;
    s = mulAdd(s, v128.load32_splat(entry, 4), v128.load(from));
  }
  if (plain) v128.store(to, s);
  else blend(alpha, s, beta, to);
}

/** The same for twelve columns: ten classes and the padding. */
// @ts-ignore: decorator

function sum12(
  entry: usize,
  end: usize,
  matrix: usize,
  row: usize,
  to: usize,
  alpha: v128,
  beta: f32,
  plain: bool,
): void {
  let s0 = f32x4.splat(0), s1 = s0, s2 = s0;
  for (; entry < end; entry += 8) {
    const from = matrix + <usize> load<u32>(entry) * row;
    const x = v128.load32_splat(entry, 4);
    s0 = mulAdd(s0, x, v128.load(from));
    s1 = mulAdd(s1, x, v128.load(from, 16));
    s2 = mulAdd(s2, x, v128.load(from, 32));
  }
  if (plain) {
    v128.store(to, s0);
    v128.store(to, s1, 16);
    v128.store(to, s2, 32);
  } else {
    blend(alpha, s0, beta, to);
    blend(alpha, s1, beta, to + 16);
    blend(alpha, s2, beta, to + 32);
  }
}

/** One line of output: Σ value · matrix[index] over the entries, in pieces of 32, 12 and 4 columns. */
// @ts-ignore: decorator

function sumRow(
  entry: usize,
  end: usize,
  matrix: usize,
  row: usize,
  to: usize,
  columns: i32,
  alpha: v128,
  beta: f32,
  plain: bool,
): void {
  let c = 0;
  for (; c + 32 <= columns; c += 32) {
    sum32(entry, end, matrix + (<usize> c << 2), row, to + (<usize> c << 2), alpha, beta, plain);
  }
  for (; c + 12 <= columns; c += 12) {
    sum12(entry, end, matrix + (<usize> c << 2), row, to + (<usize> c << 2), alpha, beta, plain);
  }
  for (; c < columns; c += 4) {
    sum4(entry, end, matrix + (<usize> c << 2), row, to + (<usize> c << 2), alpha, beta, plain);
  }
}

/** out = x·w for the indexed images x. */
export function sparseProduct(
  rowStart: usize,
  entries: usize,
  rows: i32,
  w: usize,
  wRow: usize,
  out: usize,
  outRow: usize,
  columns: i32,
): void {
  const one = f32x4.splat(1);
  for (let r = 0; r < rows; r++) {
    const entry = entries + (<usize> load<u32>(rowStart + (<usize> r << 2)) << 3);
    const end = entries + (<usize> load<u32>(rowStart + (<usize> r << 2), 4) << 3);
    sumRow(entry, end, w, wRow, out, columns, one, 0, true);
    out += outRow;
  }
}

/** out = alpha · xᵀ·delta + beta · out, with the index by column. */
export function sparseProductTN(
  alpha: f32,
  columnStart: usize,
  byColumn: usize,
  pixels: i32,
  delta: usize,
  deltaRow: usize,
  beta: f32,
  out: usize,
  outRow: usize,
  columns: i32,
): void {
  const factor = f32x4.splat(alpha);
  for (let i = 0; i < pixels; i++) {
    const entry = byColumn + (<usize> load<u32>(columnStart + (<usize> i << 2)) << 3);
    const end = byColumn + (<usize> load<u32>(columnStart + (<usize> i << 2), 4) << 3);
    // A pixel that is zero in the whole batch leaves its weights alone, unless they are scaled.
    if (entry != end || beta != 1) {
      sumRow(entry, end, delta, deltaRow, out, columns, factor, beta, false);
    }
    out += outRow;
  }
}

/** The same for a batch of one image, straight from the index by row; beta is 1. */
export function sparseRankOne(
  alpha: f32,
  rowStart: usize,
  entries: usize,
  delta: usize,
  out: usize,
  outRow: usize,
  columns: i32,
): void {
  const factor = f32x4.splat(alpha), zero = f32x4.splat(0);
  const end = entries + (<usize> load<u32>(rowStart, 4) << 3);
  for (let entry = entries; entry < end; entry += 8) {
    const to = out + <usize> load<u32>(entry) * outRow;
    rankOneRow(factor, v128.load32_splat(entry, 4), delta, 1, to, columns, zero);
  }
}
