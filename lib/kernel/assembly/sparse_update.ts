// @ts-nocheck This is AssemblyScript: TypeScript's syntax with WebAssembly's types. Deno's tools leave
// it alone (`exclude` in deno.json): the formatter would take the @inline away.
//
// The update rules `momentum` and `adam`, without a penalty, for a layer that reads images, its gradient still
// in registers: most rows of the gradient are short sums or empty, so that storing one and reading it again
// would take as long as computing it, and the divisions of `adam` leave time for the sums. The bits are those
// of `sparseProduct` and the rule after it; the penalty of 0 is left out, as 0 · w + s is s for a finite w: a
// sum is −0 only where both of its terms are.

import { stepAt } from "./deferred";
import { multiplyAdd } from "./multiply_add";
import { entryAt, nearColumns, rowOf } from "./sparse";
import { adamPair, stillShare } from "./update_rules";

/** Two vectors of velocities `s` and parameters `w`, given their gradients. */
@inline
function momentumPair(g0: v128, g1: v128, w: usize, s: usize, step: v128, keep: v128): void {
  const s0 = f32x4.add(g0, f32x4.mul(keep, v128.load(s)));
  const s1 = f32x4.add(g1, f32x4.mul(keep, v128.load(s, 16)));
  const w0 = multiplyAdd(step, s0, v128.load(w));
  const w1 = multiplyAdd(step, s1, v128.load(w, 16));
  v128.store(s, s0);
  v128.store(s, s1, 16);
  v128.store(w, w0);
  v128.store(w, w1, 16);
}

/**
 * Two vectors by a rule, given the sums of their gradients. A sum of −0 counts as 0, as `blendPair` stores it;
 * to Adam's averages they are the same. The numbers of `adam`, those of `sparseAdam` in its order, do not
 * fit into registers beside a gradient: they are read where they are used.
 */
@inline
function move(
  adam: bool, sum0: v128, sum1: v128, w: usize, s: usize, t: usize, n: usize, step: v128, keep: v128,
): void {
  if (adam) {
    adamPair(
      sum0, sum1, w, s, t, v128.load32_splat(n), v128.load32_splat(n, 4), v128.load32_splat(n, 8),
      v128.load32_splat(n, 12), v128.load32_splat(n, 16), v128.load32_splat(n, 20),
    );
  } else {
    const zero = f32x4.splat(0);
    momentumPair(f32x4.add(sum0, zero), f32x4.add(sum1, zero), w, s, step, keep);
  }
}

/** 64 columns of a row with entries: their gradients, and the step. */
@inline
function move64(
  adam: bool, entry: usize, end: usize, matrix: usize, row: usize, w: usize, s: usize, t: usize,
  n: usize, rate: f32, mu: f32,
): void {
  let g0 = f32x4.splat(0), g1 = g0, g2 = g0, g3 = g0, g4 = g0, g5 = g0, g6 = g0, g7 = g0;
  let g8 = g0, g9 = g0, g10 = g0, g11 = g0, g12 = g0, g13 = g0, g14 = g0, g15 = g0;
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
  move(adam, g0, g1, w, s, t, n, step, keep);
  move(adam, g2, g3, w + 32, s + 32, t + 32, n, step, keep);
  move(adam, g4, g5, w + 64, s + 64, t + 64, n, step, keep);
  move(adam, g6, g7, w + 96, s + 96, t + 96, n, step, keep);
  move(adam, g8, g9, w + 128, s + 128, t + 128, n, step, keep);
  move(adam, g10, g11, w + 160, s + 160, t + 160, n, step, keep);
  move(adam, g12, g13, w + 192, s + 192, t + 192, n, step, keep);
  move(adam, g14, g15, w + 224, s + 224, t + 224, n, step, keep);
}

/** The same for 16 columns. */
@inline
function move16(
  adam: bool, entry: usize, end: usize, matrix: usize, row: usize, w: usize, s: usize, t: usize,
  n: usize, rate: f32, mu: f32,
): void {
  let g0 = f32x4.splat(0), g1 = g0, g2 = g0, g3 = g0;
  for (; entry < end; entry += 8) {
    const from = rowOf(entry, matrix, row), x = v128.load32_splat(entry, 4);
    g0 = multiplyAdd(x, v128.load(from), g0);
    g1 = multiplyAdd(x, v128.load(from, 16), g1);
    g2 = multiplyAdd(x, v128.load(from, 32), g2);
    g3 = multiplyAdd(x, v128.load(from, 48), g3);
  }
  const step = f32x4.splat(-rate), keep = f32x4.splat(mu);
  move(adam, g0, g1, w, s, t, n, step, keep);
  move(adam, g2, g3, w + 32, s + 32, t + 32, n, step, keep);
}

/** The same for 8 columns. */
@inline
function move8(
  adam: bool, entry: usize, end: usize, matrix: usize, row: usize, w: usize, s: usize, t: usize,
  n: usize, rate: f32, mu: f32,
): void {
  let g0 = f32x4.splat(0), g1 = g0;
  for (; entry < end; entry += 8) {
    const from = rowOf(entry, matrix, row), x = v128.load32_splat(entry, 4);
    g0 = multiplyAdd(x, v128.load(from), g0);
    g1 = multiplyAdd(x, v128.load(from, 16), g1);
  }
  const step = f32x4.splat(-rate), keep = f32x4.splat(mu);
  move(adam, g0, g1, w, s, t, n, step, keep);
}

