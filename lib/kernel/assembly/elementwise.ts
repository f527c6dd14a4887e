// @ts-nocheck This is AssemblyScript: TypeScript's syntax with WebAssembly's types. Deno's tools leave
// it alone (`exclude` in deno.json): the formatter would take the @inline away.
//
// What happens to single numbers: biases, activations, losses. The exponential and the logarithm
// take the same steps in the same order as `lib/base/elementary.ts`, in 64 bits, so that both
// kernels give the same bits; only the activations' results are rounded to 32.

import { blend } from "./combine";

const LOG2_E: f64 = 1.4426950408889634;
const LN2_HIGH: f64 = 6.93147180369123816490e-01;
const LN2_LOW: f64 = 1.90821492927058770002e-10;

@inline
function horner(sum: v128, r: v128, coefficient: f64): v128 {
  return f64x2.add(f64x2.mul(sum, r), f64x2.splat(coefficient));
}

/** eˣ of two numbers. */
@inline
function exp2(x: v128): v128 {
  // What lies outside −708…709 (or is not a number) is put right at the end.
  const inside = f64x2.max(f64x2.min(x, f64x2.splat(709)), f64x2.splat(-708));
  const n = f64x2.floor(f64x2.add(f64x2.mul(inside, f64x2.splat(LOG2_E)), f64x2.splat(0.5)));
  const r = f64x2.sub(
    f64x2.sub(inside, f64x2.mul(n, f64x2.splat(LN2_HIGH))),
    f64x2.mul(n, f64x2.splat(LN2_LOW)),
  );
  let sum = f64x2.splat(1.6059043836821613e-10);
  sum = horner(sum, r, 2.08767569878681e-09);
  sum = horner(sum, r, 2.505210838544172e-08);
  sum = horner(sum, r, 2.755731922398589e-07);
  sum = horner(sum, r, 2.7557319223985893e-06);
  sum = horner(sum, r, 2.48015873015873e-05);
  sum = horner(sum, r, 1.984126984126984e-04);
  sum = horner(sum, r, 1.388888888888889e-03);
  sum = horner(sum, r, 8.333333333333333e-03);
  sum = horner(sum, r, 4.1666666666666664e-02);
  sum = horner(sum, r, 1.6666666666666666e-01);
  sum = horner(sum, r, 0.5);
  sum = horner(sum, r, 1);
  sum = horner(sum, r, 1);
  // 2ⁿ: n + 1023 is added to a number whose low bits then hold it as an integer, and moved into place.
  const biased = f64x2.add(n, f64x2.splat(4503599627370496 + 1023));
  const power = i64x2.shl(biased, 52);
  let result = f64x2.mul(sum, power);
  result = v128.bitselect(f64x2.splat(Infinity), result, f64x2.gt(x, f64x2.splat(709)));
  result = v128.andnot(result, f64x2.lt(x, f64x2.splat(-708)));
  return v128.bitselect(x, result, f64x2.ne(x, x));
}

/** eˣ of one number. */
@inline
function exp(x: f64): f64 {
  return f64x2.extract_lane(exp2(f64x2.splat(x)), 0);
}

/** ln x for x of 1 or more (a sum of exponentials whose largest is 1), or NaN. */
function log(x: f64): f64 {
  if (x != x || x == Infinity) return x;
  const word = reinterpret<u64>(x);
  let exponent = <f64> (<i64> (word >> 52) - 1023);
  let m = reinterpret<f64>((word & 0xfffffffffffff) | 0x3ff0000000000000);
  if (m > 1.4142135623730951) {
    m *= 0.5;
    exponent += 1;
  }
  const s = (m - 1) / (m + 1);
  const s2 = s * s;
  let sum = (<f64> 1 / 23) * s2;
  sum = (sum + <f64> 1 / 21) * s2;
  sum = (sum + <f64> 1 / 19) * s2;
  sum = (sum + <f64> 1 / 17) * s2;
  sum = (sum + <f64> 1 / 15) * s2;
  sum = (sum + <f64> 1 / 13) * s2;
  sum = (sum + <f64> 1 / 11) * s2;
  sum = (sum + <f64> 1 / 9) * s2;
  sum = (sum + <f64> 1 / 7) * s2;
  sum = (sum + <f64> 1 / 5) * s2;
  sum = (sum + <f64> 1 / 3) * s2;
  return exponent * LN2_HIGH + (2 * s + (2 * s * sum + exponent * LN2_LOW));
}

