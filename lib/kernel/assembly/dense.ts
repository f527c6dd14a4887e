// @ts-nocheck This is AssemblyScript: TypeScript's syntax with WebAssembly's types. Deno's tools leave
// it alone (`exclude` in deno.json): the formatter would take the @inline away.
//
// Dense products. Every output element is one sum from zero in the order of the inner index; the
// lanes of a vector belong to different elements. Row lengths in memory (strides) are multiples of
// four numbers, so a vector never needs a tail; what a vector reads beyond a matrix's last column
// only reaches sums that are not stored.
//
// A product is computed in blocks of four rows by sixteen columns (Goto & van de Geijn 2008, "Anatomy
// of High-Performance Matrix Multiplication"). The 64 sums stay in registers while the inner index
// runs: each step loads sixteen numbers of the right factor, and one of each row of the left, for 64
// multiply-adds. The right factor is copied first into a panel, sixteen columns' numbers side by side
// for one inner index after another, which the first- or second-level cache holds while all rows pass.
// The left factor is read where it is.
//
// `block` is a function of its own and stores its sums in one place, from which they are blended into
// the output: so V8 makes one 256-bit vector of two of 128 bits throughout. In a larger function, or
// with the output's strides, it does not (`--trace-wasm-revectorize` gives the reason).

import { blend, blendPair, storeSum } from "./combine";
import { multiplyAdd } from "./multiply_add";
import { storeTurned } from "./turn";

/** Bytes of a vector, and of the sixteen columns of a panel. */
const V: usize = 16, PANEL: usize = 64;

/** Bytes of a block's sums, four rows of sixteen. They are the first thing in every `scratch`. */
const SUMS: usize = 4 * PANEL;

/**
 * Four rows by sixteen columns, to `sums`. `left` is the first row's number for inner index 0, `row`
 * bytes from the next row's (rows beyond the first `rows` are taken as copies of the first) and `step`
 * bytes from that for the next index.
 */
