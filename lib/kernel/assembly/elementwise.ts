// @ts-nocheck This is AssemblyScript: TypeScript's syntax with WebAssembly's types. Deno's tools leave
// it alone (`exclude` in deno.json): the formatter would take the @inline away.
//
// Element-wise operations: biases and losses. The losses are computed in 64 bits; only the resulting
// errors are rounded to 32.

import { blend } from "./combine";
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
  for (let at: usize = 0; at < rowBytes; at += 16) {
    let sum = f32x4.splat(0);
    for (let r = 0; r < rows; r++) sum = f32x4.add(sum, v128.load(a + <usize> r * rowBytes + at));
    blend(factor, sum, beta, out + at);
  }
}

@inline
function at(row: usize, column: i32): f64 {
  return <f64> load<f32>(row + (<usize> column << 2));
}

function largestOf(row: usize, columns: i32): f64 {
  let largest = -Infinity;
  for (let c = 0; c < columns; c++) largest = max(largest, at(row, c));
  return largest;
}

/** Writes e^(score − largest) of a row to `to` (doubles); returns their sum, in order. */
function exponentials(row: usize, columns: i32, largest: f64, to: usize): f64 {
  const shift = f64x2.splat(largest);
  for (let c = 0; c < columns; c += 2) {
    const pair = f64x2.promote_low_f32x4(v128.load64_zero(row + (<usize> c << 2)));
    v128.store(to + (<usize> c << 3), exp2(f64x2.sub(pair, shift)));
  }
  let sum: f64 = 0;
  for (let c = 0; c < columns; c++) sum += load<f64>(to + (<usize> c << 3));
  return sum;
}

/** Row by row, out = softmax(scores); `scratch` holds a row of doubles. */
export function softmax(
  scores: usize,
  out: usize,
  rows: i32,
  columns: i32,
  rowBytes: usize,
  scratch: usize,
): void {
  for (let r = 0; r < rows; r++) {
    const sum = exponentials(scores, columns, largestOf(scores, columns), scratch);
    for (let c = 0; c < columns; c++) {
      store<f32>(out + (<usize> c << 2), <f32> (load<f64>(scratch + (<usize> c << 3)) / sum));
    }
    scores += rowBytes;
    out += rowBytes;
  }
}

/** Softmax with cross-entropy: delta = (softmax − targets) · scale; returns the sum of the losses. */
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
  let total: f64 = 0;
  for (let r = 0; r < rows; r++) {
    const largest = largestOf(scores, columns);
    const sum = exponentials(scores, columns, largest, scratch);
    const logSum = log(sum);
    let loss: f64 = 0;
    for (let c = 0; c < columns; c++) {
      const target = at(targets, c);
      if (target != 0) loss -= target * (at(scores, c) - largest - logSum);
      const probability = load<f64>(scratch + (<usize> c << 3)) / sum;
      store<f32>(delta + (<usize> c << 2), <f32> ((probability - target) * scale));
    }
    total += loss;
    scores += rowBytes;
    targets += rowBytes;
    delta += rowBytes;
  }
  return total;
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
