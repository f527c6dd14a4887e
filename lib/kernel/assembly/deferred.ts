// @ts-nocheck This is AssemblyScript: TypeScript's syntax with WebAssembly's types. Deno's tools leave
// it alone (`exclude` in deno.json): the formatter would take the @inline away.
//
// Deferred steps. A row of weights whose pixel is black in a whole batch has no gradient: by `momentum` and
// `adam` it moves on by what the rule keeps for it. Such steps are only logged. A row makes those it has
// missed when it is next needed, one after another, with its numbers in registers: the bits are those of
// steps made in time, and reading and writing the row each time is saved.
//
// The memory of a layer's deferred steps, at `deferred`: the log, `MOST_STEPS` steps of `STEP` bytes, and
// for every row the number of logged steps that it has made. A logged step has the numbers that
// `sparseMomentum` and `sparseAdam` write.

import { multiplyAdd } from "./multiply_add";
import { adamStep, isStill } from "./update_rules";

/** Bytes of a logged step, and the most steps of a log, as in `lib/kernel/deferred_steps.ts`. */
const STEP: usize = 32, MOST_STEPS: usize = 64;

/** Address of a step in the log. */
@inline
export function stepAt(deferred: usize, step: i32): usize {
  return deferred + <usize> step * STEP;
}

/** Address of the numbers of steps that the rows have made. */
@inline
export function madeBy(deferred: usize): usize {
  return deferred + MOST_STEPS * STEP;
}

/** Steps by momentum, 32 columns. */
function momentum32(w: usize, s: usize, step: usize, end: usize): void {
  let s0 = v128.load(s), s1 = v128.load(s, 16), s2 = v128.load(s, 32), s3 = v128.load(s, 48);
  let s4 = v128.load(s, 64), s5 = v128.load(s, 80), s6 = v128.load(s, 96), s7 = v128.load(s, 112);
  const any = v128.or(
    v128.or(v128.or(s0, s1), v128.or(s2, s3)),
    v128.or(v128.or(s4, s5), v128.or(s6, s7)),
  );
  if (!v128.any_true(any)) return;
  const zero = f32x4.splat(0);
  let w0 = v128.load(w), w1 = v128.load(w, 16), w2 = v128.load(w, 32), w3 = v128.load(w, 48);
  let w4 = v128.load(w, 64), w5 = v128.load(w, 80), w6 = v128.load(w, 96), w7 = v128.load(w, 112);
  for (; step < end; step += STEP) {
    const rate = v128.load32_splat(step), keep = v128.load32_splat(step, 4);
    s0 = f32x4.mul(keep, s0);
    s1 = f32x4.mul(keep, s1);
    s2 = f32x4.mul(keep, s2);
    s3 = f32x4.mul(keep, s3);
    s4 = f32x4.mul(keep, s4);
    s5 = f32x4.mul(keep, s5);
    s6 = f32x4.mul(keep, s6);
    s7 = f32x4.mul(keep, s7);
    w0 = multiplyAdd(rate, s0, w0);
    w1 = multiplyAdd(rate, s1, w1);
    w2 = multiplyAdd(rate, s2, w2);
    w3 = multiplyAdd(rate, s3, w3);
    w4 = multiplyAdd(rate, s4, w4);
    w5 = multiplyAdd(rate, s5, w5);
    w6 = multiplyAdd(rate, s6, w6);
    w7 = multiplyAdd(rate, s7, w7);
  }
  v128.store(s, f32x4.add(s0, zero));
  v128.store(s, f32x4.add(s1, zero), 16);
  v128.store(s, f32x4.add(s2, zero), 32);
  v128.store(s, f32x4.add(s3, zero), 48);
  v128.store(s, f32x4.add(s4, zero), 64);
  v128.store(s, f32x4.add(s5, zero), 80);
  v128.store(s, f32x4.add(s6, zero), 96);
  v128.store(s, f32x4.add(s7, zero), 112);
  v128.store(w, w0);
  v128.store(w, w1, 16);
  v128.store(w, w2, 32);
  v128.store(w, w3, 48);
  v128.store(w, w4, 64);
  v128.store(w, w5, 80);
  v128.store(w, w6, 96);
  v128.store(w, w7, 112);
}

