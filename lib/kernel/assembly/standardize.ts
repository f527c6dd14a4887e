// @ts-nocheck This is AssemblyScript: TypeScript's syntax with WebAssembly's types. Deno's tools leave
// it alone (`exclude` in deno.json): the formatter would take the @inline away.
//
// Batch normalisation, two columns at a time. Sums, roots and quotients are computed in 64 bits; what is
// stored is rounded to 32. Vectors with one row have the row length of the matrices beside them.

import { multiplyAdd } from "./multiply_add";

/** Two numbers as doubles. */
@inline
function pair(from: usize): v128 {
  return f64x2.promote_low_f32x4(v128.load64_zero(from));
}

@inline
function storePair(to: usize, x: v128): void {
  store<i64>(to, i64x2.extract_lane(f32x4.demote_f64x2_zero(x), 0));
}

/** 1 / √(variance + epsilon). */
@inline
function inverseDeviation(variance: usize, epsilon: f64): v128 {
  return f64x2.div(f64x2.splat(1), f64x2.sqrt(f64x2.add(pair(variance), f64x2.splat(epsilon))));
}

/** Mean and variance of each column. */
export function moments(
  a: usize,
  rows: i32,
  rowBytes: usize,
  mean: usize,
  variance: usize,
): void {
  const count = f64x2.splat(<f64> rows), bytes = <usize> rows * rowBytes;
  for (let at: usize = 0; at < rowBytes; at += 8) {
    let sum = f64x2.splat(0);
    for (let r: usize = 0; r < bytes; r += rowBytes) sum = f64x2.add(sum, pair(a + r + at));
    const centre = f64x2.div(sum, count);
    let squares = f64x2.splat(0);
    for (let r: usize = 0; r < bytes; r += rowBytes) {
      const distance = f64x2.sub(pair(a + r + at), centre);
      squares = f64x2.add(squares, f64x2.mul(distance, distance));
    }
    storePair(mean + at, centre);
    storePair(variance + at, f64x2.div(squares, count));
  }
}

/** out = (a − mean) / √(variance + epsilon), column by column. */
export function standardize(
  a: usize,
  mean: usize,
  variance: usize,
  epsilon: f64,
  out: usize,
  rows: i32,
  rowBytes: usize,
): void {
  const bytes = <usize> rows * rowBytes;
  for (let at: usize = 0; at < rowBytes; at += 8) {
    const centre = pair(mean + at), inverse = inverseDeviation(variance + at, epsilon);
    for (let r: usize = 0; r < bytes; r += rowBytes) {
      storePair(out + r + at, f64x2.mul(f64x2.sub(pair(a + r + at), centre), inverse));
    }
  }
}

/** out = a · scales + shifts, row by row. */
export function scaleShift(
  a: usize,
  scales: usize,
  shifts: usize,
  out: usize,
  rows: i32,
  rowBytes: usize,
): void {
  for (let r = 0; r < rows; r++) {
    for (let at: usize = 0; at < rowBytes; at += 16, a += 16, out += 16) {
      v128.store(out, multiplyAdd(v128.load(a), v128.load(scales + at), v128.load(shifts + at)));
    }
  }
}

/** From the error of the scaled and shifted numbers to that of the numbers before `standardize`. */
export function standardizeGradient(
  normal: usize,
  variance: usize,
  epsilon: f64,
  scales: usize,
  delta: usize,
  scaleGradient: usize,
  shiftGradient: usize,
  rows: i32,
  rowBytes: usize,
): void {
  const count = f64x2.splat(<f64> rows), bytes = <usize> rows * rowBytes;
  for (let at: usize = 0; at < rowBytes; at += 8) {
    let sum = f64x2.splat(0), products = f64x2.splat(0);
    for (let r: usize = 0; r < bytes; r += rowBytes) {
      const error = pair(delta + r + at);
      sum = f64x2.add(sum, error);
      products = f64x2.add(products, f64x2.mul(error, pair(normal + r + at)));
    }
    storePair(shiftGradient + at, sum);
    storePair(scaleGradient + at, products);
    const meanError = f64x2.div(pair(shiftGradient + at), count);
    const meanProduct = f64x2.div(pair(scaleGradient + at), count);
    const factor = f64x2.mul(pair(scales + at), inverseDeviation(variance + at, epsilon));
    for (let r: usize = 0; r < bytes; r += rowBytes) {
      const centred = f64x2.sub(pair(delta + r + at), meanError);
      const rest = f64x2.mul(pair(normal + r + at), meanProduct);
      storePair(delta + r + at, f64x2.mul(factor, f64x2.sub(centred, rest)));
    }
  }
}
