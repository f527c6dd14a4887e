// @ts-nocheck This is AssemblyScript: TypeScript's syntax with WebAssembly's types. Deno's tools leave
// it alone (`exclude` in deno.json): the formatter would take the @inline away.
//
// Products with images, most of whose pixels are zero. Skipping terms that are exactly zero changes no
// finite sum, so the results have the same bits as dense products.
//
// A batch is indexed by image when it is loaded, and by pixel when a gradient needs it. An index is a
// sparse matrix: row by row its entries, the columns ascending. An entry is eight bytes: a 32-bit column
// and a 32-bit float. A row is divided into tiles of 128 columns; `starts` and `ends` say where the
// entries of each tile of each row begin and end. By image they follow each other, so a tile ends where
// the next one starts; by pixel each tile has room for all of its columns.
//
// A product reads a row of the dense matrix for each entry. It computes 64 columns at a time, for groups
// of 64 rows, tile by tile, so that the dense matrix is read from the first-level cache; for a single
// image, which reads no row twice, up to 104 columns. If a row has a single tile, its sums go directly
// from the registers to the output.

import { combine } from "./combine";
import { addScaledRow } from "./dense";
import { multiplyAdd } from "./multiply_add";

/** Columns of a tile, rows of a group. */
export const TILE: i32 = 128;
const GROUP: i32 = 64;

/** Value of each byte: byte / 255. */
const SCALE: usize = memory.data(1024, 64);
for (let byte: usize = 0; byte < 256; byte++) store<f32>(SCALE + (byte << 2), <f32> byte / 255);

/** Writes an entry for the byte at `pixels + at`, which is not zero. */
@inline
function putEntry(pixels: usize, at: usize, entry: usize): void {
  store<u32>(entry, <u32> at);
  store<f32>(entry, load<f32>(SCALE + (<usize> load<u8>(pixels + at) << 2)), 4);
}

/** Bit mask of the non-zero bytes among sixteen. */
@inline
function filled(bytes: usize): u64 {
  return <u64> <u32> i8x16.bitmask(i8x16.ne(v128.load(bytes), i8x16.splat(0)));
}

/**
 * Writes an entry for each byte whose bit is set, where `at` is the first bit's column; returns the address
 * of the next entry. It writes four at a time, even if fewer remain: the branch is easier to predict, and
 * surplus entries are overwritten. (ctz of an empty mask is 64.)
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

/** Writes an entry for each non-zero byte from `at` to `end`; returns the address of the next entry. */
@inline
function addEntries(pixels: usize, at: usize, end: usize, entry: usize): usize {
  for (; at + 64 <= end; at += 64) {
    const from = pixels + at;
    const mask = filled(from) | filled(from + 16) << 16 | filled(from + 32) << 32 |
      filled(from + 48) << 48;
    entry = putEntries(mask, pixels, at, entry);
  }
  for (; at + 32 <= end; at += 32) {
    const from = pixels + at;
    entry = putEntries(filled(from) | filled(from + 16) << 16, pixels, at, entry);
  }
  for (; at + 16 <= end; at += 16) entry = putEntries(filled(pixels + at), pixels, at, entry);
  for (; at < end; at++) {
    if (load<u8>(pixels + at)) {
      putEntry(pixels, at, entry);
      entry += 8;
    }
  }
  return entry;
}

/** Builds the index by image; returns the number of non-zero bytes. */
export function indexImages(
  pixels: usize, images: i32, columns: i32, starts: usize, entries: usize,
): i32 {
  const row = <usize> tilesOf(columns) << 2;
  let entry = entries;
  for (let r = 0; r < images; r++) {
    entry = indexImage(pixels, columns, starts, entries, entry);
    pixels += columns;
    starts += row;
  }
  const count = <u32> (entry - entries) >> 3;
  store<u32>(starts, count);
  return count;
}

