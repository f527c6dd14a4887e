// @ts-nocheck This is AssemblyScript: TypeScript's syntax with WebAssembly's types. Deno's tools leave
// it alone (`exclude` in deno.json): the formatter would take the @inline away.
//
// The rules of `lib/kernel/update_rules.ts`, by name, over `bytes` bytes: of `g`, of `w`, which changes,
// and of two matrices `s` and `t` that the rule keeps or does not have. The rule's numbers follow.
//
// Vectors are written in pairs, both read before either is written, so that V8 makes one 256-bit vector
// of a pair (see combine.ts).

import { multiplyAdd } from "./multiply_add";

/** s + part · (x − s) */
@inline
function toward(s: v128, x: v128, part: v128): v128 {
  return multiplyAdd(part, f32x4.sub(x, s), s);
}

/** s + part · (x² − s) */
@inline
function towardSquare(s: v128, x: v128, part: v128): v128 {
  return multiplyAdd(part, multiplyAdd(x, x, f32x4.neg(s)), s);
}

/** −1, 0 or 1 */
@inline
function sign(x: v128): v128 {
  const zero = f32x4.splat(0), one = f32x4.splat(1);
  return f32x4.sub(v128.and(one, f32x4.gt(x, zero)), v128.and(one, f32x4.lt(x, zero)));
}

/** x / (√s + ε) */
@inline
function overRoot(x: v128, s: v128, epsilon: v128): v128 {
  return f32x4.div(x, f32x4.add(f32x4.sqrt(s), epsilon));
}

@inline
function storePair(to: usize, x0: v128, x1: v128): void {
  v128.store(to, x0);
  v128.store(to, x1, 16);
}

@inline
function velocityOf(g: v128, w: v128, s: v128, lambda: v128, mu: v128): v128 {
  return multiplyAdd(lambda, w, f32x4.add(g, f32x4.mul(mu, s)));
}

export function momentum(
  g: usize, w: usize, s: usize, t: usize, bytes: usize, rate: f32, lambda: f32, mu: f32,
): void {
  const step = f32x4.splat(-rate), penalty = f32x4.splat(lambda), keep = f32x4.splat(mu);
  for (const end = g + bytes; g < end; g += 32, w += 32, s += 32) {
    const w0 = v128.load(w), w1 = v128.load(w, 16);
    const s0 = velocityOf(v128.load(g), w0, v128.load(s), penalty, keep);
    const s1 = velocityOf(v128.load(g, 16), w1, v128.load(s, 16), penalty, keep);
    storePair(s, s0, s1);
    storePair(w, multiplyAdd(step, s0, w0), multiplyAdd(step, s1, w1));
  }
}

/** The rest of `momentum` where `s` is g + μ s already; there, −0 becomes 0, as in a stored gradient. */
export function followVelocity(w: usize, s: usize, bytes: usize, rate: f32, lambda: f32): void {
  const step = f32x4.splat(-rate), penalty = f32x4.splat(lambda), zero = f32x4.splat(0);
  for (const end = s + bytes; s < end; s += 32, w += 32) {
    const w0 = v128.load(w), w1 = v128.load(w, 16);
    const s0 = multiplyAdd(penalty, w0, f32x4.add(v128.load(s), zero));
    const s1 = multiplyAdd(penalty, w1, f32x4.add(v128.load(s, 16), zero));
    storePair(s, s0, s1);
    storePair(w, multiplyAdd(step, s0, w0), multiplyAdd(step, s1, w1));
  }
}

export function nesterov(
  g: usize, w: usize, s: usize, t: usize, bytes: usize, rate: f32, lambda: f32, mu: f32,
): void {
  const step = f32x4.splat(-rate), penalty = f32x4.splat(lambda), keep = f32x4.splat(mu);
  for (const end = g + bytes; g < end; g += 32, w += 32, s += 32) {
    const w0 = v128.load(w), w1 = v128.load(w, 16);
    const g0 = multiplyAdd(penalty, w0, v128.load(g));
    const g1 = multiplyAdd(penalty, w1, v128.load(g, 16));
    const s0 = f32x4.add(g0, f32x4.mul(keep, v128.load(s)));
    const s1 = f32x4.add(g1, f32x4.mul(keep, v128.load(s, 16)));
    storePair(s, s0, s1);
    const d0 = multiplyAdd(keep, s0, g0), d1 = multiplyAdd(keep, s1, g1);
    storePair(w, multiplyAdd(step, d0, w0), multiplyAdd(step, d1, w1));
  }
}

