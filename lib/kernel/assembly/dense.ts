// @ts-nocheck This is AssemblyScript: TypeScript's syntax with WebAssembly's types. Deno's tools leave
// it alone (`exclude` in deno.json): the formatter would take the @inline away.
//
// Dense products. Every output element is one sum from zero in the order of the inner index; the
// four lanes of a vector lie across neighbouring output columns. Row lengths in memory (strides) are
// multiples of four numbers, so a vector never needs a tail; what lies beyond a matrix's last
// column is never summed into a real one.
//
// A product is cut into blocks of four rows by eight columns, whose 32 sums stay in registers
// (Goto & van de Geijn 2008, "Anatomy of High-Performance Matrix Multiplication"). What a block reads
// is first copied into two streams: `left`, four rows' numbers side by side, and `right`, eight
// columns' numbers side by side, one inner index after another.

import { blend, blendPair, storeSum } from "./combine";
import { multiplyAdd } from "./multiply_add";

/** Bytes of a vector. */
const V: usize = 16;

/** Four rows by eight columns; `leftStep` bytes from one inner index to the next. */
@inline
function block4x8(
  left: usize, leftStep: usize, right: usize, inner: i32,
  out: usize, outRow: usize, alpha: v128, beta: f32,
): void {
  let s00 = f32x4.splat(0), s01 = s00, s10 = s00, s11 = s00;
  let s20 = s00, s21 = s00, s30 = s00, s31 = s00;
  const end = right + (<usize> inner << 5);
  while (right < end) {
    const b0 = v128.load(right), b1 = v128.load(right, 16);
    let x = v128.load32_splat(left);
    s00 = multiplyAdd(x, b0, s00);
    s01 = multiplyAdd(x, b1, s01);
    x = v128.load32_splat(left, 4);
    s10 = multiplyAdd(x, b0, s10);
    s11 = multiplyAdd(x, b1, s11);
    x = v128.load32_splat(left, 8);
    s20 = multiplyAdd(x, b0, s20);
    s21 = multiplyAdd(x, b1, s21);
    x = v128.load32_splat(left, 12);
    s30 = multiplyAdd(x, b0, s30);
    s31 = multiplyAdd(x, b1, s31);
    left += leftStep;
    right += 2 * V;
  }
  blendPair(alpha, s00, s01, beta, out);
  blendPair(alpha, s10, s11, beta, out + outRow);
  blendPair(alpha, s20, s21, beta, out + 2 * outRow);
  blendPair(alpha, s30, s31, beta, out + 3 * outRow);
}

/** Four rows by four columns. */
@inline
function block4x4(
  left: usize, leftStep: usize, right: usize, inner: i32,
  out: usize, outRow: usize, alpha: v128, beta: f32,
): void {
  let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0;
  const end = right + (<usize> inner << 4);
  while (right < end) {
    const b = v128.load(right);
    s0 = multiplyAdd(v128.load32_splat(left), b, s0);
    s1 = multiplyAdd(v128.load32_splat(left, 4), b, s1);
    s2 = multiplyAdd(v128.load32_splat(left, 8), b, s2);
    s3 = multiplyAdd(v128.load32_splat(left, 12), b, s3);
    left += leftStep;
    right += V;
  }
  blend(alpha, s0, beta, out);
  blend(alpha, s1, beta, out + outRow);
  blend(alpha, s2, beta, out + 2 * outRow);
  blend(alpha, s3, beta, out + 3 * outRow);
}

/** One row by eight (`wide`) or four columns. */
@inline
function block1(
  left: usize, leftStep: usize, right: usize, inner: i32,
  out: usize, wide: bool, alpha: v128, beta: f32,
): void {
  let s0 = f32x4.splat(0), s1 = s0;
  for (let k = 0; k < inner; k++) {
    const x = v128.load32_splat(left);
    s0 = multiplyAdd(x, v128.load(right), s0);
    if (wide) s1 = multiplyAdd(x, v128.load(right, 16), s1);
    left += leftStep;
    right += wide ? 2 * V : V;
  }
  if (wide) blendPair(alpha, s0, s1, beta, out);
  else blend(alpha, s0, beta, out);
}

/**
 * All rows against one stream of columns. The rows come in fours from `fours`, `fourBytes` bytes from
 * one four to the next; the one to three rows left over from `rest`, `restRow` bytes apart.
 */
