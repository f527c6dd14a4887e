// @ts-nocheck This is AssemblyScript: TypeScript's syntax with WebAssembly's types. Deno's tools leave
// it alone (`exclude` in deno.json): the formatter would take the @inline away.
//
// Dense products. Every output element is one sum from zero in the order of the inner index; the
// lanes of a vector belong to different elements. Row lengths in memory (strides) are multiples of
// eight numbers, so a pair of vectors never needs a tail; values read beyond a matrix's last column only enter
// sums that are not stored.
//
// A product is computed in blocks of six rows by sixteen columns (Goto & van de Geijn 2008, "Anatomy
// of High-Performance Matrix Multiplication"), and of four rows where six do not divide them. The 96 sums
// stay in registers while the inner index runs: each step loads sixteen numbers of the right factor and
// one of each row of the left, for 96 multiply-adds. The right factor is copied into panels first: sixteen columns' numbers side by side,
// for one inner index after another. The left factor is read where it is. Long sums are interrupted:
// the part of a panel that fits into the first-level cache stays there while all rows pass.
//
// `block` is a separate function that stores its sums contiguously; they are then blended into the
// output. This lets V8 merge all pairs of 128-bit vectors into 256 bits. It does not do so in a larger
// function, or if the sums are stored at the output's stride or at a constant address
// (`--trace-wasm-revectorize` gives the reasons).

import { blendPair, combine, storeSum } from "./combine";
import { multiplyAdd } from "./multiply_add";
import { storeTurned } from "./turn";

/** Bytes of a vector, and of the sixteen columns of a panel. */
const V: usize = 16, PANEL: usize = 64;

/** Bytes of the sums of a block of four rows. */
const SUMS: usize = 4 * PANEL;

/**
 * Four rows by sixteen columns, to `sums`, or added to what is there. `left` is the first row's number for
 * inner index 0, `row` bytes from the next row's (rows beyond the first `rows` are taken as copies of the
 * first) and `step` bytes from that for the next index.
 */
@inline
function addBlock(
  left: usize, row: usize, rows: i32, step: usize, panel: usize, inner: i32, sums: usize, more: bool,
): void {
  let left1 = left + (rows > 1 ? row : 0);
  let left2 = left + (rows > 2 ? 2 * row : 0);
  let left3 = left + (rows > 3 ? 3 * row : 0);
  let s00 = more ? v128.load(sums) : f32x4.splat(0);
  let s01 = more ? v128.load(sums, 16) : f32x4.splat(0);
  let s02 = more ? v128.load(sums, 32) : f32x4.splat(0);
  let s03 = more ? v128.load(sums, 48) : f32x4.splat(0);
  let s10 = more ? v128.load(sums, 64) : f32x4.splat(0);
  let s11 = more ? v128.load(sums, 80) : f32x4.splat(0);
  let s12 = more ? v128.load(sums, 96) : f32x4.splat(0);
  let s13 = more ? v128.load(sums, 112) : f32x4.splat(0);
  let s20 = more ? v128.load(sums, 128) : f32x4.splat(0);
  let s21 = more ? v128.load(sums, 144) : f32x4.splat(0);
  let s22 = more ? v128.load(sums, 160) : f32x4.splat(0);
  let s23 = more ? v128.load(sums, 176) : f32x4.splat(0);
  let s30 = more ? v128.load(sums, 192) : f32x4.splat(0);
  let s31 = more ? v128.load(sums, 208) : f32x4.splat(0);
  let s32 = more ? v128.load(sums, 224) : f32x4.splat(0);
  let s33 = more ? v128.load(sums, 240) : f32x4.splat(0);
  const end = panel + <usize> inner * PANEL;
  while (panel < end) {
    const b0 = v128.load(panel), b1 = v128.load(panel, 16);
    const b2 = v128.load(panel, 32), b3 = v128.load(panel, 48);
    let x = v128.load32_splat(left);
    s00 = multiplyAdd(x, b0, s00);
    s01 = multiplyAdd(x, b1, s01);
    s02 = multiplyAdd(x, b2, s02);
    s03 = multiplyAdd(x, b3, s03);
    x = v128.load32_splat(left1);
    s10 = multiplyAdd(x, b0, s10);
    s11 = multiplyAdd(x, b1, s11);
    s12 = multiplyAdd(x, b2, s12);
    s13 = multiplyAdd(x, b3, s13);
    x = v128.load32_splat(left2);
    s20 = multiplyAdd(x, b0, s20);
    s21 = multiplyAdd(x, b1, s21);
    s22 = multiplyAdd(x, b2, s22);
    s23 = multiplyAdd(x, b3, s23);
    x = v128.load32_splat(left3);
    s30 = multiplyAdd(x, b0, s30);
    s31 = multiplyAdd(x, b1, s31);
    s32 = multiplyAdd(x, b2, s32);
    s33 = multiplyAdd(x, b3, s33);
    left += step;
    left1 += step;
    left2 += step;
    left3 += step;
    panel += PANEL;
  }
  v128.store(sums, s00);
  v128.store(sums, s01, 16);
  v128.store(sums, s02, 32);
  v128.store(sums, s03, 48);
  v128.store(sums, s10, 64);
  v128.store(sums, s11, 80);
  v128.store(sums, s12, 96);
  v128.store(sums, s13, 112);
  v128.store(sums, s20, 128);
  v128.store(sums, s21, 144);
  v128.store(sums, s22, 160);
  v128.store(sums, s23, 176);
  v128.store(sums, s30, 192);
  v128.store(sums, s31, 208);
  v128.store(sums, s32, 224);
  v128.store(sums, s33, 240);
}

