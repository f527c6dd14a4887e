// @ts-nocheck This is AssemblyScript: TypeScript's syntax with WebAssembly's types. Deno's tools leave
// it alone (`exclude` in deno.json): the formatter would take the @inline away.
//
// Element-wise operations: biases and losses. The losses are computed in 64 bits; only the resulting
// errors are rounded to 32.

import { blendPair } from "./combine";
import { exp2, log, log1px2, sigmoid2 } from "./elementary";

/** Adds the row `bias` to each row of `out`. */
export function addRow(bias: usize, out: usize, rows: i32, rowBytes: usize): void {
  for (let r = 0; r < rows; r++) {
    for (let at: usize = 0; at < rowBytes; at += 16, out += 16) {
      v128.store(out, f32x4.add(v128.load(out), v128.load(bias + at)));
    }
  }
}

/** out = alpha · (sum of the rows of a) + beta · out. */
export function columnSums(
  alpha: f32,
  a: usize,
  rows: i32,
  rowBytes: usize,
  beta: f32,
  out: usize,
): void {
  const factor = f32x4.splat(alpha);
  for (let at: usize = 0; at < rowBytes; at += 32) {
    let sum0 = f32x4.splat(0), sum1 = sum0, from = a + at;
    for (let r = 0; r < rows; r++, from += rowBytes) {
      sum0 = f32x4.add(sum0, v128.load(from));
      sum1 = f32x4.add(sum1, v128.load(from, 16));
    }
    blendPair(factor, sum0, sum1, beta, out + at);
  }
}

@inline
function at(row: usize, column: i32): f64 {
  return <f64> load<f32>(row + (<usize> column << 2));
}

/** The largest of a row, whose padding does not count. */
@inline
function largestOf(row: usize, columns: i32): f32 {
  const end = row + (<usize> columns << 2);
  let four = f32x4.splat(-Infinity);
  for (; row + 16 <= end; row += 16) four = f32x4.max(four, v128.load(row));
  for (; row < end; row += 4) four = f32x4.max(four, v128.load32_splat(row));
  const two = f32x4.max(four, v128.shuffle<f32>(four, four, 2, 3, 0, 1));
  return f32x4.extract_lane(f32x4.max(two, v128.shuffle<f32>(two, two, 1, 0, 1, 0)), 0);
}

/**
 * Rows that the functions with exponentials take together: each step of a row waits for the one before, so
 * a step is made for all of them.
 */
const GROUP: i32 = 16;

/** Bytes of a row of doubles, in fours. */
@inline
function pitchOf(columns: i32): usize {
  return <usize> (columns + 3 & ~3) << 3;
}

/** score − largest of each row, as doubles. */
function shiftRows(scores: usize, rows: i32, columns: i32, rowBytes: usize, to: usize): void {
  const pitch = pitchOf(columns);
  for (let r = 0; r < rows; r++, scores += rowBytes) {
    const shift = f64x2.splat(<f64> largestOf(scores, columns));
    for (let at: usize = 0; at < pitch; at += 16, to += 16) {
      const pair = f64x2.promote_low_f32x4(v128.load64_zero(scores + (at >> 1)));
      v128.store(to, f64x2.sub(pair, shift));
    }
  }
}

/** eˣ of `bytes` bytes of doubles, a multiple of 32. */
function powers(x: usize, to: usize, bytes: usize): void {
  for (const end = x + bytes; x < end; x += 32, to += 32) {
    const e0 = exp2(v128.load(x)), e1 = exp2(v128.load(x, 16));
    v128.store(to, e0);
    v128.store(to, e1, 16);
  }
}

/** The sum of each row of doubles, in order. */
function sumRows(row: usize, rows: i32, columns: i32, to: usize): void {
  const pitch = pitchOf(columns);
  for (const end = row + <usize> rows * pitch; row < end; row += pitch, to += 8) {
    let sum: f64 = 0;
    for (let c: usize = 0; c < <usize> columns << 3; c += 8) sum += load<f64>(row + c);
    store<f64>(to, sum);
  }
}

/** Row by row, out = softmax(scores); `scratch` holds sixteen rows of doubles twice, and their sums. */
export function softmax(
  scores: usize,
  out: usize,
  rows: i32,
  columns: i32,
  rowBytes: usize,
  scratch: usize,
): void {
  const pitch = pitchOf(columns), all = <usize> GROUP * pitch;
  const exponentials = scratch + all, sums = exponentials + all;
  for (; rows > 0; rows -= GROUP) {
    const count = min(rows, GROUP);
    shiftRows(scores, count, columns, rowBytes, scratch);
    powers(scratch, exponentials, <usize> count * pitch);
    sumRows(exponentials, count, columns, sums);
    for (let r: usize = 0; r < <usize> count; r++, out += rowBytes) {
      const sum = load<f64>(sums + (r << 3));
      for (let c: usize = 0; c < <usize> columns; c++) {
        store<f32>(out + (c << 2), <f32> (load<f64>(exponentials + r * pitch + (c << 3)) / sum));
      }
    }
    scores += <usize> GROUP * rowBytes;
  }
}

