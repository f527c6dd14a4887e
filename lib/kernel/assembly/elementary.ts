// @ts-nocheck This is AssemblyScript: TypeScript's syntax with WebAssembly's types. Deno's tools leave
// it alone (`exclude` in deno.json): the formatter would take the @inline away.
//
// Exponential and related functions, two numbers at a time. They perform the operations of
// `lib/base/elementary.ts` in the same order, in 64 bits, so that both kernels give the same bits.

const LOG2_E: f64 = 1.4426950408889634;
const LN2_HIGH: f64 = 6.93147180369123816490e-01;
const LN2_LOW: f64 = 1.90821492927058770002e-10;

@inline
function horner(sum: v128, r: v128, coefficient: f64): v128 {
  return f64x2.add(f64x2.mul(sum, r), f64x2.splat(coefficient));
}

/** The floor of two numbers below 2⁵¹ in magnitude. (V8 does not merge two of f64x2.floor.) */
@inline
function floor2(x: v128): v128 {
  const shift = f64x2.splat(6755399441055744);
  const nearest = f64x2.sub(f64x2.add(x, shift), shift);
  return f64x2.sub(nearest, v128.and(f64x2.gt(nearest, x), f64x2.splat(1)));
}

/** eˣ of two numbers. */
@inline
export function exp2(x: v128): v128 {
  // Numbers outside −708…709, and NaN, are corrected at the end.
  const inside = f64x2.pmax(f64x2.pmin(x, f64x2.splat(709)), f64x2.splat(-708));
  const n = floor2(f64x2.add(f64x2.mul(inside, f64x2.splat(LOG2_E)), f64x2.splat(0.5)));
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
  // 2ⁿ: n + 1023 is added to a number whose low bits then hold it as an integer, and shifted.
  const biased = f64x2.add(n, f64x2.splat(4503599627370496 + 1023));
  const power = i64x2.shl(biased, 52);
  let result = f64x2.mul(sum, power);
  result = v128.bitselect(f64x2.splat(Infinity), result, f64x2.gt(x, f64x2.splat(709)));
  result = v128.andnot(result, f64x2.lt(x, f64x2.splat(-708)));
  return v128.bitselect(x, result, f64x2.ne(x, x));
}

/** The digits of √2. */
const ROOT: u64 = 0x6a09e667f3bcd;

/**
 * ln x for x of 1 or more (a sum of exponentials whose largest is 1), or NaN. Whether x is taken as
 * m · 2ⁿ with m below √2, or as half of m and n + 1, is computed: a branch would be foreseen half the time.
 */
export function log(x: f64): f64 {
  if (x != x || x == Infinity) return x;
  const word = reinterpret<u64>(x), digits = word & 0xfffffffffffff;
  const halved = <u64> (digits > ROOT);
  const exponent = <f64> <i64> ((word >> 52) - 1023 + halved);
  const m = reinterpret<f64>(digits | (1023 - halved) << 52);
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

/** eˣ − 1 of two numbers. */
@inline
export function expm1x2(x: v128): v128 {
  let sum = f64x2.add(
    f64x2.splat(0.041666666666666664),
    f64x2.mul(x, f64x2.splat(0.008333333333333333)),
  );
  sum = f64x2.add(f64x2.splat(0.16666666666666666), f64x2.mul(x, sum));
  sum = f64x2.add(f64x2.splat(0.5), f64x2.mul(x, sum));
  const near = f64x2.mul(x, f64x2.add(f64x2.splat(1), f64x2.mul(x, sum)));
  const far = f64x2.sub(exp2(x), f64x2.splat(1));
  return v128.bitselect(near, far, f64x2.lt(f64x2.abs(x), f64x2.splat(0.0078125)));
}

/** ln(1 + x) of two numbers from 0 to 1. */
@inline
export function log1px2(x: v128): v128 {
  const s = f64x2.div(x, f64x2.add(f64x2.splat(2), x));
  const s2 = f64x2.mul(s, s);
  let sum = f64x2.splat(0);
  for (let k: f64 = 31; k >= 3; k -= 2) {
    sum = f64x2.mul(f64x2.add(sum, f64x2.splat(1 / k)), s2);
  }
  return f64x2.mul(f64x2.splat(2), f64x2.add(s, f64x2.mul(s, sum)));
}

@inline
export function sigmoid2(x: v128): v128 {
  const one = f64x2.splat(1);
  return f64x2.div(one, f64x2.add(one, exp2(f64x2.neg(x))));
}

@inline
export function tanh2(x: v128): v128 {
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