/** Writes an image's entries, and at `starts` where its tiles begin; returns where the next entry goes. */
@inline
export function indexImage(
  pixels: usize, columns: i32, starts: usize, entries: usize, entry: usize,
): usize {
  for (let at = 0; at < columns; at += TILE) {
    store<u32>(starts, <u32> (entry - entries) >> 3);
    entry = addEntries(pixels, at, min(at + TILE, columns), entry);
    starts += 4;
  }
  return entry;
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

/** Makes the index by pixel from the index by image. */
export function indexPixels(
  imageStarts: usize, byImage: usize, images: i32, pixels: i32,
  starts: usize, ends: usize, byPixel: usize,
): void {
  const tiles = tilesOf(images), imageTiles = tilesOf(pixels), row = <usize> tiles << 2;
  const bytes = <usize> (pixels * tiles) << 2, room = min(images, TILE);
  for (let at: usize = 0, start: u32 = 0; at < bytes; at += 4, start += room) {
    store<u32>(starts + at, start);
    store<u32>(ends + at, start);
  }
  let entry = byImage;
  for (let r = 0; r < images; r++) {
    const end = entryAt(byImage, imageStarts + (<usize> ((r + 1) * imageTiles) << 2));
    const tile = ends + (<usize> (r / TILE) << 2);
    const image = <u64> r;
    for (; entry < end; entry += 8) {
      const both = load<u64>(entry), place = tile + <usize> <u32> both * row;
      const next = load<u32>(place);
      store<u64>(byPixel + (<usize> next << 3), both & 0xffffffff00000000 | image);
      store<u32>(place, next + 1);
    }
  }
}

@inline
export function tilesOf(length: i32): i32 {
  return (length + TILE - 1) / TILE;
}

/** The row of the matrix that an entry refers to. */
@inline
export function rowOf(entry: usize, matrix: usize, row: usize): usize {
  return matrix + <usize> load<u32>(entry) * row;
}

// Sums of a row's entries up to `end`, 64, 32 or 16 columns wide. They are added to the sums at `to`; with
// `finish` they start from zero, and the result is alpha · sum + the numbers at `to`.

@inline
function sum64(
  entry: usize, end: usize, matrix: usize, row: usize, to: usize, finish: bool, alpha: f32,
): void {
  let s0 = finish ? f32x4.splat(0) : v128.load(to);
  let s1 = finish ? f32x4.splat(0) : v128.load(to, 16);
  let s2 = finish ? f32x4.splat(0) : v128.load(to, 32);
  let s3 = finish ? f32x4.splat(0) : v128.load(to, 48);
  let s4 = finish ? f32x4.splat(0) : v128.load(to, 64);
  let s5 = finish ? f32x4.splat(0) : v128.load(to, 80);
  let s6 = finish ? f32x4.splat(0) : v128.load(to, 96);
  let s7 = finish ? f32x4.splat(0) : v128.load(to, 112);
  let s8 = finish ? f32x4.splat(0) : v128.load(to, 128);
  let s9 = finish ? f32x4.splat(0) : v128.load(to, 144);
  let s10 = finish ? f32x4.splat(0) : v128.load(to, 160);
  let s11 = finish ? f32x4.splat(0) : v128.load(to, 176);
  let s12 = finish ? f32x4.splat(0) : v128.load(to, 192);
  let s13 = finish ? f32x4.splat(0) : v128.load(to, 208);
  let s14 = finish ? f32x4.splat(0) : v128.load(to, 224);
  let s15 = finish ? f32x4.splat(0) : v128.load(to, 240);
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
    s8 = multiplyAdd(x, v128.load(from, 128), s8);
    s9 = multiplyAdd(x, v128.load(from, 144), s9);
    s10 = multiplyAdd(x, v128.load(from, 160), s10);
    s11 = multiplyAdd(x, v128.load(from, 176), s11);
    s12 = multiplyAdd(x, v128.load(from, 192), s12);
    s13 = multiplyAdd(x, v128.load(from, 208), s13);
    s14 = multiplyAdd(x, v128.load(from, 224), s14);
    s15 = multiplyAdd(x, v128.load(from, 240), s15);
  }
  if (finish) {
    const factor = f32x4.splat(alpha);
    s0 = multiplyAdd(factor, s0, v128.load(to));
    s1 = multiplyAdd(factor, s1, v128.load(to, 16));
    s2 = multiplyAdd(factor, s2, v128.load(to, 32));
    s3 = multiplyAdd(factor, s3, v128.load(to, 48));
    s4 = multiplyAdd(factor, s4, v128.load(to, 64));
    s5 = multiplyAdd(factor, s5, v128.load(to, 80));
    s6 = multiplyAdd(factor, s6, v128.load(to, 96));
    s7 = multiplyAdd(factor, s7, v128.load(to, 112));
    s8 = multiplyAdd(factor, s8, v128.load(to, 128));
    s9 = multiplyAdd(factor, s9, v128.load(to, 144));
    s10 = multiplyAdd(factor, s10, v128.load(to, 160));
    s11 = multiplyAdd(factor, s11, v128.load(to, 176));
    s12 = multiplyAdd(factor, s12, v128.load(to, 192));
    s13 = multiplyAdd(factor, s13, v128.load(to, 208));
    s14 = multiplyAdd(factor, s14, v128.load(to, 224));
    s15 = multiplyAdd(factor, s15, v128.load(to, 240));
  }
  v128.store(to, s0);
  v128.store(to, s1, 16);
  v128.store(to, s2, 32);
  v128.store(to, s3, 48);
  v128.store(to, s4, 64);
  v128.store(to, s5, 80);
  v128.store(to, s6, 96);
  v128.store(to, s7, 112);
  v128.store(to, s8, 128);
  v128.store(to, s9, 144);
  v128.store(to, s10, 160);
  v128.store(to, s11, 176);
  v128.store(to, s12, 192);
  v128.store(to, s13, 208);
  v128.store(to, s14, 224);
  v128.store(to, s15, 240);
}