// These are separate functions for the same reason as `block` in dense.ts.

function momentum64(
  entry: usize, end: usize, matrix: usize, row: usize, w: usize, s: usize, rate: f32, mu: f32,
): void {
  move64(false, entry, end, matrix, row, w, s, 0, 0, rate, mu);
}
function momentum16(
  entry: usize, end: usize, matrix: usize, row: usize, w: usize, s: usize, rate: f32, mu: f32,
): void {
  move16(false, entry, end, matrix, row, w, s, 0, 0, rate, mu);
}
function momentum8(
  entry: usize, end: usize, matrix: usize, row: usize, w: usize, s: usize, rate: f32, mu: f32,
): void {
  move8(false, entry, end, matrix, row, w, s, 0, 0, rate, mu);
}
function adam64(
  entry: usize, end: usize, matrix: usize, row: usize, w: usize, s: usize, t: usize, n: usize,
): void {
  move64(true, entry, end, matrix, row, w, s, t, n, 0, 0);
}
function adam16(
  entry: usize, end: usize, matrix: usize, row: usize, w: usize, s: usize, t: usize, n: usize,
): void {
  move16(true, entry, end, matrix, row, w, s, t, n, 0, 0);
}
function adam8(
  entry: usize, end: usize, matrix: usize, row: usize, w: usize, s: usize, t: usize, n: usize,
): void {
  move8(true, entry, end, matrix, row, w, s, t, n, 0, 0);
}

@inline
function moveRow(
  adam: bool, entry: usize, end: usize, matrix: usize, row: usize, w: usize, s: usize, t: usize,
  bytes: usize, n: usize, rate: f32, mu: f32,
): void {
  let at: usize = 0;
  for (; at + 256 <= bytes; at += 256) {
    if (adam) adam64(entry, end, matrix + at, row, w + at, s + at, t + at, n);
    else momentum64(entry, end, matrix + at, row, w + at, s + at, rate, mu);
  }
  for (; at + 64 <= bytes; at += 64) {
    if (adam) adam16(entry, end, matrix + at, row, w + at, s + at, t + at, n);
    else momentum16(entry, end, matrix + at, row, w + at, s + at, rate, mu);
  }
  for (; at < bytes; at += 32) {
    if (adam) adam8(entry, end, matrix + at, row, w + at, s + at, t + at, n);
    else momentum8(entry, end, matrix + at, row, w + at, s + at, rate, mu);
  }
}

/**
 * A step of the rows with entries, with the gradient x·matrix, x being the sparse matrix of an index with
 * `rows` rows of a single tile, `inner` columns. It is the step `step` of the log at `deferred`: the other
 * rows make it when they are needed (see deferred.ts), as these have made those before. `columns` is a
 * multiple of 8.
 */
@inline
function update(
  adam: bool, starts: usize, ends: usize, entries: usize, rows: i32, inner: i32,
  matrix: usize, matrixRow: usize, w: usize, s: usize, t: usize, row: usize, columns: i32,
  deferred: usize, step: i32, rate: f32, mu: f32,
): void {
  const most = <usize> nearColumns(inner) << 2, all = <usize> columns << 2;
  const n = stepAt(deferred, step);
  for (let from: usize = 0; from < all; from += most) {
    const bytes = min(most, all - from);
    let toW = w + from, toS = s + from, toT = t + from;
    for (let at: usize = 0; at < <usize> rows << 2; at += 4) {
      const entry = entryAt(entries, starts + at), end = entryAt(entries, ends + at);
      if (entry < end) {
        moveRow(adam, entry, end, matrix + from, matrixRow, toW, toS, toT, bytes, n, rate, mu);
      }
      toW += row;
      toS += row;
      toT += row;
    }
  }
}

/** The rule `momentum` with a λ of 0: see `update`. */
export function sparseMomentum(
  starts: usize, ends: usize, entries: usize, rows: i32, inner: i32, matrix: usize, matrixRow: usize,
  w: usize, s: usize, t: usize, row: usize, columns: i32, deferred: usize, step: i32,
  rate: f32, lambda: f32, mu: f32,
): void {
  const n = stepAt(deferred, step);
  store<f32>(n, -rate);
  store<f32>(n, mu, 4);
  update(
    false, starts, ends, entries, rows, inner, matrix, matrixRow, w, s, t, row, columns, deferred, step,
    rate, mu,
  );
}

/** The rule `adam` with a λ of 0: see `update`. */
export function sparseAdam(
  starts: usize, ends: usize, entries: usize, rows: i32, inner: i32, matrix: usize, matrixRow: usize,
  w: usize, s: usize, t: usize, row: usize, columns: i32, deferred: usize, step: i32,
  rate: f32, lambda: f32, oneMinusBeta1: f32, oneMinusBeta2: f32, rootScale: f32, epsilon: f32,
): void {
  const n = stepAt(deferred, step), share = stillShare(rate, rootScale, epsilon);
  store<f32>(n, -rate);
  store<f32>(n, oneMinusBeta1, 4);
  store<f32>(n, oneMinusBeta2, 8);
  store<f32>(n, rootScale, 12);
  store<f32>(n, epsilon, 16);
  store<f32>(n, share, 20);
  // The least share of the log so far.
  store<f32>(n, step > 0 ? min(share, load<f32>(stepAt(deferred, step - 1), 24)) : share, 24);
  update(
    true, starts, ends, entries, rows, inner, matrix, matrixRow, w, s, t, row, columns, deferred, step,
    0, 0,
  );
}