function block(
  left: usize, row: usize, rows: i32, step: usize, panel: usize, inner: i32, sums: usize,
): void {
  addBlock(left, row, rows, step, panel, inner, sums, false);
}

function moreBlock(
  left: usize, row: usize, rows: i32, step: usize, panel: usize, inner: i32, sums: usize,
): void {
  addBlock(left, row, rows, step, panel, inner, sums, true);
}

/** Six rows by sixteen columns, all of them there: see `addBlock`. */
@inline
function addTallBlock(
  left: usize, row: usize, step: usize, panel: usize, inner: i32, sums: usize, more: bool,
): void {
  let left1 = left + row;
  let left2 = left + 2 * row;
  let left3 = left + 3 * row;
  let left4 = left + 4 * row;
  let left5 = left + 5 * row;
  let s00 = more ? v128.load(sums) : f32x4.splat(0);
  let s01 = more ? v128.load(sums, 16) : f32x4.splat(0);
  let s02 = more ? v128.load(sums, 32) : f32x4.splat(0);
  let s03 = more ? v128.load(sums, 48) : f32x4.splat(0);
  let s10 = more ? v128.load(sums, 64) : f32x4.splat(0);
  let s11 = more ? v128.load(sums, 80) : f32x4.splat(0);
  let s12 = more ? v128.load(sums, 96) : f32x4.splat(0);
  let s13 = more ? v128.load(sums, 112) : f32x4.splat(0);
  let s20 = more ? v128.load(sums, 128) : f32x4.splat(0);
  let s21 = more ? v128.load(sums, 144) : f32x4.splat(0);
  let s22 = more ? v128.load(sums, 160) : f32x4.splat(0);
  let s23 = more ? v128.load(sums, 176) : f32x4.splat(0);
  let s30 = more ? v128.load(sums, 192) : f32x4.splat(0);
  let s31 = more ? v128.load(sums, 208) : f32x4.splat(0);
  let s32 = more ? v128.load(sums, 224) : f32x4.splat(0);
  let s33 = more ? v128.load(sums, 240) : f32x4.splat(0);
  let s40 = more ? v128.load(sums, 256) : f32x4.splat(0);
  let s41 = more ? v128.load(sums, 272) : f32x4.splat(0);
  let s42 = more ? v128.load(sums, 288) : f32x4.splat(0);
  let s43 = more ? v128.load(sums, 304) : f32x4.splat(0);
  let s50 = more ? v128.load(sums, 320) : f32x4.splat(0);
  let s51 = more ? v128.load(sums, 336) : f32x4.splat(0);
  let s52 = more ? v128.load(sums, 352) : f32x4.splat(0);
  let s53 = more ? v128.load(sums, 368) : f32x4.splat(0);
  const end = panel + <usize> inner * PANEL;
  while (panel < end) {
    const b0 = v128.load(panel), b1 = v128.load(panel, 16);
    const b2 = v128.load(panel, 32), b3 = v128.load(panel, 48);
    let x = v128.load32_splat(left);
    s00 = multiplyAdd(x, b0, s00);
    s01 = multiplyAdd(x, b1, s01);
    s02 = multiplyAdd(x, b2, s02);
    s03 = multiplyAdd(x, b3, s03);
    x = v128.load32_splat(left1);
    s10 = multiplyAdd(x, b0, s10);
    s11 = multiplyAdd(x, b1, s11);
    s12 = multiplyAdd(x, b2, s12);
    s13 = multiplyAdd(x, b3, s13);
    x = v128.load32_splat(left2);
    s20 = multiplyAdd(x, b0, s20);
    s21 = multiplyAdd(x, b1, s21);
    s22 = multiplyAdd(x, b2, s22);
    s23 = multiplyAdd(x, b3, s23);
    x = v128.load32_splat(left3);
    s30 = multiplyAdd(x, b0, s30);
    s31 = multiplyAdd(x, b1, s31);
    s32 = multiplyAdd(x, b2, s32);
    s33 = multiplyAdd(x, b3, s33);
    x = v128.load32_splat(left4);
    s40 = multiplyAdd(x, b0, s40);
    s41 = multiplyAdd(x, b1, s41);
    s42 = multiplyAdd(x, b2, s42);
    s43 = multiplyAdd(x, b3, s43);
    x = v128.load32_splat(left5);
    s50 = multiplyAdd(x, b0, s50);
    s51 = multiplyAdd(x, b1, s51);
    s52 = multiplyAdd(x, b2, s52);
    s53 = multiplyAdd(x, b3, s53);
    left += step;
    left1 += step;
    left2 += step;
    left3 += step;
    left4 += step;
    left5 += step;
    panel += PANEL;
  }
  v128.store(sums, s00);
  v128.store(sums, s01, 16);
  v128.store(sums, s02, 32);
  v128.store(sums, s03, 48);
  v128.store(sums, s10, 64);
  v128.store(sums, s11, 80);
  v128.store(sums, s12, 96);
  v128.store(sums, s13, 112);
  v128.store(sums, s20, 128);
  v128.store(sums, s21, 144);
  v128.store(sums, s22, 160);
  v128.store(sums, s23, 176);
  v128.store(sums, s30, 192);
  v128.store(sums, s31, 208);
  v128.store(sums, s32, 224);
  v128.store(sums, s33, 240);
  v128.store(sums, s40, 256);
  v128.store(sums, s41, 272);
  v128.store(sums, s42, 288);
  v128.store(sums, s43, 304);
  v128.store(sums, s50, 320);
  v128.store(sums, s51, 336);
  v128.store(sums, s52, 352);
  v128.store(sums, s53, 368);
}