@inline
function sum32(
  entry: usize, end: usize, matrix: usize, row: usize, to: usize, finish: bool, alpha: f32,
): void {
  let s0 = finish ? f32x4.splat(0) : v128.load(to);
  let s1 = finish ? f32x4.splat(0) : v128.load(to, 16);
  let s2 = finish ? f32x4.splat(0) : v128.load(to, 32);
  let s3 = finish ? f32x4.splat(0) : v128.load(to, 48);
  let s4 = finish ? f32x4.splat(0) : v128.load(to, 64);
  let s5 = finish ? f32x4.splat(0) : v128.load(to, 80);
  let s6 = finish ? f32x4.splat(0) : v128.load(to, 96);
  let s7 = finish ? f32x4.splat(0) : v128.load(to, 112);
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
  if (finish) {
    const factor = f32x4.splat(alpha);
    s0 = multiplyAdd(factor, s0, v128.load(to));
    s1 = multiplyAdd(factor, s1, v128.load(to, 16));
    s2 = multiplyAdd(factor, s2, v128.load(to, 32));
    s3 = multiplyAdd(factor, s3, v128.load(to, 48));
    s4 = multiplyAdd(factor, s4, v128.load(to, 64));
    s5 = multiplyAdd(factor, s5, v128.load(to, 80));
    s6 = multiplyAdd(factor, s6, v128.load(to, 96));
    s7 = multiplyAdd(factor, s7, v128.load(to, 112));
  }
  v128.store(to, s0);
  v128.store(to, s1, 16);
  v128.store(to, s2, 32);
  v128.store(to, s3, 48);
  v128.store(to, s4, 64);
  v128.store(to, s5, 80);
  v128.store(to, s6, 96);
  v128.store(to, s7, 112);
}

