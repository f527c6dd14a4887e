// @ts-nocheck This is AssemblyScript: TypeScript's syntax with WebAssembly's types. Deno's tools leave
// it alone (`exclude` in deno.json): the formatter would take the @inline away.
//
// The update rule `momentum` without a penalty for a layer that reads images, its gradient still in
// registers: most rows of the gradient are short sums or empty, so that storing one and reading it again
// would take as long as computing it. The bits are those of `sparseProduct` and the rule after it; the
// penalty of 0 is left out, as 0 · w + s is s: a sum is −0 only where both of its terms are.

import { multiplyAdd } from "./multiply_add";
import { entryAt, nearColumns, rowOf } from "./sparse";

/** Two vectors of velocities `s` and parameters `w`, given their gradients. */
@inline
function move(g0: v128, g1: v128, w: usize, s: usize, step: v128, keep: v128): void {
  const s0 = f32x4.add(g0, f32x4.mul(keep, v128.load(s)));
  const s1 = f32x4.add(g1, f32x4.mul(keep, v128.load(s, 16)));
  const w0 = multiplyAdd(step, s0, v128.load(w));
  const w1 = multiplyAdd(step, s1, v128.load(w, 16));
  v128.store(s, s0);
  v128.store(s, s1, 16);
  v128.store(w, w0);
  v128.store(w, w1, 16);
}

/** 64 columns of a row with entries: their gradients, and the step. Adding 0 turns −0 into 0, as `blendPair`. */
function move64(
  entry: usize, end: usize, matrix: usize, row: usize, w: usize, s: usize, rate: f32, mu: f32,
): void {
  const zero = f32x4.splat(0);
  let g0 = zero, g1 = zero, g2 = zero, g3 = zero, g4 = zero, g5 = zero, g6 = zero, g7 = zero;
  let g8 = zero, g9 = zero, g10 = zero, g11 = zero, g12 = zero, g13 = zero, g14 = zero, g15 = zero;
  for (; entry < end; entry += 8) {
    const from = rowOf(entry, matrix, row), x = v128.load32_splat(entry, 4);
    g0 = multiplyAdd(x, v128.load(from), g0);
    g1 = multiplyAdd(x, v128.load(from, 16), g1);
    g2 = multiplyAdd(x, v128.load(from, 32), g2);
    g3 = multiplyAdd(x, v128.load(from, 48), g3);
    g4 = multiplyAdd(x, v128.load(from, 64), g4);
    g5 = multiplyAdd(x, v128.load(from, 80), g5);
    g6 = multiplyAdd(x, v128.load(from, 96), g6);
    g7 = multiplyAdd(x, v128.load(from, 112), g7);
    g8 = multiplyAdd(x, v128.load(from, 128), g8);
    g9 = multiplyAdd(x, v128.load(from, 144), g9);
    g10 = multiplyAdd(x, v128.load(from, 160), g10);
    g11 = multiplyAdd(x, v128.load(from, 176), g11);
    g12 = multiplyAdd(x, v128.load(from, 192), g12);
    g13 = multiplyAdd(x, v128.load(from, 208), g13);
    g14 = multiplyAdd(x, v128.load(from, 224), g14);
    g15 = multiplyAdd(x, v128.load(from, 240), g15);
  }
  const step = f32x4.splat(-rate), keep = f32x4.splat(mu);
  move(f32x4.add(g0, zero), f32x4.add(g1, zero), w, s, step, keep);
  move(f32x4.add(g2, zero), f32x4.add(g3, zero), w + 32, s + 32, step, keep);
  move(f32x4.add(g4, zero), f32x4.add(g5, zero), w + 64, s + 64, step, keep);
  move(f32x4.add(g6, zero), f32x4.add(g7, zero), w + 96, s + 96, step, keep);
  move(f32x4.add(g8, zero), f32x4.add(g9, zero), w + 128, s + 128, step, keep);
  move(f32x4.add(g10, zero), f32x4.add(g11, zero), w + 160, s + 160, step, keep);
  move(f32x4.add(g12, zero), f32x4.add(g13, zero), w + 192, s + 192, step, keep);
  move(f32x4.add(g14, zero), f32x4.add(g15, zero), w + 224, s + 224, step, keep);
}

