// @ts-nocheck This is AssemblyScript: TypeScript's syntax with WebAssembly's types. Deno's tools leave
// it alone (`exclude` in deno.json): the formatter would take the @inline away.
//
// The activations of `lib/kernel/activations.ts`, by name: NAME for out = f(z) and NAMESlope for
// delta = delta ⊙ f′(z), given a = f(z), both over `bytes` bytes. Formulas in 64 bits there are computed
// in 64 bits here, in the same order; only the result is rounded to 32.

import { exp2, expm1x2, log1px2, sigmoid2, tanh2 } from "./elementary";

/** Converts the halves of a vector of floats to doubles, and back. */
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

@inline
function low(x: v128): v128 {
  return f64x2.promote_low_f32x4(x);
}

/** delta ⊙ slope for four numbers. */
@inline
function multiply(delta: usize, slope: v128): void {
  v128.store(delta, f32x4.mul(v128.load(delta), slope));
}

export function relu(z: usize, out: usize, bytes: usize, _: f32): void {
  for (const end = z + bytes; z < end; z += 16, out += 16) {
    const x = v128.load(z);
    v128.store(out, f32x4.max(x, f32x4.splat(0)));
  }
}

export function reluSlope(z: usize, a: usize, delta: usize, bytes: usize, _: f32): void {
  for (const end = z + bytes; z < end; z += 16, a += 16, delta += 16) {
    const x = v128.load(a);
    multiply(delta, v128.and(f32x4.splat(1), f32x4.gt(x, f32x4.splat(0))));
  }
}

export function leakyRelu(z: usize, out: usize, bytes: usize, slope: f32): void {
  const factor = f32x4.splat(slope);
  for (const end = z + bytes; z < end; z += 16, out += 16) {
    const x = v128.load(z);
    v128.store(out, v128.bitselect(x, f32x4.mul(factor, x), f32x4.gt(x, f32x4.splat(0))));
  }
}

export function leakyReluSlope(z: usize, a: usize, delta: usize, bytes: usize, slope: f32): void {
  const one = f32x4.splat(1), factor = f32x4.splat(slope);
  for (const end = z + bytes; z < end; z += 16, a += 16, delta += 16) {
    const x = v128.load(z);
    multiply(delta, v128.bitselect(one, factor, f32x4.gt(x, f32x4.splat(0))));
  }
}

@inline
function elu2(x: v128, alpha: v128): v128 {
  return v128.bitselect(x, f64x2.mul(alpha, expm1x2(x)), f64x2.gt(x, f64x2.splat(0)));
}

@inline
function eluSlope2(x: v128, alpha: v128): v128 {
  return v128.bitselect(f64x2.splat(1), f64x2.mul(alpha, exp2(x)), f64x2.gt(x, f64x2.splat(0)));
}

export function elu(z: usize, out: usize, bytes: usize, alpha: f32): void {
  const p = f64x2.splat(alpha);
  for (const end = z + bytes; z < end; z += 16, out += 16) {
    const x = v128.load(z);
    v128.store(out, narrow(elu2(low(x), p), elu2(low(high(x)), p)));
  }
}

export function eluSlope(z: usize, a: usize, delta: usize, bytes: usize, alpha: f32): void {
  const p = f64x2.splat(alpha);
  for (const end = z + bytes; z < end; z += 16, a += 16, delta += 16) {
    const x = v128.load(z);
    multiply(delta, narrow(eluSlope2(low(x), p), eluSlope2(low(high(x)), p)));
  }
}

const SELU_SCALE: f64 = 1.0507009873554805;
const SELU_STEEP: f64 = 1.7580993408473768;

@inline
function selu2(x: v128): v128 {
  const above = f64x2.mul(f64x2.splat(SELU_SCALE), x);
  const below = f64x2.mul(f64x2.splat(SELU_STEEP), expm1x2(x));
  return v128.bitselect(above, below, f64x2.gt(x, f64x2.splat(0)));
}

@inline
function seluSlope2(x: v128): v128 {
  const below = f64x2.mul(f64x2.splat(SELU_STEEP), exp2(x));
  return v128.bitselect(f64x2.splat(SELU_SCALE), below, f64x2.gt(x, f64x2.splat(0)));
}

export function selu(z: usize, out: usize, bytes: usize, _: f32): void {
  for (const end = z + bytes; z < end; z += 16, out += 16) {
    const x = v128.load(z);
    v128.store(out, narrow(selu2(low(x)), selu2(low(high(x)))));
  }
}

export function seluSlope(z: usize, a: usize, delta: usize, bytes: usize, _: f32): void {
  for (const end = z + bytes; z < end; z += 16, a += 16, delta += 16) {
    const x = v128.load(z);
    multiply(delta, narrow(seluSlope2(low(x)), seluSlope2(low(high(x)))));
  }
}

const GELU_SCALE: f64 = 1.5957691216057308;
const GELU_CUBE: f64 = 0.044715;