@inline
function sum16(
  entry: usize, end: usize, matrix: usize, row: usize, to: usize, finish: bool, alpha: f32,
): void {
  let s0 = finish ? f32x4.splat(0) : v128.load(to);
  let s1 = finish ? f32x4.splat(0) : v128.load(to, 16);
  let s2 = finish ? f32x4.splat(0) : v128.load(to, 32);
  let s3 = finish ? f32x4.splat(0) : v128.load(to, 48);
  for (; entry < end; entry += 8) {
    const from = rowOf(entry, matrix, row), x = v128.load32_splat(entry, 4);
    s0 = multiplyAdd(x, v128.load(from), s0);
    s1 = multiplyAdd(x, v128.load(from, 16), s1);
    s2 = multiplyAdd(x, v128.load(from, 32), s2);
    s3 = multiplyAdd(x, v128.load(from, 48), s3);
  }
  if (finish) {
    const factor = f32x4.splat(alpha);
    s0 = multiplyAdd(factor, s0, v128.load(to));
    s1 = multiplyAdd(factor, s1, v128.load(to, 16));
    s2 = multiplyAdd(factor, s2, v128.load(to, 32));
    s3 = multiplyAdd(factor, s3, v128.load(to, 48));
  }
  v128.store(to, s0);
  v128.store(to, s1, 16);
  v128.store(to, s2, 32);
  v128.store(to, s3, 48);
}

// These are separate functions for the same reason as `block` in dense.ts.

function add64(entry: usize, end: usize, matrix: usize, row: usize, sums: usize): void {
  sum64(entry, end, matrix, row, sums, false, 0);
}
function finish64(
  entry: usize, end: usize, matrix: usize, row: usize, out: usize, alpha: f32,
): void {
  sum64(entry, end, matrix, row, out, true, alpha);
}
function add32(entry: usize, end: usize, matrix: usize, row: usize, sums: usize): void {
  sum32(entry, end, matrix, row, sums, false, 0);
}
function finish32(
  entry: usize, end: usize, matrix: usize, row: usize, out: usize, alpha: f32,
): void {
  sum32(entry, end, matrix, row, out, true, alpha);
}
function add16(entry: usize, end: usize, matrix: usize, row: usize, sums: usize): void {
  sum16(entry, end, matrix, row, sums, false, 0);
}
function finish16(
  entry: usize, end: usize, matrix: usize, row: usize, out: usize, alpha: f32,
): void {
  sum16(entry, end, matrix, row, out, true, alpha);
}