/**
 * Softmax with cross-entropy: delta = (softmax − targets) · scale; returns the sum of the losses. `scratch`
 * as in `softmax`.
 */
export function crossEntropy(
  scores: usize,
  targets: usize,
  scale: f64,
  delta: usize,
  rows: i32,
  columns: i32,
  rowBytes: usize,
  scratch: usize,
): f64 {
  const pitch = pitchOf(columns), all = <usize> GROUP * pitch;
  const exponentials = scratch + all, sums = exponentials + all;
  let total: f64 = 0;
  for (; rows > 0; rows -= GROUP) {
    const count = min(rows, GROUP);
    shiftRows(scores, count, columns, rowBytes, scratch);
    powers(scratch, exponentials, <usize> count * pitch);
    sumRows(exponentials, count, columns, sums);
    for (let r: usize = 0; r < <usize> count; r++) {
      const at = r * pitch, sum = load<f64>(sums + (r << 3));
      total += crossEntropyOf(scratch + at, exponentials + at, sum, targets, scale, delta, columns);
      targets += rowBytes;
      delta += rowBytes;
    }
    scores += <usize> GROUP * rowBytes;
  }
  return total;
}

/** The loss of a row, given score − largest, their exponentials and the sum of these. */
@inline
function crossEntropyOf(
  shifted: usize, exponentials: usize, sum: f64, targets: usize, scale: f64, delta: usize, columns: i32,
): f64 {
  const sums = f64x2.splat(sum), logSums = f64x2.splat(log(sum));
  const zero = f64x2.splat(0), factor = f64x2.splat(scale);
  let loss: f64 = 0;
  for (let c = 0; c < columns; c += 2) {
    const column = <usize> c << 2;
    const target = f64x2.promote_low_f32x4(v128.load64_zero(targets + column));
    const probability = f64x2.div(v128.load(exponentials + 2 * column), sums);
    const error = f64x2.mul(f64x2.sub(probability, target), factor);
    // A target of 0 counts as 0, without a branch: 0 · −∞ would be NaN.
    const terms = f64x2.mul(target, f64x2.sub(v128.load(shifted + 2 * column), logSums));
    const losses = v128.and(terms, f64x2.ne(target, zero));
    loss -= f64x2.extract_lane(losses, 0);
    if (c + 1 < columns) {
      loss -= f64x2.extract_lane(losses, 1);
      v128.store64_lane(delta + column, f32x4.demote_f64x2_zero(error), 0);
    } else v128.store32_lane(delta + column, f32x4.demote_f64x2_zero(error), 0);
  }
  return loss;
}

/** Sigmoid with binary cross-entropy: delta = (σ − targets) · scale; returns the sum of the losses. */
export function binaryCrossEntropy(
  scores: usize,
  targets: usize,
  scale: f64,
  delta: usize,
  rows: i32,
  columns: i32,
  rowBytes: usize,
): f64 {
  let total: f64 = 0;
  for (let r = 0; r < rows; r++) {
    let loss: f64 = 0;
    for (let c = 0; c < columns; c += 2) {
      const column = <usize> c << 2;
      const score = f64x2.promote_low_f32x4(v128.load64_zero(scores + column));
      const target = f64x2.promote_low_f32x4(v128.load64_zero(targets + column));
      const linear = f64x2.sub(f64x2.max(score, f64x2.splat(0)), f64x2.mul(score, target));
      const losses = f64x2.add(linear, log1px2(exp2(f64x2.neg(f64x2.abs(score)))));
      const error = f64x2.mul(f64x2.sub(sigmoid2(score), target), f64x2.splat(scale));
      loss += f64x2.extract_lane(losses, 0);
      store<f32>(delta + column, <f32> f64x2.extract_lane(error, 0));
      if (c + 1 == columns) break;
      loss += f64x2.extract_lane(losses, 1);
      store<f32>(delta + column, <f32> f64x2.extract_lane(error, 1), 4);
    }
    total += loss;
    scores += rowBytes;
    targets += rowBytes;
    delta += rowBytes;
  }
  return total;
}

/** Half the squared distance: delta = (outputs − targets) · scale; returns the sum of the losses. */
export function squaredError(
  outputs: usize,
  targets: usize,
  scale: f64,
  delta: usize,
  rows: i32,
  columns: i32,
  rowBytes: usize,
): f64 {
  let total: f64 = 0;
  for (let r = 0; r < rows; r++) {
    let loss: f64 = 0;
    for (let c = 0; c < columns; c++) {
      const error = at(outputs, c) - at(targets, c);
      loss += error * error;
      store<f32>(delta + (<usize> c << 2), <f32> (error * scale));
    }
    total += 0.5 * loss;
    outputs += rowBytes;
    targets += rowBytes;
    delta += rowBytes;
  }
  return total;
}