function block(left: usize, row: usize, rows: i32, step: usize, panel: usize, inner: i32, sums: usize): void {
  let left1 = left + (rows > 1 ? row : 0);
  let left2 = left + (rows > 2 ? 2 * row : 0);
  let left3 = left + (rows > 3 ? 3 * row : 0);
  let s00 = f32x4.splat(0), s01 = s00, s02 = s00, s03 = s00;
  let s10 = s00, s11 = s00, s12 = s00, s13 = s00;
  let s20 = s00, s21 = s00, s22 = s00, s23 = s00;
  let s30 = s00, s31 = s00, s32 = s00, s33 = s00;
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

/** The first `rows` rows and `columns` columns of the block's sums into the output. */
function blendBlock(
  sums: usize, alpha: f32, beta: f32, out: usize, outRow: usize, rows: i32, columns: i32,
): void {
  const factor = f32x4.splat(alpha);
  for (let r = 0; r < rows; r++) {
    if (columns >= 16) {
      blendPair(factor, v128.load(sums), v128.load(sums, 16), beta, out);
      blendPair(factor, v128.load(sums, 32), v128.load(sums, 48), beta, out + 32);
    } else {
      const bytes = <usize> columns << 2;
      for (let at: usize = 0; at < bytes; at += V) {
        blend(factor, v128.load(sums + at), beta, out + at);
      }
    }
    sums += PANEL;
    out += outRow;
  }
}

/** The block's sums turned: its sixteen columns, the first `rows` of them, as rows of four numbers. */
function storeBlockTurned(sums: usize, out: usize, outRow: usize, rows: i32): void {
  for (let r = 0; r < rows; r += 4) {
    const s0 = v128.load(sums), s1 = v128.load(sums, 64);
    const s2 = v128.load(sums, 128), s3 = v128.load(sums, 192);
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

/** Copies sixteen columns of b, or the `columns` that are left, into a panel. */
function packColumns(b: usize, bRow: usize, inner: i32, columns: i32, panel: usize): void {
  for (let k = 0; k < inner; k++) {
    if (columns >= 16) {
      v128.store(panel, v128.load(b));
      v128.store(panel, v128.load(b, 16), 16);
      v128.store(panel, v128.load(b, 32), 32);
      v128.store(panel, v128.load(b, 48), 48);
    } else {
      const bytes = <usize> columns << 2;
      for (let at: usize = 0; at < bytes; at += V) v128.store(panel + at, v128.load(b + at));
    }
    b += bRow;
    panel += PANEL;
  }
}

/** Sixteen rows of a, or the `rows` that are left, turned into a panel's columns. */
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

/**
 * out = a·b. Strides in bytes; `columns` is out's stride in numbers. `scratch` holds a panel:
 * inner × 16 numbers.
 */
export function product(
  a: usize, aRow: usize, b: usize, bRow: usize, out: usize, outRow: usize,
  rows: i32, inner: i32, columns: i32, scratch: usize,
): void {
  const sums = scratch, panel = scratch + SUMS;
  if (rows == 1) {
    rowProduct(a, b, bRow, out, inner, columns, sums);
    return;
  }
  for (let c = 0; c < columns; c += 16) {
    const at = <usize> c << 2;
    packColumns(b + at, bRow, inner, columns - c, panel);
    for (let r = 0; r < rows; r += 4) {
      const row = <usize> r;
      block(a + row * aRow, aRow, rows - r, 4, panel, inner, sums);
      blendBlock(sums, 1, 0, out + row * outRow + at, outRow, min(4, rows - r), columns - c);
    }
  }
}

/**
 * out = alpha · aᵀ·b + beta · out; `rows` of out are columns of a, `inner` is the rows of both.
 * `scratch` holds panels of b, 20,480 bytes or inner × 16 numbers, and four columns of a.
 *
 * As many panels as the first-level cache holds are made at a time, and four rows of out pass over all
 * of them: out, which is as large as the weights, is then read and written in longer runs.
 */
export function productTN(
  alpha: f32, a: usize, aRow: usize, b: usize, bRow: usize, beta: f32, out: usize, outRow: usize,
  rows: i32, inner: i32, columns: i32, scratch: usize,
): void {
  if (inner == 1) {
    rankOne(f32x4.splat(alpha), a, b, beta, out, outRow, rows, columns);
    return;
  }
  const panelBytes = <usize> inner * PANEL;
  const group = max(1, FIRST_CACHE / <i32> panelBytes) << 4;
  const sums = scratch, strip = scratch + SUMS, panels = strip + <usize> inner * V;
  for (let first = 0; first < columns; first += group) {
    const end = min(first + group, columns);
    let panel = panels;
    for (let c = first; c < end; c += 16) {
      packColumns(b + (<usize> c << 2), bRow, inner, columns - c, panel);
      panel += panelBytes;
    }
    for (let r = 0; r < rows; r += 4) {
      packStrip(a + (<usize> r << 2), aRow, inner, strip);
      panel = panels;
      for (let c = first; c < end; c += 16) {
        block(strip, 4, 4, V, panel, inner, sums);
        const to = out + <usize> r * outRow + (<usize> c << 2);
        blendBlock(sums, alpha, beta, to, outRow, min(4, rows - r), columns - c);
        panel += panelBytes;
      }
    }
  }
}

/** Bytes of panels that stay in the first-level cache beside what else passes through it. */
const FIRST_CACHE: i32 = 20480;

/** Copies four columns of a: four numbers side by side for one inner index after another. */
function packStrip(a: usize, aRow: usize, inner: i32, strip: usize): void {
  for (let k = 0; k < inner; k++) {
    v128.store(strip, v128.load(a));
    a += aRow;
    strip += V;
  }
}

/**
 * out = a·bᵀ, computed as the rows of b by the columns of aᵀ, and turned as it is stored: only a, which
 * is smaller than the weights, has to be turned into panels. `scratch` holds one: inner × 16 numbers,
 * the inner index rounded up to fours.
 */
export function productNT(
  a: usize, aRow: usize, b: usize, bRow: usize, out: usize, outRow: usize,
  rows: i32, inner: i32, columns: i32, scratch: usize,
): void {
  if (rows == 1) {
    rowProductNT(a, b, bRow, out, inner, columns, scratch);
    return;
  }
  const sums = scratch, panel = scratch + SUMS;
  for (let r = 0; r < rows; r += 16) {
    packRows(a + <usize> r * aRow, aRow, min(16, rows - r), inner, panel);
    const to = out + <usize> r * outRow;
    for (let c = 0; c < columns; c += 4) {
      block(b + <usize> c * bRow, bRow, columns - c, 4, panel, inner, sums);
      storeBlockTurned(sums, to + (<usize> c << 2), outRow, min(16, rows - r));
    }
  }
}

// A batch of one has no rows to share what is loaded, so nothing is packed.

/** One row of a by b. */
function rowProduct(
  a: usize, b: usize, bRow: usize, out: usize, inner: i32, columns: i32, sums: usize,
): void {
  for (let c = 0; c < columns; c += 32) {
    const at = <usize> c << 2;
    rowBlock(a, b + at, bRow, inner, sums);
    const bytes = <usize> min(32, columns - c) << 2;
    for (let i: usize = 0; i < bytes; i += V) storeSum(out + at + i, v128.load(sums + i));
  }
}

/** One row by 32 columns, to `sums`: eight sums at once hide the latency of a multiply-add. */
function rowBlock(left: usize, right: usize, step: usize, inner: i32, sums: usize): void {
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

/** One row of a by bᵀ, eight rows of b at a time. */
function rowProductNT(
  a: usize, b: usize, bRow: usize, out: usize, inner: i32, columns: i32, scratch: usize,
): void {
  const bytes = <usize> inner << 2;
  for (let c = 0; c < columns; c += 4) {
    const rows = columns - c;
    const b1 = b + (rows > 1 ? bRow : 0), b2 = b + (rows > 2 ? 2 * bRow : 0);
    const b3 = b + (rows > 3 ? 3 * bRow : 0);
    let sum = f32x4.splat(0);
    for (let at: usize = 0; at < bytes; at += V) {
      storeTurned(v128.load(b + at), v128.load(b1 + at), v128.load(b2 + at), v128.load(b3 + at), scratch, V);
      for (let k: usize = 0; k < min<usize>(V, bytes - at); k += 4) {
        sum = multiplyAdd(v128.load32_splat(a + at + k), v128.load(scratch + (k << 2)), sum);
      }
    }
    storeSum(out, sum);
    out += V;
    b += bRow << 2;
  }
}

/** out = alpha · (0 + aᵀ·b) + beta · out. */
function rankOne(
  alpha: v128, a: usize, b: usize, beta: f32, out: usize, outRow: usize, rows: i32, columns: i32,
): void {
  const bytes = <usize> columns << 2;
  for (let r = 0; r < rows; r++) {
    const x = v128.load32_splat(a + (<usize> r << 2));
    if (beta == 1) {
      addScaledRow(alpha, x, b, out, bytes);
    } else {
      const zero = f32x4.splat(0);
      for (let at: usize = 0; at < bytes; at += V) {
        blend(alpha, multiplyAdd(x, v128.load(b + at), zero), beta, out + at);
      }
    }
    out += outRow;
  }
}

/** out = alpha · (x·b) + out. Zero is not added to the product first: no weight is −0. */
@inline
export function addScaledRow(alpha: v128, x: v128, b: usize, out: usize, bytes: usize): void {
  const end = b + bytes;
  for (; b + 32 <= end; b += 32, out += 32) {
    blendPair(alpha, f32x4.mul(x, v128.load(b)), f32x4.mul(x, v128.load(b, 16)), 1, out);
  }
  if (b < end) blend(alpha, f32x4.mul(x, v128.load(b)), 1, out);
}