export function adaGrad(
  g: usize, w: usize, s: usize, t: usize, bytes: usize, rate: f32, lambda: f32, epsilon: f32,
): void {
  const step = f32x4.splat(-rate), penalty = f32x4.splat(lambda), e = f32x4.splat(epsilon);
  for (const end = g + bytes; g < end; g += 32, w += 32, s += 32) {
    const w0 = v128.load(w), w1 = v128.load(w, 16);
    const g0 = multiplyAdd(penalty, w0, v128.load(g));
    const g1 = multiplyAdd(penalty, w1, v128.load(g, 16));
    const s0 = multiplyAdd(g0, g0, v128.load(s)), s1 = multiplyAdd(g1, g1, v128.load(s, 16));
    storePair(s, s0, s1);
    const d0 = overRoot(g0, s0, e), d1 = overRoot(g1, s1, e);
    storePair(w, multiplyAdd(step, d0, w0), multiplyAdd(step, d1, w1));
  }
}

/** √((t + ε) / (s + ε)) · g */
@inline
function adaDeltaStep(g: v128, s: v128, t: v128, epsilon: v128): v128 {
  return f32x4.mul(
    f32x4.sqrt(f32x4.div(f32x4.add(t, epsilon), f32x4.add(s, epsilon))),
    g,
  );
}

export function adaDelta(
  g: usize, w: usize, s: usize, t: usize, bytes: usize,
  rate: f32, lambda: f32, oneMinusRho: f32, epsilon: f32,
): void {
  const step = f32x4.splat(-rate), penalty = f32x4.splat(lambda);
  const part = f32x4.splat(oneMinusRho), e = f32x4.splat(epsilon);
  for (const end = g + bytes; g < end; g += 32, w += 32, s += 32, t += 32) {
    const w0 = v128.load(w), w1 = v128.load(w, 16);
    const t0 = v128.load(t), t1 = v128.load(t, 16);
    const g0 = multiplyAdd(penalty, w0, v128.load(g));
    const g1 = multiplyAdd(penalty, w1, v128.load(g, 16));
    const s0 = towardSquare(v128.load(s), g0, part), s1 = towardSquare(v128.load(s, 16), g1, part);
    const d0 = adaDeltaStep(g0, s0, t0, e), d1 = adaDeltaStep(g1, s1, t1, e);
    storePair(s, s0, s1);
    storePair(t, towardSquare(t0, d0, part), towardSquare(t1, d1, part));
    storePair(w, multiplyAdd(step, d0, w0), multiplyAdd(step, d1, w1));
  }
}

export function rmsProp(
  g: usize, w: usize, s: usize, t: usize, bytes: usize,
  rate: f32, lambda: f32, oneMinusAlpha: f32, epsilon: f32,
): void {
  const step = f32x4.splat(-rate), penalty = f32x4.splat(lambda);
  const part = f32x4.splat(oneMinusAlpha), e = f32x4.splat(epsilon);
  for (const end = g + bytes; g < end; g += 32, w += 32, s += 32) {
    const w0 = v128.load(w), w1 = v128.load(w, 16);
    const g0 = multiplyAdd(penalty, w0, v128.load(g));
    const g1 = multiplyAdd(penalty, w1, v128.load(g, 16));
    const s0 = towardSquare(v128.load(s), g0, part), s1 = towardSquare(v128.load(s, 16), g1, part);
    storePair(s, s0, s1);
    const d0 = overRoot(g0, s0, e), d1 = overRoot(g1, s1, e);
    storePair(w, multiplyAdd(step, d0, w0), multiplyAdd(step, d1, w1));
  }
}

/** Two vectors by Adam, given the gradients with their penalty; `share` is that of `stillShare`. */
@inline
export function adamPair(
  g0: v128, g1: v128, w: usize, s: usize, t: usize, step: v128, part1: v128, part2: v128,
  scale: v128, epsilon: v128, share: v128,
): void {
  const w0 = v128.load(w), w1 = v128.load(w, 16);
  const s0 = toward(v128.load(s), g0, part1), s1 = toward(v128.load(s, 16), g1, part1);
  const t0 = towardSquare(v128.load(t), g0, part2), t1 = towardSquare(v128.load(t, 16), g1, part2);
  storePair(s, s0, s1);
  storePair(t, t0, t1);
  const d0 = adamStep(s0, t0, w0, scale, epsilon, share);
  const d1 = adamStep(s1, t1, w1, scale, epsilon, share);
  storePair(w, multiplyAdd(step, d0, w0), multiplyAdd(step, d1, w1));
}