function tallBlock(
  left: usize, row: usize, step: usize, panel: usize, inner: i32, sums: usize,
): void {
  addTallBlock(left, row, step, panel, inner, sums, false);
}

function moreTallBlock(
  left: usize, row: usize, step: usize, panel: usize, inner: i32, sums: usize,
): void {
  addTallBlock(left, row, step, panel, inner, sums, true);
}

/** How many of so many rows are taken in blocks of six; the rest, in blocks of four, wastes least. */
@inline
function tallRows(rows: i32): i32 {
  const rest = rows % 6;
  return rest == 2 && rows > 2 ? rows - 8 : rows - rest;
}

/** `rows` rows by sixteen columns, to `sums`, or added to what is there. */
function addBlocks(
  left: usize, row: usize, rows: i32, panel: usize, inner: i32, sums: usize, more: bool,
): void {
  const rest = rows - tallRows(rows);
  for (; rows > rest; rows -= 6) {
    if (more) moreTallBlock(left, row, 4, panel, inner, sums);
    else tallBlock(left, row, 4, panel, inner, sums);
    left += 6 * row;
    sums += 6 * PANEL;
  }
  for (; rows > 0; rows -= 4) {
    if (more) moreBlock(left, row, rows, 4, panel, inner, sums);
    else block(left, row, rows, 4, panel, inner, sums);
    left += row << 2;
    sums += SUMS;
  }
}

/** `rows` rows of a left factor by a panel, to `sums`: long sums part by part. */
function panelSums(
  left: usize, row: usize, rows: i32, panel: usize, inner: i32, sums: usize,
): void {
  const part = partOf(inner);
  for (let k = 0; k < inner; k += part) {
    addBlocks(left + (<usize> k << 2), row, rows, panel, min(part, inner - k), sums, k > 0);
    panel += <usize> part * PANEL;
  }
}

/** The most indices of a panel's part: with six rows of the left factor, 25 KiB of 32. */
const PART: i32 = 288;

/** Indices of each part, the parts of a sum being about equally long. */
@inline
function partOf(inner: i32): i32 {
  const parts = max((inner + PART - 1) / PART, 1);
  return (inner + parts - 1) / parts;
}

/** The first `rows` rows and `columns` columns of the block's sums into the output. */
@inline
function blendBlock(
  sums: usize, alpha: f32, beta: f32, out: usize, outRow: usize, rows: i32, columns: i32,
): void {
  if (columns >= 16 && beta != 0) blendWide(sums, alpha, beta, out, outRow, rows);
  else blendRows(sums, alpha, beta, out, outRow, rows, <usize> min(16, columns) << 2);
}