/** The same for 8 columns. */
function momentum8(w: usize, s: usize, step: usize, end: usize): void {
  const zero = f32x4.splat(0);
  let s0 = v128.load(s), s1 = v128.load(s, 16);
  if (!v128.any_true(v128.or(s0, s1))) return;
  let w0 = v128.load(w), w1 = v128.load(w, 16);
  for (; step < end; step += STEP) {
    const rate = v128.load32_splat(step), keep = v128.load32_splat(step, 4);
    s0 = f32x4.mul(keep, s0);
    s1 = f32x4.mul(keep, s1);
    w0 = multiplyAdd(rate, s0, w0);
    w1 = multiplyAdd(rate, s1, w1);
  }
  v128.store(s, f32x4.add(s0, zero));
  v128.store(s, f32x4.add(s1, zero), 16);
  v128.store(w, w0);
  v128.store(w, w1, 16);
}

/** Steps by Adam, 16 columns. */
function adam16(w: usize, s: usize, t: usize, step: usize, end: usize): void {
  let w0 = v128.load(w), w1 = v128.load(w, 16), w2 = v128.load(w, 32), w3 = v128.load(w, 48);
  let s0 = v128.load(s), s1 = v128.load(s, 16), s2 = v128.load(s, 32), s3 = v128.load(s, 48);
  let t0 = v128.load(t), t1 = v128.load(t, 16), t2 = v128.load(t, 32), t3 = v128.load(t, 48);
  for (; step < end; step += STEP) {
    const part1 = f32x4.neg(v128.load32_splat(step, 4));
    const part2 = f32x4.neg(v128.load32_splat(step, 8));
    s0 = multiplyAdd(part1, s0, s0);
    s1 = multiplyAdd(part1, s1, s1);
    s2 = multiplyAdd(part1, s2, s2);
    s3 = multiplyAdd(part1, s3, s3);
    t0 = multiplyAdd(part2, t0, t0);
    t1 = multiplyAdd(part2, t1, t1);
    t2 = multiplyAdd(part2, t2, t2);
    t3 = multiplyAdd(part2, t3, t3);
    const rate = v128.load32_splat(step), scale = v128.load32_splat(step, 12);
    const epsilon = v128.load32_splat(step, 16), share = v128.load32_splat(step, 20);
    w0 = multiplyAdd(rate, adamStep(s0, t0, w0, scale, epsilon, share), w0);
    w1 = multiplyAdd(rate, adamStep(s1, t1, w1, scale, epsilon, share), w1);
    w2 = multiplyAdd(rate, adamStep(s2, t2, w2, scale, epsilon, share), w2);
    w3 = multiplyAdd(rate, adamStep(s3, t3, w3, scale, epsilon, share), w3);
  }
  v128.store(s, s0);
  v128.store(s, s1, 16);
  v128.store(s, s2, 32);
  v128.store(s, s3, 48);
  v128.store(t, t0);
  v128.store(t, t1, 16);
  v128.store(t, t2, 32);
  v128.store(t, t3, 48);
  v128.store(w, w0);
  v128.store(w, w1, 16);
  v128.store(w, w2, 32);
  v128.store(w, w3, 48);
}