/** The same for 16 columns. */
function move16(
  entry: usize, end: usize, matrix: usize, row: usize, w: usize, s: usize, rate: f32, mu: f32,
): void {
  const zero = f32x4.splat(0);
  let g0 = zero, g1 = zero, g2 = zero, g3 = zero;
  for (; entry < end; entry += 8) {
    const from = rowOf(entry, matrix, row), x = v128.load32_splat(entry, 4);
    g0 = multiplyAdd(x, v128.load(from), g0);
    g1 = multiplyAdd(x, v128.load(from, 16), g1);
    g2 = multiplyAdd(x, v128.load(from, 32), g2);
    g3 = multiplyAdd(x, v128.load(from, 48), g3);
  }
  const step = f32x4.splat(-rate), keep = f32x4.splat(mu);
  move(f32x4.add(g0, zero), f32x4.add(g1, zero), w, s, step, keep);
  move(f32x4.add(g2, zero), f32x4.add(g3, zero), w + 32, s + 32, step, keep);
}

/** The same for 8 columns. */
function move8(
  entry: usize, end: usize, matrix: usize, row: usize, w: usize, s: usize, rate: f32, mu: f32,
): void {
  const zero = f32x4.splat(0);
  let g0 = zero, g1 = zero;
  for (; entry < end; entry += 8) {
    const from = rowOf(entry, matrix, row), x = v128.load32_splat(entry, 4);
    g0 = multiplyAdd(x, v128.load(from), g0);
    g1 = multiplyAdd(x, v128.load(from, 16), g1);
  }
  move(f32x4.add(g0, zero), f32x4.add(g1, zero), w, s, f32x4.splat(-rate), f32x4.splat(mu));
}

@inline
function moveRow(
  entry: usize, end: usize, matrix: usize, row: usize, w: usize, s: usize, bytes: usize,
  rate: f32, mu: f32,
): void {
  let at: usize = 0;
  for (; at + 256 <= bytes; at += 256) {
    move64(entry, end, matrix + at, row, w + at, s + at, rate, mu);
  }
  for (; at + 64 <= bytes; at += 64) {
    move16(entry, end, matrix + at, row, w + at, s + at, rate, mu);
  }
  for (; at < bytes; at += 32) move8(entry, end, matrix + at, row, w + at, s + at, rate, mu);
}

/** A row without entries. */
function coastRow(w: usize, s: usize, bytes: usize, rate: f32, mu: f32): void {
  const zero = f32x4.splat(0), step = f32x4.splat(-rate), keep = f32x4.splat(mu);
  for (const end = s + bytes; s < end; s += 32, w += 32) move(zero, zero, w, s, step, keep);
}

/** Whether all numbers are 0: such a row without entries stays as it is. */
@inline
function isStill(s: usize, bytes: usize): bool {
  for (const end = s + bytes; s < end; s += 16) if (v128.any_true(v128.load(s))) return false;
  return true;
}

/**
 * s = mu · s + g and w = w − rate · s with g = x·matrix, x being the sparse matrix of an index with `rows`
 * rows of a single tile, `inner` columns. `columns` is a multiple of 8.
 */
export function sparseMomentum(
  starts: usize, ends: usize, entries: usize, rows: i32, inner: i32, matrix: usize, matrixRow: usize,
  w: usize, s: usize, row: usize, columns: i32, rate: f32, mu: f32,
): void {
  const most = <usize> nearColumns(inner) << 2, all = <usize> columns << 2;
  for (let from: usize = 0; from < all; from += most) {
    const bytes = min(most, all - from);
    let toW = w + from, toS = s + from;
    for (let at: usize = 0; at < <usize> rows << 2; at += 4) {
      const entry = entryAt(entries, starts + at), end = entryAt(entries, ends + at);
      if (entry < end) {
        moveRow(entry, end, matrix + from, matrixRow, toW, toS, bytes, rate, mu);
      } else if (!isStill(toS, bytes)) coastRow(toW, toS, bytes, rate, mu);
      toW += row;
      toS += row;
    }
  }
}