function blendRows(
  sums: usize, alpha: f32, beta: f32, out: usize, outRow: usize, rows: i32, bytes: usize,
): void {
  for (let r = 0; r < rows; r++, sums += PANEL, out += outRow) combine(alpha, sums, beta, out, bytes);
}

/** The commonest case, a step of gradient descent, without inner loops: a tenth of a small product. */
function blendWide(
  sums: usize, alpha: f32, beta: f32, out: usize, outRow: usize, rows: i32,
): void {
  const factor = f32x4.splat(alpha), keep = f32x4.splat(beta);
  for (let r = 0; r < rows; r++) {
    const n0 = multiplyAdd(factor, v128.load(sums), f32x4.mul(keep, v128.load(out)));
    const n1 = multiplyAdd(factor, v128.load(sums, 16), f32x4.mul(keep, v128.load(out, 16)));
    const n2 = multiplyAdd(factor, v128.load(sums, 32), f32x4.mul(keep, v128.load(out, 32)));
    const n3 = multiplyAdd(factor, v128.load(sums, 48), f32x4.mul(keep, v128.load(out, 48)));
    v128.store(out, n0);
    v128.store(out, n1, 16);
    v128.store(out, n2, 32);
    v128.store(out, n3, 48);
    sums += PANEL;
    out += outRow;
  }
}

/** Stores the block's sums transposed: the first `rows` of its sixteen columns as rows of four numbers. */
function storeBlockTurned(sums: usize, out: usize, outRow: usize, rows: i32): void {
  for (let r = 0; r < rows; r += 4) {
    // Adding 0 turns −0 into 0, as `blendPair` does.
    const zero = f32x4.splat(0);
    const s0 = f32x4.add(v128.load(sums), zero), s1 = f32x4.add(v128.load(sums, 64), zero);
    const s2 = f32x4.add(v128.load(sums, 128), zero), s3 = f32x4.add(v128.load(sums, 192), zero);
    if (r + 4 <= rows) {
      storeTurned(s0, s1, s2, s3, out, outRow);
    } else {
      storeTurned(s0, s1, s2, s3, sums, V);
      for (let i = 0; i < rows - r; i++) {
        v128.store(out + <usize> i * outRow, v128.load(sums + <usize> i * V));
      }
    }
    sums += V;
    out += outRow << 2;
  }
}

/** Packs `columns` columns of b into panels; the rest of the last panel keeps its old values. */
function packColumns(b: usize, bRow: usize, inner: i32, columns: i32, panels: usize): void {
  const panelBytes = <usize> inner * PANEL;
  for (let k = 0; k < inner; k++) {
    let from = b, to = panels, c = columns;
    for (; c >= 16; c -= 16) {
      v128.store(to, v128.load(from));
      v128.store(to, v128.load(from, 16), 16);
      v128.store(to, v128.load(from, 32), 32);
      v128.store(to, v128.load(from, 48), 48);
      from += PANEL;
      to += panelBytes;
    }
    for (; c > 0; c -= 4) {
      v128.store(to, v128.load(from));
      from += V;
      to += V;
    }
    b += bRow;
    panels += PANEL;
  }
}

/** Packs sixteen rows of a, or the `rows` remaining, transposed into a panel. */
function packRows(a: usize, aRow: usize, rows: i32, inner: i32, panel: usize): void {
  const bytes = <usize> inner << 2;
  for (let r = 0; r < rows; r += 4) {
    const a1 = a + (rows - r > 1 ? aRow : 0);
    const a2 = a + (rows - r > 2 ? 2 * aRow : 0);
    const a3 = a + (rows - r > 3 ? 3 * aRow : 0);
    let to = panel + (<usize> r << 2);
    for (let at: usize = 0; at < bytes; at += V) {
      storeTurned(
        v128.load(a + at), v128.load(a1 + at), v128.load(a2 + at), v128.load(a3 + at), to, PANEL,
      );
      to += 4 * PANEL;
    }
    a += aRow << 2;
  }
}

/** Columns of b that `product` packs at a time: runs long enough for fast reads from main memory. */
const GROUP: i32 = 64;

/**
 * out = a·b. Strides in bytes; `columns` is out's stride in numbers. `scratch` holds the sums of a panel,
 * 16 numbers for each row, and the panels of a group: inner × 64 numbers.
 */