/** 104 columns of one image: their sums fill the registers, and its rows are read once, from end to end. */
function add104(entry: usize, end: usize, matrix: usize, row: usize, sums: usize): void {
  let s0 = v128.load(sums);
  let s1 = v128.load(sums, 16);
  let s2 = v128.load(sums, 32);
  let s3 = v128.load(sums, 48);
  let s4 = v128.load(sums, 64);
  let s5 = v128.load(sums, 80);
  let s6 = v128.load(sums, 96);
  let s7 = v128.load(sums, 112);
  let s8 = v128.load(sums, 128);
  let s9 = v128.load(sums, 144);
  let s10 = v128.load(sums, 160);
  let s11 = v128.load(sums, 176);
  let s12 = v128.load(sums, 192);
  let s13 = v128.load(sums, 208);
  let s14 = v128.load(sums, 224);
  let s15 = v128.load(sums, 240);
  let s16 = v128.load(sums, 256);
  let s17 = v128.load(sums, 272);
  let s18 = v128.load(sums, 288);
  let s19 = v128.load(sums, 304);
  let s20 = v128.load(sums, 320);
  let s21 = v128.load(sums, 336);
  let s22 = v128.load(sums, 352);
  let s23 = v128.load(sums, 368);
  let s24 = v128.load(sums, 384);
  let s25 = v128.load(sums, 400);
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
    s8 = multiplyAdd(x, v128.load(from, 128), s8);
    s9 = multiplyAdd(x, v128.load(from, 144), s9);
    s10 = multiplyAdd(x, v128.load(from, 160), s10);
    s11 = multiplyAdd(x, v128.load(from, 176), s11);
    s12 = multiplyAdd(x, v128.load(from, 192), s12);
    s13 = multiplyAdd(x, v128.load(from, 208), s13);
    s14 = multiplyAdd(x, v128.load(from, 224), s14);
    s15 = multiplyAdd(x, v128.load(from, 240), s15);
    s16 = multiplyAdd(x, v128.load(from, 256), s16);
    s17 = multiplyAdd(x, v128.load(from, 272), s17);
    s18 = multiplyAdd(x, v128.load(from, 288), s18);
    s19 = multiplyAdd(x, v128.load(from, 304), s19);
    s20 = multiplyAdd(x, v128.load(from, 320), s20);
    s21 = multiplyAdd(x, v128.load(from, 336), s21);
    s22 = multiplyAdd(x, v128.load(from, 352), s22);
    s23 = multiplyAdd(x, v128.load(from, 368), s23);
    s24 = multiplyAdd(x, v128.load(from, 384), s24);
    s25 = multiplyAdd(x, v128.load(from, 400), s25);
  }
  v128.store(sums, s0);
  v128.store(sums, s1, 16);
  v128.store(sums, s2, 32);
  v128.store(sums, s3, 48);
  v128.store(sums, s4, 64);
  v128.store(sums, s5, 80);
  v128.store(sums, s6, 96);
  v128.store(sums, s7, 112);
  v128.store(sums, s8, 128);
  v128.store(sums, s9, 144);
  v128.store(sums, s10, 160);
  v128.store(sums, s11, 176);
  v128.store(sums, s12, 192);
  v128.store(sums, s13, 208);
  v128.store(sums, s14, 224);
  v128.store(sums, s15, 240);
  v128.store(sums, s16, 256);
  v128.store(sums, s17, 272);
  v128.store(sums, s18, 288);
  v128.store(sums, s19, 304);
  v128.store(sums, s20, 320);
  v128.store(sums, s21, 336);
  v128.store(sums, s22, 352);
  v128.store(sums, s23, 368);
  v128.store(sums, s24, 384);
  v128.store(sums, s25, 400);
}

/** The address of the entry at the index stored at `start`. */
@inline
export function entryAt(entries: usize, start: usize): usize {
  return entries + (<usize> load<u32>(start) << 3);
}

/**
 * out = alpha · s·matrix + beta · out, where s is the sparse matrix of an index with `rows` rows and
 * `inner` columns. `scratch` holds the sums of a group.
 */
export function sparseProduct(
  alpha: f32, starts: usize, ends: usize, entries: usize, rows: i32, inner: i32,
  matrix: usize, matrixRow: usize, beta: f32, out: usize, outRow: usize, columns: i32, scratch: usize,
): void {
  const tiles = tilesOf(inner);
  if (tiles == 1 && beta == 1) {
    const done = columns & ~15;
    finishRows(alpha, starts, ends, entries, rows, matrix, matrixRow, out, outRow, inner, done);
    columns -= done;
    matrix += <usize> done << 2;
    out += <usize> done << 2;
  }
  while (columns > 0) {
    const width = widthOf(rows, columns);
    const bytes = <usize> min(width, columns) << 2;
    for (let r = 0; r < rows; r += GROUP) {
      const first = <usize> (r * tiles) << 2, count = min(GROUP, rows - r);
      addTiles(
        starts + first, ends + first, tiles, count, entries, matrix, matrixRow, scratch, width,
      );
      blendGroup(
        alpha, starts + first, ends + first, tiles, count, scratch, width, beta,
        out + <usize> r * outRow, outRow, bytes,
      );
    }
    columns -= width;
    matrix += <usize> width << 2;
    out += <usize> width << 2;
  }
}

/** Columns that are computed at a time. */
@inline
function widthOf(rows: i32, columns: i32): i32 {
  if (rows == 1 && columns > 64 && columns <= 104) return 104;
  return columns > 32 ? 64 : columns > 16 ? 32 : 16;
}

/** Numbers of the dense matrix that are used at a time: half of the first-level cache. */
const NEAR: i32 = 4096;