@inline
function rowsByColumns(
  fours: usize, fourBytes: usize, leftStep: usize, rest: usize, restRow: usize, restStep: usize,
  rows: i32, right: usize, inner: i32, out: usize, outRow: usize, wide: bool,
  alpha: v128, beta: f32,
): void {
  let r = 0;
  for (; r + 4 <= rows; r += 4) {
    if (wide) block4x8(fours, leftStep, right, inner, out, outRow, alpha, beta);
    else block4x4(fours, leftStep, right, inner, out, outRow, alpha, beta);
    fours += fourBytes;
    out += outRow << 2;
  }
  for (; r < rows; r++) {
    block1(rest, restStep, right, inner, out, wide, alpha, beta);
    rest += restRow;
    out += outRow;
  }
}

/** Copies eight (`wide`) or four columns of b into the stream `right`. */
@inline
function streamColumns(b: usize, bRow: usize, inner: i32, right: usize, wide: bool): void {
  for (let k = 0; k < inner; k++) {
    v128.store(right, v128.load(b));
    if (wide) v128.store(right, v128.load(b, 16), 16);
    b += bRow;
    right += wide ? 2 * V : V;
  }
}

/** Four vectors as the rows of a 4×4 matrix, turned: its columns are stored `step` bytes apart. */
@inline
function storeTurned(r0: v128, r1: v128, r2: v128, r3: v128, to: usize, step: usize): void {
  const t0 = v128.shuffle<f32>(r0, r1, 0, 4, 1, 5), t1 = v128.shuffle<f32>(r2, r3, 0, 4, 1, 5);
  const t2 = v128.shuffle<f32>(r0, r1, 2, 6, 3, 7), t3 = v128.shuffle<f32>(r2, r3, 2, 6, 3, 7);
  v128.store(to, v128.shuffle<f32>(t0, t1, 0, 1, 4, 5));
  v128.store(to + step, v128.shuffle<f32>(t0, t1, 2, 3, 6, 7));
  v128.store(to + 2 * step, v128.shuffle<f32>(t2, t3, 0, 1, 4, 5));
  v128.store(to + 3 * step, v128.shuffle<f32>(t2, t3, 2, 3, 6, 7));
}

/**
 * Four rows of b, turned into a stream of four columns, `step` bytes from one inner index to the next.
 * Rows that b does not have are taken as copies of another; what comes of them lands in padding.
 */
@inline
function streamRows(b: usize, bRow: usize, rows: i32, inner: i32, to: usize, step: usize): void {
  const b1 = b + (rows > 1 ? bRow : 0), b2 = b1 + (rows > 2 ? bRow : 0), b3 = b2 + (rows > 3 ? bRow : 0);
  const bytes = <usize> inner << 2;
  for (let at: usize = 0; at < bytes; at += V) {
    storeTurned(v128.load(b + at), v128.load(b1 + at), v128.load(b2 + at), v128.load(b3 + at), to, step);
    to += step << 2;
  }
}

/** The rows of a, all whole fours of them, as streams; returns the bytes of one. */
@inline
function streamFours(a: usize, aRow: usize, rows: i32, inner: i32, to: usize): usize {
  const fourBytes = <usize> ((inner + 3) & ~3) << 4;
  for (let r = 0; r + 4 <= rows; r += 4) {
    streamRows(a, aRow, 4, inner, to, V);
    a += aRow << 2;
    to += fourBytes;
  }
  return fourBytes;
}

/** One row by 32 columns, `step` bytes apart: eight sums at once hide the latency of an addition. */
@inline
function block1x32(left: usize, right: usize, step: usize, inner: i32, out: usize): void {
  let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0, s4 = s0, s5 = s0, s6 = s0, s7 = s0;
  for (let k = 0; k < inner; k++) {
    const x = v128.load32_splat(left);
    s0 = multiplyAdd(x, v128.load(right), s0);
    s1 = multiplyAdd(x, v128.load(right, 16), s1);
    s2 = multiplyAdd(x, v128.load(right, 32), s2);
    s3 = multiplyAdd(x, v128.load(right, 48), s3);
    s4 = multiplyAdd(x, v128.load(right, 64), s4);
    s5 = multiplyAdd(x, v128.load(right, 80), s5);
    s6 = multiplyAdd(x, v128.load(right, 96), s6);
    s7 = multiplyAdd(x, v128.load(right, 112), s7);
    left += 4;
    right += step;
  }
  storeSum(out, s0);
  storeSum(out + 16, s1);
  storeSum(out + 32, s2);
  storeSum(out + 48, s3);
  storeSum(out + 64, s4);
  storeSum(out + 80, s5);
  storeSum(out + 96, s6);
  storeSum(out + 112, s7);
}