export function product(
  a: usize, aRow: usize, b: usize, bRow: usize, out: usize, outRow: usize,
  rows: i32, inner: i32, columns: i32, scratch: usize,
): void {
  if (rows == 1) {
    rowProduct(a, b, bRow, out, inner, columns, scratch);
    return;
  }
  const panels = scratch + <usize> (rows + 3) * PANEL;
  for (let first = 0; first < columns; first += GROUP) {
    const end = min(first + GROUP, columns);
    packColumns(b + (<usize> first << 2), bRow, inner, end - first, panels);
    let panel = panels;
    for (let c = first; c < end; c += 16) {
      const to = out + (<usize> c << 2);
      panelSums(a, aRow, rows, panel, inner, scratch);
      blendBlock(scratch, 1, 0, to, outRow, rows, columns - c);
      panel += <usize> inner * PANEL;
    }
  }
}

/** Strips of columns of a that `productTN` takes together: a panel of b is read once for all of them. */
const STRIPS: i32 = 3;

/**
 * out = alpha · aᵀ·b + beta · out; `rows` of out are columns of a, `inner` is the rows of both.
 * `scratch` holds the sums of a block, three strips of six columns of a, and all panels of b, which has few
 * rows (the batch) and is smaller than out (the weights).
 */
export function productTN(
  alpha: f32, a: usize, aRow: usize, b: usize, bRow: usize, beta: f32, out: usize, outRow: usize,
  rows: i32, inner: i32, columns: i32, scratch: usize,
): void {
  if (inner == 1) {
    rankOne(alpha, a, b, beta, out, outRow, rows, columns);
    return;
  }
  const panels = scratch + 6 * PANEL + (<usize> (STRIPS * inner) * 24 + 63 & ~63);
  packColumns(b, bRow, inner, columns, panels);
  for (let tall = tallRows(rows); tall > 0; tall -= STRIPS * 6) {
    const count = min(tall, STRIPS * 6);
    stripProduct(alpha, a, aRow, panels, beta, out, outRow, count, inner, columns, scratch, 6);
    a += <usize> count << 2;
    out += <usize> count * outRow;
    rows -= count;
  }
  stripProduct(alpha, a, aRow, panels, beta, out, outRow, rows, inner, columns, scratch, 4);
}

/** The product of `rows` columns of a, in strips of six or four, by all panels. */
@inline
function stripProduct(
  alpha: f32, a: usize, aRow: usize, panel: usize, beta: f32, out: usize, outRow: usize,
  rows: i32, inner: i32, columns: i32, sums: usize, height: i32,
): void {
  const strips = sums + 6 * PANEL, step = <usize> height << 2, stripBytes = <usize> inner * step;
  let strip = strips;
  for (let r = 0; r < rows; r += height, strip += stripBytes) {
    if (height == 6) packTallStrip(a + (<usize> r << 2), aRow, inner, strip);
    else packStrip(a + (<usize> r << 2), aRow, inner, strip);
  }
  for (let c = 0; c < columns; c += 16) {
    let to = out + (<usize> c << 2);
    strip = strips;
    for (let r = 0; r < rows; r += height, strip += stripBytes) {
      if (height == 6) tallBlock(strip, 4, step, panel, inner, sums);
      else block(strip, 4, 4, step, panel, inner, sums);
      blendBlock(sums, alpha, beta, to, outRow, min(height, rows - r), columns - c);
      to += <usize> height * outRow;
    }
    panel += <usize> inner * PANEL;
  }
}

/** Packs four columns of a: four contiguous numbers for each inner index. */
function packStrip(a: usize, aRow: usize, inner: i32, strip: usize): void {
  for (let k = 0; k < inner; k++) {
    v128.store(strip, v128.load(a));
    a += aRow;
    strip += V;
  }
}

/** Packs six columns of a. */
function packTallStrip(a: usize, aRow: usize, inner: i32, strip: usize): void {
  for (let k = 0; k < inner; k++) {
    v128.store(strip, v128.load(a));
    store<u64>(strip, load<u64>(a, 16), 16);
    a += aRow;
    strip += 24;
  }
}

/** Rows of b that `productNT` takes together: they stay in the second-level cache for all panels. */
const NEAR: i32 = 64;

/** Rows of a that are turned into panels together, which stay there too. */
const TURNED: i32 = 128;

/**
 * out = a·bᵀ, computed as the rows of b by the columns of aᵀ, and turned as it is stored: only a, which
 * is smaller than the weights, has to be turned into panels. `scratch` holds the sums of 64 rows by a
 * panel, and the panels of 128 rows or as many as a has, the inner index rounded up to fours.
 */
