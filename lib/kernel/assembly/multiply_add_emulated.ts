// @ts-nocheck This is AssemblyScript: TypeScript's syntax with WebAssembly's types. Deno's tools leave
// it alone (`exclude` in deno.json): the formatter would take the @inline away.
//
// Replaces `multiply_add.ts` in the module for engines without a fused multiply-add: the same bits with
// strict SIMD. Products are exact in 64 bits. Their sums with c are rounded to 64 bits and then to 32,
// which is wrong only if the first rounding ends half way between two 32-bit numbers. These few are
// computed again as in `../fused_multiply_add.ts`, which gives the proof.

/** a·b + c in four lanes, rounded once. */
@inline
export function multiplyAdd(a: v128, b: v128, c: v128): v128 {
  const low = sumOf(a, b, c), high = sumOf(upperHalf(a), upperHalf(b), upperHalf(c));
  const result = narrow(low, high);
  // Half way between normal numbers: of the last 29 bits only the first is set. Shifted to the top of a
  // word, this is the only number whose absolute value is negative.
  const last = i32x4.shl(v128.shuffle<i32>(low, high, 0, 2, 4, 6), 3);
  // Results that are subnormal, zero or the first normal number may be rounded at another bit.
  const small = i32x4.sub(f32x4.abs(result), i32x4.splat(0x00800001));
  if (i32x4.bitmask(v128.or(i32x4.abs(last), small))) return multiplyAddToOdd(a, b, c);
  return result;
}

/** The same through a sum rounded to odd, in every lane. */
function multiplyAddToOdd(a: v128, b: v128, c: v128): v128 {
  return narrow(oddSumOf(a, b, c), oddSumOf(upperHalf(a), upperHalf(b), upperHalf(c)));
}

/** a·b + c of the two lower lanes, rounded to 64 bits. */
@inline
function sumOf(a: v128, b: v128, c: v128): v128 {
  return f64x2.add(productOf(a, b), f64x2.promote_low_f32x4(c));
}

/** a·b of the two lower lanes, exact. */
@inline
function productOf(a: v128, b: v128): v128 {
  return f64x2.mul(f64x2.promote_low_f32x4(a), f64x2.promote_low_f32x4(b));
}

/** a·b + c of the two lower lanes, rounded to odd in 64 bits. */
@inline
function oddSumOf(a: v128, b: v128, c: v128): v128 {
  const product = productOf(a, b), addend = f64x2.promote_low_f32x4(c);
  const sum = f64x2.add(product, addend);
  const added = f64x2.sub(sum, product);
  const error = f64x2.add(
    f64x2.sub(product, f64x2.sub(sum, added)),
    f64x2.sub(addend, added),
  );
  // The signs decide. The product of the two neither underflows nor overflows; it may be NaN.
  const signs = f64x2.mul(sum, error), zero = f64x2.splat(0);
  // −1 in each lane whose sum is too large in magnitude, and in each whose sum is inexact.
  const beyond = f64x2.lt(signs, zero), inexact = v128.or(beyond, f64x2.gt(signs, zero));
  return v128.or(i64x2.add(sum, beyond), v128.and(inexact, i64x2.splat(1)));
}

@inline
function upperHalf(x: v128): v128 {
  return v128.shuffle<i32>(x, x, 2, 3, 2, 3);
}

@inline
function narrow(low: v128, high: v128): v128 {
  return v128.shuffle<i32>(
    f32x4.demote_f64x2_zero(low),
    f32x4.demote_f64x2_zero(high),
    0, 1, 4, 5,
  );
}