/**
 * out = a·b. Strides in bytes; `columns` is out's stride in numbers. `scratch` holds the streams:
 * inner × (rows + 8) numbers.
 */
export function product(
  a: usize, aRow: usize, b: usize, bRow: usize, out: usize, outRow: usize,
  rows: i32, inner: i32, columns: i32, scratch: usize,
): void {
  const one = f32x4.splat(1);
  let c = 0;
  if (rows < 4) {
    for (; c + 32 <= columns; c += 32) {
      const at = <usize> c << 2;
      for (let r = 0; r < rows; r++) {
        const row = <usize> r;
        block1x32(a + row * aRow, b + at, bRow, inner, out + row * outRow + at);
      }
    }
  }
  const fours = scratch + (<usize> inner << 5);
  const fourBytes = streamFours(a, aRow, rows, inner, fours);
  const rest = a + <usize> (rows & ~3) * aRow;
  for (; c < columns; c += 8) {
    const at = <usize> c << 2;
    if (c + 8 <= columns) {
      streamColumns(b + at, bRow, inner, scratch, true);
      rowsByColumns(
        fours, fourBytes, V, rest, aRow, 4, rows, scratch, inner, out + at, outRow, true, one, 0,
      );
    } else {
      streamColumns(b + at, bRow, inner, scratch, false);
      rowsByColumns(
        fours, fourBytes, V, rest, aRow, 4, rows, scratch, inner, out + at, outRow, false, one, 0,
      );
    }
  }
}

/**
 * out = alpha · aᵀ·b + beta · out; `rows` of out are columns of a, `inner` is the rows of both. Four
 * columns of a lie side by side as they are.
 */
export function productTN(
  alpha: f32, a: usize, aRow: usize, b: usize, bRow: usize, beta: f32, out: usize, outRow: usize,
  rows: i32, inner: i32, columns: i32, scratch: usize,
): void {
  const factor = f32x4.splat(alpha);
  if (inner == 1) {
    rankOne(factor, a, b, beta, out, outRow, rows, columns);
    return;
  }
  const rest = a + (<usize> (rows & ~3) << 2);
  for (let c = 0; c < columns; c += 8) {
    const at = <usize> c << 2;
    if (c + 8 <= columns) {
      streamColumns(b + at, bRow, inner, scratch, true);
      rowsByColumns(
        a, V, aRow, rest, 4, aRow, rows, scratch, inner, out + at, outRow, true, factor, beta,
      );
    } else {
      streamColumns(b + at, bRow, inner, scratch, false);
      rowsByColumns(
        a, V, aRow, rest, 4, aRow, rows, scratch, inner, out + at, outRow, false, factor, beta,
      );
    }
  }
}

/** A batch of one: out = alpha · (0 + aᵀ·b) + beta · out. */
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

/** out = a·bᵀ: b's rows are turned into streams of columns, then it is an ordinary product. */
export function productNT(
  a: usize, aRow: usize, b: usize, bRow: usize, out: usize, outRow: usize,
  rows: i32, inner: i32, columns: i32, scratch: usize,
): void {
  const one = f32x4.splat(1);
  let c = 0;
  if (rows < 4) {
    for (; c + 32 <= columns; c += 32) {
      for (let i = 0; i < 8; i++) {
        streamRows(b, bRow, 4, inner, scratch + (<usize> i << 4), 8 * V);
        b += bRow << 2;
      }
      for (let r = 0; r < rows; r++) {
        const row = <usize> r;
        block1x32(a + row * aRow, scratch, 8 * V, inner, out + row * outRow + (<usize> c << 2));
      }
    }
  }
  const fours = scratch + (<usize> ((inner + 3) & ~3) << 5);
  const fourBytes = streamFours(a, aRow, rows, inner, fours);
  const rest = a + <usize> (rows & ~3) * aRow;
  for (; c < columns; c += 8) {
    const at = <usize> c << 2;
    if (columns - c > 4) {
      streamRows(b, bRow, 4, inner, scratch, 2 * V);
      streamRows(b + (bRow << 2), bRow, min(4, columns - c - 4), inner, scratch + V, 2 * V);
      rowsByColumns(
        fours, fourBytes, V, rest, aRow, 4, rows, scratch, inner, out + at, outRow, true, one, 0,
      );
    } else {
      streamRows(b, bRow, min(4, columns - c), inner, scratch, V);
      rowsByColumns(
        fours, fourBytes, V, rest, aRow, 4, rows, scratch, inner, out + at, outRow, false, one, 0,
      );
    }
    b += bRow << 3;
  }
}