@inline
function sigmoid2(x: v128): v128 {
  const one = f64x2.splat(1);
  return f64x2.div(one, f64x2.add(one, exp2(f64x2.neg(x))));
}

@inline
function tanh2(x: v128): v128 {
  const one = f64x2.splat(1), two = f64x2.splat(2);
  const far = f64x2.sub(one, f64x2.div(two, f64x2.add(exp2(f64x2.mul(two, x)), one)));
  const x2 = f64x2.mul(x, x);
  let sum = f64x2.add(
    f64x2.splat(0.13333333333333333),
    f64x2.mul(x2, f64x2.splat(-0.05396825396825397)),
  );
  sum = f64x2.add(f64x2.splat(-0.3333333333333333), f64x2.mul(x2, sum));
  const near = f64x2.mul(x, f64x2.add(one, f64x2.mul(x2, sum)));
  return v128.bitselect(near, far, f64x2.lt(f64x2.abs(x), f64x2.splat(0.0078125)));
}

/** Two halves of a vector of floats as doubles, and back. */
@inline
function high(x: v128): v128 {
  return v128.shuffle<f32>(x, x, 2, 3, 0, 1);
}

@inline
function narrow(low: v128, high: v128): v128 {
  return v128.shuffle<f32>(
    f32x4.demote_f64x2_zero(low),
    f32x4.demote_f64x2_zero(high),
    0,
    1,
    4,
    5,
  );
}

// Activations, by their place in ACTIVATIONS of `lib/kernel/kernel.ts`.
const RELU = 0, LEAKY_RELU = 1, SIGMOID = 2, TANH = 3;

/** out = f(z) over `bytes` bytes. */
export function activate(kind: i32, slope: f32, z: usize, out: usize, bytes: usize): void {
  const zero = f32x4.splat(0), factor = f32x4.splat(slope);
  const end = z + bytes;
  if (kind == RELU) {
    for (; z < end; z += 16, out += 16) v128.store(out, f32x4.max(v128.load(z), zero));
  } else if (kind == LEAKY_RELU) {
    for (; z < end; z += 16, out += 16) {
      const x = v128.load(z);
      v128.store(out, v128.bitselect(x, f32x4.mul(factor, x), f32x4.gt(x, zero)));
    }
  } else if (kind == SIGMOID) {
    for (; z < end; z += 16, out += 16) {
      const x = v128.load(z);
      const low = sigmoid2(f64x2.promote_low_f32x4(x));
      v128.store(out, narrow(low, sigmoid2(f64x2.promote_low_f32x4(high(x)))));
    }
  } else if (kind == TANH) {
    for (; z < end; z += 16, out += 16) {
      const x = v128.load(z);
      const low = tanh2(f64x2.promote_low_f32x4(x));
      v128.store(out, narrow(low, tanh2(f64x2.promote_low_f32x4(high(x)))));
    }
  } else {
    memory.copy(out, z, bytes);
  }
}

/** delta = delta ⊙ f′, with f′ told from a = f(z). */
export function activationGradient(
  kind: i32,
  slope: f32,
  a: usize,
  delta: usize,
  bytes: usize,
): void {
  const zero = f32x4.splat(0), one = f32x4.splat(1), factor = f32x4.splat(slope);
  const end = a + bytes;
  if (kind == RELU) {
    for (; a < end; a += 16, delta += 16) {
      const f = v128.and(one, f32x4.gt(v128.load(a), zero));
      v128.store(delta, f32x4.mul(v128.load(delta), f));
    }
  } else if (kind == LEAKY_RELU) {
    for (; a < end; a += 16, delta += 16) {
      const f = v128.bitselect(one, factor, f32x4.gt(v128.load(a), zero));
      v128.store(delta, f32x4.mul(v128.load(delta), f));
    }
  } else if (kind == SIGMOID) {
    for (; a < end; a += 16, delta += 16) {
      const x = v128.load(a);
      const f = f32x4.mul(x, f32x4.sub(one, x));
      v128.store(delta, f32x4.mul(v128.load(delta), f));
    }
  } else if (kind == TANH) {
    for (; a < end; a += 16, delta += 16) {
      const x = v128.load(a);
      const f = f32x4.sub(one, f32x4.mul(x, x));
      v128.store(delta, f32x4.mul(v128.load(delta), f));
    }
  }
}

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

/** e^(score − largest) of a row into `to` (doubles); returns their sum, in order. */
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

/** Each row of `out` = softmax of the row of scores; `scratch` holds a row of doubles. */
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