/** m, or 0 where m is too small to change w. */
@inline
function moving(m: v128, w: v128, share: v128): v128 {
  return v128.andnot(m, f32x4.lt(f32x4.abs(m), f32x4.mul(f32x4.abs(w), share)));
}

/** m / (√v · scale + ε), or 0 where that would not change w: subnormal numbers are divided slowly. */
@inline
export function adamStep(m: v128, v: v128, w: v128, scale: v128, epsilon: v128, share: v128): v128 {
  return f32x4.div(moving(m, w, share), multiplyAdd(f32x4.sqrt(v), scale, epsilon));
}

/**
 * Whether Adam's steps do not change the parameters w, now and while m and v only decay: |m| is small enough,
 * and v neither infinite nor NaN.
 */
@inline
export function isStill(w: v128, m: v128, v: v128, share: v128): bool {
  // An m of 0 changes no w of 0 either, such as the numbers behind a row's last column.
  const isSmall = f32x4.le(f32x4.abs(m), f32x4.mul(f32x4.abs(w), share));
  const isUsual = v128.and(f32x4.ge(v, f32x4.splat(0)), f32x4.lt(v, f32x4.splat(Infinity)));
  return i32x4.all_true(v128.and(isSmall, isUsual));
}

/**
 * A share of |w|: an m below it does not change w. The step is at most rate · m / ε, so less than 2⁻²⁷ |w|
 * with a share of 2⁻²⁸ ε / rate, and w + step is rounded to w; at most ε, so that m / ε is finite. NaN, which
 * no m is below, where that does not hold.
 */
export function stillShare(rate: f32, scale: f32, epsilon: f32): f32 {
  const share: f64 = <f64> epsilon / Math.abs(rate) / 268435456;
  const isUsual = scale >= 0 && scale < Infinity && epsilon >= 1e-30 && epsilon <= 1 && share > 0;
  return isUsual ? <f32> min(share, <f64> epsilon) : NaN;
}

export function adam(
  g: usize, w: usize, s: usize, t: usize, bytes: usize,
  rate: f32, lambda: f32, oneMinusBeta1: f32, oneMinusBeta2: f32, rootScale: f32, epsilon: f32,
): void {
  const step = f32x4.splat(-rate), penalty = f32x4.splat(lambda);
  const part1 = f32x4.splat(oneMinusBeta1), part2 = f32x4.splat(oneMinusBeta2);
  const scale = f32x4.splat(rootScale), e = f32x4.splat(epsilon);
  const share = f32x4.splat(stillShare(rate, rootScale, epsilon));
  for (const end = g + bytes; g < end; g += 32, w += 32, s += 32, t += 32) {
    const g0 = multiplyAdd(penalty, v128.load(w), v128.load(g));
    const g1 = multiplyAdd(penalty, v128.load(w, 16), v128.load(g, 16));
    adamPair(g0, g1, w, s, t, step, part1, part2, scale, e, share);
  }
}

export function lion(
  g: usize, w: usize, s: usize, t: usize, bytes: usize,
  rate: f32, lambda: f32, oneMinusBeta1: f32, oneMinusBeta2: f32,
): void {
  const step = f32x4.splat(-rate), penalty = f32x4.splat(lambda);
  const part1 = f32x4.splat(oneMinusBeta1), part2 = f32x4.splat(oneMinusBeta2);
  for (const end = g + bytes; g < end; g += 32, w += 32, s += 32) {
    const w0 = v128.load(w), w1 = v128.load(w, 16), s0 = v128.load(s), s1 = v128.load(s, 16);
    const g0 = multiplyAdd(penalty, w0, v128.load(g));
    const g1 = multiplyAdd(penalty, w1, v128.load(g, 16));
    const d0 = sign(toward(s0, g0, part1)), d1 = sign(toward(s1, g1, part1));
    storePair(s, toward(s0, g0, part2), toward(s1, g1, part2));
    storePair(w, multiplyAdd(step, d0, w0), multiplyAdd(step, d1, w1));
  }
}

export function addSign(g: usize, w: usize, s: usize, t: usize, bytes: usize, lambda: f32): void {
  const penalty = f32x4.splat(lambda);
  for (const end = g + bytes; g < end; g += 16, w += 16) {
    v128.store(w, multiplyAdd(penalty, sign(v128.load(g)), v128.load(w)));
  }
}

export function clip(g: usize, w: usize, s: usize, t: usize, bytes: usize, most: f32): void {
  const high = f32x4.splat(most), low = f32x4.splat(-most);
  for (const end = g + bytes; g < end; g += 16, w += 16) {
    v128.store(w, f32x4.max(f32x4.min(v128.load(g), high), low));
  }
}