export function productNT(
  a: usize, aRow: usize, b: usize, bRow: usize, out: usize, outRow: usize,
  rows: i32, inner: i32, columns: i32, scratch: usize,
): void {
  if (rows == 1) {
    rowProductNT(a, b, bRow, out, inner, columns);
    return;
  }
  const panels = scratch + (NEAR >> 2) * SUMS, panelBytes = <usize> (inner + 3 & ~3) * PANEL;
  for (let first = 0; first < rows; first += TURNED) {
    const end = min(first + TURNED, rows);
    let panel = panels;
    for (let r = first; r < end; r += 16, panel += panelBytes) {
      packRows(a + <usize> r * aRow, aRow, min(16, rows - r), inner, panel);
    }
    for (let c = 0; c < columns; c += NEAR) {
      const from = b + <usize> c * bRow;
      let to = out + <usize> first * outRow + (<usize> c << 2);
      panel = panels;
      for (let r = first; r < end; r += 16, panel += panelBytes) {
        const width = min(16, rows - r), height = min(NEAR, columns - c);
        panelSums(from, bRow, height, panel, inner, scratch);
        for (let i = 0; i < height; i += 4) {
          const at = <usize> i << 2;
          storeBlockTurned(scratch + (at << 4), to + at, outRow, width);
        }
        to += outRow << 4;
      }
    }
  }
}

// With a batch of one, no row reuses loaded numbers, so nothing is packed.

/** One row of a by b. */
function rowProduct(
  a: usize, b: usize, bRow: usize, out: usize, inner: i32, columns: i32, sums: usize,
): void {
  for (let c = 0; c < columns; c += 64) {
    const at = <usize> c << 2, left = columns - c;
    if (left > 32) rowBlock64(a, b + at, bRow, inner, sums);
    else rowBlock32(a, b + at, bRow, inner, sums);
    const bytes = <usize> min(64, left) << 2;
    for (let i: usize = 0; i < bytes; i += V) storeSum(out + at + i, v128.load(sums + i));
  }
}

/** One row by 32 columns, to `sums`. */
function rowBlock32(left: usize, right: usize, step: usize, inner: i32, sums: usize): void {
  let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0, s4 = s0, s5 = s0, s6 = s0, s7 = s0;
  const end = left + (<usize> inner << 2);
  for (; left < end; left += 4) {
    const x = v128.load32_splat(left);
    s0 = multiplyAdd(x, v128.load(right), s0);
    s1 = multiplyAdd(x, v128.load(right, 16), s1);
    s2 = multiplyAdd(x, v128.load(right, 32), s2);
    s3 = multiplyAdd(x, v128.load(right, 48), s3);
    s4 = multiplyAdd(x, v128.load(right, 64), s4);
    s5 = multiplyAdd(x, v128.load(right, 80), s5);
    s6 = multiplyAdd(x, v128.load(right, 96), s6);
    s7 = multiplyAdd(x, v128.load(right, 112), s7);
    right += step;
  }
  v128.store(sums, s0);
  v128.store(sums, s1, 16);
  v128.store(sums, s2, 32);
  v128.store(sums, s3, 48);
  v128.store(sums, s4, 64);
  v128.store(sums, s5, 80);
  v128.store(sums, s6, 96);
  v128.store(sums, s7, 112);
}