/** The same for 8 columns. */
function adam8(w: usize, s: usize, t: usize, step: usize, end: usize): void {
  let w0 = v128.load(w), w1 = v128.load(w, 16);
  let s0 = v128.load(s), s1 = v128.load(s, 16);
  let t0 = v128.load(t), t1 = v128.load(t, 16);
  for (; step < end; step += STEP) {
    const part1 = f32x4.neg(v128.load32_splat(step, 4));
    const part2 = f32x4.neg(v128.load32_splat(step, 8));
    s0 = multiplyAdd(part1, s0, s0);
    s1 = multiplyAdd(part1, s1, s1);
    t0 = multiplyAdd(part2, t0, t0);
    t1 = multiplyAdd(part2, t1, t1);
    const rate = v128.load32_splat(step), scale = v128.load32_splat(step, 12);
    const epsilon = v128.load32_splat(step, 16), share = v128.load32_splat(step, 20);
    w0 = multiplyAdd(rate, adamStep(s0, t0, w0, scale, epsilon, share), w0);
    w1 = multiplyAdd(rate, adamStep(s1, t1, w1, scale, epsilon, share), w1);
  }
  v128.store(s, s0);
  v128.store(s, s1, 16);
  v128.store(t, t0);
  v128.store(t, t1, 16);
  v128.store(w, w0);
  v128.store(w, w1, 16);
}

/** Adam's averages of 32 columns where no step changes a weight. */
function decay32(s: usize, t: usize, step: usize, end: usize): void {
  let s0 = v128.load(s), s1 = v128.load(s, 16), s2 = v128.load(s, 32), s3 = v128.load(s, 48);
  let s4 = v128.load(s, 64), s5 = v128.load(s, 80), s6 = v128.load(s, 96), s7 = v128.load(s, 112);
  let t0 = v128.load(t), t1 = v128.load(t, 16), t2 = v128.load(t, 32), t3 = v128.load(t, 48);
  let t4 = v128.load(t, 64), t5 = v128.load(t, 80), t6 = v128.load(t, 96), t7 = v128.load(t, 112);
  for (; step < end; step += STEP) {
    const part1 = f32x4.neg(v128.load32_splat(step, 4));
    const part2 = f32x4.neg(v128.load32_splat(step, 8));
    s0 = multiplyAdd(part1, s0, s0);
    s1 = multiplyAdd(part1, s1, s1);
    s2 = multiplyAdd(part1, s2, s2);
    s3 = multiplyAdd(part1, s3, s3);
    s4 = multiplyAdd(part1, s4, s4);
    s5 = multiplyAdd(part1, s5, s5);
    s6 = multiplyAdd(part1, s6, s6);
    s7 = multiplyAdd(part1, s7, s7);
    t0 = multiplyAdd(part2, t0, t0);
    t1 = multiplyAdd(part2, t1, t1);
    t2 = multiplyAdd(part2, t2, t2);
    t3 = multiplyAdd(part2, t3, t3);
    t4 = multiplyAdd(part2, t4, t4);
    t5 = multiplyAdd(part2, t5, t5);
    t6 = multiplyAdd(part2, t6, t6);
    t7 = multiplyAdd(part2, t7, t7);
  }
  v128.store(s, s0);
  v128.store(s, s1, 16);
  v128.store(s, s2, 32);
  v128.store(s, s3, 48);
  v128.store(s, s4, 64);
  v128.store(s, s5, 80);
  v128.store(s, s6, 96);
  v128.store(s, s7, 112);
  v128.store(t, t0);
  v128.store(t, t1, 16);
  v128.store(t, t2, 32);
  v128.store(t, t3, 48);
  v128.store(t, t4, 64);
  v128.store(t, t5, 80);
  v128.store(t, t6, 96);
  v128.store(t, t7, 112);
}

/** Whether no logged step changes a weight in `bytes` bytes; `share` is the smallest of the log. */
@inline
function areStill(w: usize, s: usize, t: usize, bytes: usize, share: v128): bool {
  for (const end = s + bytes; s < end; s += 16, w += 16, t += 16) {
    if (!isStill(v128.load(w), v128.load(s), v128.load(t), share)) return false;
  }
  return true;
}

/** Whether `bytes` bytes of both averages are 0. */
@inline
function areZero(s: usize, t: usize, bytes: usize): bool {
  for (const end = s + bytes; s < end; s += 16, t += 16) {
    if (v128.any_true(v128.or(v128.load(s), v128.load(t)))) return false;
  }
  return true;
}