/** Columns of a dense matrix of so many rows that are used at a time. */
@inline
export function nearColumns(rows: i32): i32 {
  return max(64, NEAR / rows & ~63);
}

/**
 * out = alpha · s·matrix + out, where s has a single tile and `columns` is a multiple of 16. All columns
 * of a row follow each other as far as the cache allows: where the next loop ends is then foreseen.
 */
function finishRows(
  alpha: f32, starts: usize, ends: usize, entries: usize, rows: i32, matrix: usize, matrixRow: usize,
  out: usize, outRow: usize, inner: i32, columns: i32,
): void {
  const most = nearColumns(inner);
  for (; columns > 0; columns -= most) {
    const wide = min(most, columns), to = out;
    for (let at: usize = 0; at < <usize> rows << 2; at += 4) {
      const entry = entryAt(entries, starts + at), end = entryAt(entries, ends + at);
      if (entry < end) finishRow(entry, end, matrix, matrixRow, out, alpha, wide);
      out += outRow;
    }
    matrix += <usize> most << 2;
    out = to + (<usize> most << 2);
  }
}

@inline
function finishRow(
  entry: usize, end: usize, matrix: usize, matrixRow: usize, out: usize, alpha: f32, columns: i32,
): void {
  for (; columns >= 64; columns -= 64) {
    finish64(entry, end, matrix, matrixRow, out, alpha);
    matrix += 256;
    out += 256;
  }
  if (columns >= 32) {
    finish32(entry, end, matrix, matrixRow, out, alpha);
    matrix += 128;
    out += 128;
  }
  if (columns & 16) finish16(entry, end, matrix, matrixRow, out, alpha);
}

/** The sums of a group of `count` rows, tile by tile. */
function addTiles(
  starts: usize, ends: usize, tiles: i32, count: i32, entries: usize, matrix: usize, matrixRow: usize,
  sums: usize, width: i32,
): void {
  const sumsRow = <usize> width << 2, row = <usize> tiles << 2;
  memory.fill(sums, 0, <usize> count * sumsRow);
  for (let t: usize = 0; t < row; t += 4) {
    let at = t, to = sums;
    for (let r = 0; r < count; r++) {
      const entry = entryAt(entries, starts + at), end = entryAt(entries, ends + at);
      if (width == 104) add104(entry, end, matrix, matrixRow, to);
      else if (width == 64) add64(entry, end, matrix, matrixRow, to);
      else if (width == 32) add32(entry, end, matrix, matrixRow, to);
      else add16(entry, end, matrix, matrixRow, to);
      at += row;
      to += sumsRow;
    }
  }
}

/** Blends the sums of a group into the output, `bytes` of each row. */
function blendGroup(
  alpha: f32, starts: usize, ends: usize, tiles: i32, count: i32, sums: usize, width: i32,
  beta: f32, out: usize, outRow: usize, bytes: usize,
): void {
  const row = <usize> tiles << 2;
  for (let r = 0; r < count; r++) {
    // A row without entries leaves the output alone, unless that is to be scaled.
    let filled = beta != 1;
    for (let t: usize = 0; t < row && !filled; t += 4) {
      filled = load<u32>(starts + t) < load<u32>(ends + t);
    }
    if (filled) combine(alpha, sums, beta, out, bytes);
    starts += row;
    ends += row;
    sums += <usize> width << 2;
    out += outRow;
  }
}

/** out = alpha · xᵀ·delta + out for a batch of one image of `pixels` pixels, with the index by image. */
export function sparseRankOne(
  alpha: f32, starts: usize, entries: usize, pixels: i32, delta: usize, out: usize, outRow: usize,
): void {
  const factor = f32x4.splat(alpha);
  const end = entryAt(entries, starts + (<usize> tilesOf(pixels) << 2));
  for (let entry = entries; entry < end; entry += 8) {
    addScaledRow(factor, v128.load32_splat(entry, 4), delta, rowOf(entry, out, outRow), outRow);
  }
}