/** σ(2 √(2/π) (x + 0.044715 x³)) of two numbers. */
@inline
function geluSigmoid2(x: v128): v128 {
  const cube = f64x2.mul(f64x2.mul(x, x), x);
  const inner = f64x2.add(x, f64x2.mul(f64x2.splat(GELU_CUBE), cube));
  return sigmoid2(f64x2.mul(f64x2.splat(GELU_SCALE), inner));
}

@inline
function gelu2(x: v128): v128 {
  return f64x2.mul(x, geluSigmoid2(x));
}

@inline
function geluSlope2(x: v128): v128 {
  const one = f64x2.splat(1), s = geluSigmoid2(x);
  const cubes = f64x2.mul(f64x2.splat(3 * GELU_CUBE), f64x2.mul(x, x));
  const inner = f64x2.mul(f64x2.splat(GELU_SCALE), f64x2.add(one, cubes));
  const steep = f64x2.mul(x, f64x2.mul(s, f64x2.sub(one, s)));
  return f64x2.add(s, f64x2.mul(steep, inner));
}

export function gelu(z: usize, out: usize, bytes: usize, _: f32): void {
  for (const end = z + bytes; z < end; z += 16, out += 16) {
    const x = v128.load(z);
    v128.store(out, narrow(gelu2(low(x)), gelu2(low(high(x)))));
  }
}

export function geluSlope(z: usize, a: usize, delta: usize, bytes: usize, _: f32): void {
  for (const end = z + bytes; z < end; z += 16, a += 16, delta += 16) {
    const x = v128.load(z);
    multiply(delta, narrow(geluSlope2(low(x)), geluSlope2(low(high(x)))));
  }
}

@inline
function swish2(x: v128, beta: v128): v128 {
  return f64x2.mul(x, sigmoid2(f64x2.mul(beta, x)));
}

@inline
function swishSlope2(x: v128, beta: v128): v128 {
  const one = f64x2.splat(1), inner = f64x2.mul(beta, x);
  const s = sigmoid2(inner);
  return f64x2.mul(s, f64x2.add(one, f64x2.mul(inner, f64x2.sub(one, s))));
}

export function swish(z: usize, out: usize, bytes: usize, beta: f32): void {
  const p = f64x2.splat(beta);
  for (const end = z + bytes; z < end; z += 16, out += 16) {
    const x = v128.load(z);
    v128.store(out, narrow(swish2(low(x), p), swish2(low(high(x)), p)));
  }
}

export function swishSlope(z: usize, a: usize, delta: usize, bytes: usize, beta: f32): void {
  const p = f64x2.splat(beta);
  for (const end = z + bytes; z < end; z += 16, a += 16, delta += 16) {
    const x = v128.load(z);
    multiply(delta, narrow(swishSlope2(low(x), p), swishSlope2(low(high(x)), p)));
  }
}

@inline
function softplus2(x: v128): v128 {
  const far = f64x2.max(x, f64x2.splat(0));
  return f64x2.add(far, log1px2(exp2(f64x2.neg(f64x2.abs(x)))));
}

export function softplus(z: usize, out: usize, bytes: usize, _: f32): void {
  for (const end = z + bytes; z < end; z += 16, out += 16) {
    const x = v128.load(z);
    v128.store(out, narrow(softplus2(low(x)), softplus2(low(high(x)))));
  }
}

export function softplusSlope(z: usize, a: usize, delta: usize, bytes: usize, _: f32): void {
  for (const end = z + bytes; z < end; z += 16, a += 16, delta += 16) {
    const x = v128.load(z);
    multiply(delta, narrow(sigmoid2(low(x)), sigmoid2(low(high(x)))));
  }
}

export function sigmoid(z: usize, out: usize, bytes: usize, _: f32): void {
  for (const end = z + bytes; z < end; z += 16, out += 16) {
    const x = v128.load(z);
    v128.store(out, narrow(sigmoid2(low(x)), sigmoid2(low(high(x)))));
  }
}

export function sigmoidSlope(z: usize, a: usize, delta: usize, bytes: usize, _: f32): void {
  for (const end = z + bytes; z < end; z += 16, a += 16, delta += 16) {
    const x = v128.load(a);
    multiply(delta, f32x4.mul(x, f32x4.sub(f32x4.splat(1), x)));
  }
}

export function tanh(z: usize, out: usize, bytes: usize, _: f32): void {
  for (const end = z + bytes; z < end; z += 16, out += 16) {
    const x = v128.load(z);
    v128.store(out, narrow(tanh2(low(x)), tanh2(low(high(x)))));
  }
}

export function tanhSlope(z: usize, a: usize, delta: usize, bytes: usize, _: f32): void {
  for (const end = z + bytes; z < end; z += 16, a += 16, delta += 16) {
    const x = v128.load(a);
    multiply(delta, f32x4.sub(f32x4.splat(1), f32x4.mul(x, x)));
  }
}

export function identity(z: usize, out: usize, bytes: usize, _: f32): void {
  memory.copy(out, z, bytes);
}

export function identitySlope(z: usize, a: usize, delta: usize, bytes: usize, _: f32): void {}