/** The logged steps from `step` to `end` of `bytes` bytes of a row. */
@inline
function move(
  adam: bool, w: usize, s: usize, t: usize, bytes: usize, step: usize, end: usize,
): void {
  let at: usize = 0;
  if (adam) {
    const share = v128.load32_splat(end - STEP, 24);
    for (; at + 128 <= bytes; at += 128) {
      if (!areStill(w + at, s + at, t + at, 128, share)) {
        adam16(w + at, s + at, t + at, step, end);
        adam16(w + at + 64, s + at + 64, t + at + 64, step, end);
      } else if (!areZero(s + at, t + at, 128)) decay32(s + at, t + at, step, end);
    }
    for (; at < bytes; at += 32) {
      if (!areZero(s + at, t + at, 32) || !areStill(w + at, s + at, t + at, 32, share)) {
        adam8(w + at, s + at, t + at, step, end);
      }
    }
  } else {
    for (; at + 128 <= bytes; at += 128) momentum32(w + at, s + at, step, end);
    for (; at < bytes; at += 32) momentum8(w + at, s + at, step, end);
  }
}

function moveByMomentum(w: usize, s: usize, bytes: usize, step: usize, end: usize): void {
  move(false, w, s, 0, bytes, step, end);
}
function moveByAdam(
  w: usize, s: usize, t: usize, bytes: usize, step: usize, end: usize,
): void {
  move(true, w, s, t, bytes, step, end);
}

/** The logged steps, of `steps`, that `bytes` bytes of a row have missed. */
@inline
function moveOn(
  adam: i32, deferred: usize, made: i32, steps: i32, w: usize, s: usize, t: usize, bytes: usize,
): void {
  const step = stepAt(deferred, made), end = stepAt(deferred, steps);
  if (adam) moveByAdam(w, s, t, bytes, step, end);
  else moveByMomentum(w, s, bytes, step, end);
}

/**
 * Makes the steps of the log, `steps` of them, that rows have missed: the rows that have entries in an index of
 * a single tile. They count as having made `made` steps then: one more before a step of their own.
 */
export function catchUp(
  adam: i32, deferred: usize, steps: i32, made: i32, starts: usize, ends: usize, rows: i32,
  w: usize, s: usize, t: usize, row: usize, columns: i32,
): void {
  let count = madeBy(deferred);
  for (let first = 0; first < rows; first += 4, starts += 16, ends += 16, count += 16) {
    // What is behind the last row does not matter.
    const haveEntries = i32x4.lt_u(v128.load(starts), v128.load(ends)), before = v128.load(count);
    const areLate = v128.and(haveEntries, i32x4.lt_s(before, i32x4.splat(steps)));
    if (v128.any_true(areLate)) {
      const late = i32x4.bitmask(areLate), end = min(4, rows - first);
      for (let r = 0; r < end; r++) {
        if (!(late >> r & 1)) continue;
        const by = <usize> (first + r) * row, from = load<i32>(count + (<usize> r << 2));
        moveOn(adam, deferred, from, steps, w + by, s + by, t + by, <usize> columns << 2);
      }
    }
    v128.store(count, v128.bitselect(i32x4.splat(made), before, haveEntries));
  }
}

/** Makes the missed steps of all rows. Their counts stay, as several threads read them, for columns of their own. */
export function settle(
  adam: i32, deferred: usize, steps: i32, rows: i32,
  w: usize, s: usize, t: usize, row: usize, columns: i32,
): void {
  let count = madeBy(deferred);
  for (const end = count + (<usize> rows << 2); count < end; count += 4) {
    const made = load<i32>(count);
    if (made < steps) moveOn(adam, deferred, made, steps, w, s, t, <usize> columns << 2);
    w += row;
    s += row;
    t += row;
  }
}