/** One row by 64 columns: so many sums at once hide the latency of a multiply-add. */
function rowBlock64(left: usize, right: usize, step: usize, inner: i32, sums: usize): void {
  let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0, s4 = s0, s5 = s0, s6 = s0, s7 = s0;
  let s8 = s0, s9 = s0, s10 = s0, s11 = s0, s12 = s0, s13 = s0, s14 = s0, s15 = s0;
  const end = left + (<usize> inner << 2);
  for (; left < end; left += 4) {
    const x = v128.load32_splat(left);
    s0 = multiplyAdd(x, v128.load(right), s0);
    s1 = multiplyAdd(x, v128.load(right, 16), s1);
    s2 = multiplyAdd(x, v128.load(right, 32), s2);
    s3 = multiplyAdd(x, v128.load(right, 48), s3);
    s4 = multiplyAdd(x, v128.load(right, 64), s4);
    s5 = multiplyAdd(x, v128.load(right, 80), s5);
    s6 = multiplyAdd(x, v128.load(right, 96), s6);
    s7 = multiplyAdd(x, v128.load(right, 112), s7);
    s8 = multiplyAdd(x, v128.load(right, 128), s8);
    s9 = multiplyAdd(x, v128.load(right, 144), s9);
    s10 = multiplyAdd(x, v128.load(right, 160), s10);
    s11 = multiplyAdd(x, v128.load(right, 176), s11);
    s12 = multiplyAdd(x, v128.load(right, 192), s12);
    s13 = multiplyAdd(x, v128.load(right, 208), s13);
    s14 = multiplyAdd(x, v128.load(right, 224), s14);
    s15 = multiplyAdd(x, v128.load(right, 240), s15);
    right += step;
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
}

/** One row of a by bᵀ: sixteen rows of b at a time, the last ones by fours. */
function rowProductNT(a: usize, b: usize, bRow: usize, out: usize, inner: i32, columns: i32): void {
  for (; columns >= 16; columns -= 16, out += 64) {
    rowNT16(a, b, bRow, out, inner);
    b += bRow << 4;
  }
  for (; columns > 0; columns -= 4, out += V) {
    const b1 = b + (columns > 1 ? bRow : 0), b2 = b + (columns > 2 ? 2 * bRow : 0);
    rowNT4(a, b, b1, b2, b + (columns > 3 ? 3 * bRow : 0), out, inner);
    b += bRow << 2;
  }
}

/** One row of a by four rows of b. */
function rowNT4(a: usize, b: usize, b1: usize, b2: usize, b3: usize, out: usize, inner: i32): void {
  const whole = a + (<usize> (inner & ~3) << 2);
  let s = f32x4.splat(0);
  for (; a < whole; a += V, b += V, b1 += V, b2 += V, b3 += V) {
    s = addFour(
      s, v128.load(b), v128.load(b1), v128.load(b2), v128.load(b3),
      v128.load32_splat(a), v128.load32_splat(a, 4), v128.load32_splat(a, 8),
      v128.load32_splat(a, 12),
    );
  }
  s = addRest(
    s, v128.load(b), v128.load(b1), v128.load(b2), v128.load(b3), a, inner & 3,
  );
  storeSum(out, s);
}

/** One row of a by sixteen rows of b: four sums at once hide some of the latency. */
function rowNT16(a: usize, b: usize, row: usize, out: usize, inner: i32): void {
  const whole = a + (<usize> (inner & ~3) << 2);
  const row2 = 2 * row, row3 = 3 * row, row4 = row << 2;
  let c = b + row4, d = c + row4, e = d + row4;
  let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0;
  for (; a < whole; a += V, b += V, c += V, d += V, e += V) {
    const x0 = v128.load32_splat(a), x1 = v128.load32_splat(a, 4);
    const x2 = v128.load32_splat(a, 8), x3 = v128.load32_splat(a, 12);
    s0 = addFour(
      s0, v128.load(b), v128.load(b + row), v128.load(b + row2), v128.load(b + row3), x0, x1, x2, x3,
    );
    s1 = addFour(
      s1, v128.load(c), v128.load(c + row), v128.load(c + row2), v128.load(c + row3), x0, x1, x2, x3,
    );
    s2 = addFour(
      s2, v128.load(d), v128.load(d + row), v128.load(d + row2), v128.load(d + row3), x0, x1, x2, x3,
    );
    s3 = addFour(
      s3, v128.load(e), v128.load(e + row), v128.load(e + row2), v128.load(e + row3), x0, x1, x2, x3,
    );
  }
  const terms = inner & 3;
  if (terms) {
    s0 = addRest(
      s0, v128.load(b), v128.load(b + row), v128.load(b + row2), v128.load(b + row3), a, terms,
    );
    s1 = addRest(
      s1, v128.load(c), v128.load(c + row), v128.load(c + row2), v128.load(c + row3), a, terms,
    );
    s2 = addRest(
      s2, v128.load(d), v128.load(d + row), v128.load(d + row2), v128.load(d + row3), a, terms,
    );
    s3 = addRest(
      s3, v128.load(e), v128.load(e + row), v128.load(e + row2), v128.load(e + row3), a, terms,
    );
  }
  storeSum(out, s0);
  storeSum(out + V, s1);
  storeSum(out + 2 * V, s2);
  storeSum(out + 3 * V, s3);
}

/** Adds the next four terms to the sums of four rows of b. */
@inline
function addFour(
  sum: v128, r0: v128, r1: v128, r2: v128, r3: v128, x0: v128, x1: v128, x2: v128, x3: v128,
): v128 {
  const t0 = v128.shuffle<f32>(r0, r1, 0, 4, 1, 5), t1 = v128.shuffle<f32>(r2, r3, 0, 4, 1, 5);
  const t2 = v128.shuffle<f32>(r0, r1, 2, 6, 3, 7), t3 = v128.shuffle<f32>(r2, r3, 2, 6, 3, 7);
  sum = multiplyAdd(x0, v128.shuffle<f32>(t0, t1, 0, 1, 4, 5), sum);
  sum = multiplyAdd(x1, v128.shuffle<f32>(t0, t1, 2, 3, 6, 7), sum);
  sum = multiplyAdd(x2, v128.shuffle<f32>(t2, t3, 0, 1, 4, 5), sum);
  return multiplyAdd(x3, v128.shuffle<f32>(t2, t3, 2, 3, 6, 7), sum);
}

/** Adds the last terms, fewer than four. */
@inline
function addRest(
  sum: v128, r0: v128, r1: v128, r2: v128, r3: v128, a: usize, terms: i32,
): v128 {
  const t0 = v128.shuffle<f32>(r0, r1, 0, 4, 1, 5), t1 = v128.shuffle<f32>(r2, r3, 0, 4, 1, 5);
  const t2 = v128.shuffle<f32>(r0, r1, 2, 6, 3, 7), t3 = v128.shuffle<f32>(r2, r3, 2, 6, 3, 7);
  if (terms > 0) {
    sum = multiplyAdd(v128.load32_splat(a), v128.shuffle<f32>(t0, t1, 0, 1, 4, 5), sum);
  }
  if (terms > 1) {
    sum = multiplyAdd(v128.load32_splat(a, 4), v128.shuffle<f32>(t0, t1, 2, 3, 6, 7), sum);
  }
  if (terms > 2) {
    sum = multiplyAdd(v128.load32_splat(a, 8), v128.shuffle<f32>(t2, t3, 0, 1, 4, 5), sum);
  }
  return sum;
}

/** out = alpha · (0 + aᵀ·b) + beta · out. */
function rankOne(
  alpha: f32, a: usize, b: usize, beta: f32, out: usize, outRow: usize, rows: i32, columns: i32,
): void {
  const factor = f32x4.splat(alpha);
  const bytes = <usize> columns << 2;
  for (let r = 0; r < rows; r++) {
    const x = v128.load32_splat(a + (<usize> r << 2));
    if (beta == 1) {
      addScaledRow(factor, x, b, out, bytes);
    } else {
      const zero = f32x4.splat(0);
      for (let at: usize = 0; at < bytes; at += 32) {
        const sum0 = multiplyAdd(x, v128.load(b + at), zero);
        const sum1 = multiplyAdd(x, v128.load(b + at, 16), zero);
        blendPair(factor, sum0, sum1, beta, out + at);
      }
    }
    out += outRow;
  }
}

/** out = alpha · (x·b) + out. Unlike a sum, the product is not added to 0, which differs if `out` is −0. */
@inline
export function addScaledRow(alpha: v128, x: v128, b: usize, out: usize, bytes: usize): void {
  const end = b + bytes;
  for (; b + 128 <= end; b += 128, out += 128) addScaled32(alpha, x, b, out);
  for (; b < end; b += 32, out += 32) addScaled8(alpha, x, b, out);
}

/** The same for eight columns. */
@inline
function addScaled8(alpha: v128, x: v128, b: usize, out: usize): void {
  const n0 = multiplyAdd(alpha, f32x4.mul(x, v128.load(b)), v128.load(out));
  const n1 = multiplyAdd(alpha, f32x4.mul(x, v128.load(b, 16)), v128.load(out, 16));
  v128.store(out, n0);
  v128.store(out, n1, 16);
}

/** The same for 32 columns: all are read before any is written, so that V8 merges them. */
@inline
function addScaled32(alpha: v128, x: v128, b: usize, out: usize): void {
  const n0 = multiplyAdd(alpha, f32x4.mul(x, v128.load(b)), v128.load(out));
  const n1 = multiplyAdd(alpha, f32x4.mul(x, v128.load(b, 16)), v128.load(out, 16));
  const n2 = multiplyAdd(alpha, f32x4.mul(x, v128.load(b, 32)), v128.load(out, 32));
  const n3 = multiplyAdd(alpha, f32x4.mul(x, v128.load(b, 48)), v128.load(out, 48));
  const n4 = multiplyAdd(alpha, f32x4.mul(x, v128.load(b, 64)), v128.load(out, 64));
  const n5 = multiplyAdd(alpha, f32x4.mul(x, v128.load(b, 80)), v128.load(out, 80));
  const n6 = multiplyAdd(alpha, f32x4.mul(x, v128.load(b, 96)), v128.load(out, 96));
  const n7 = multiplyAdd(alpha, f32x4.mul(x, v128.load(b, 112)), v128.load(out, 112));
  v128.store(out, n0);
  v128.store(out, n1, 16);
  v128.store(out, n2, 32);
  v128.store(out, n3, 48);
  v128.store(out, n4, 64);
  v128.store(out, n5, 80);
  v128.store(out, n6, 96);
  v128.store(out, n7, 112);
}
