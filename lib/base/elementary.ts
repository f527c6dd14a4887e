/**
 * Elementary functions that return the same bits on every machine.
 *
 * ECMAScript leaves the last digits of `Math.exp`, `Math.log` etc. to the engine, and they may
 * change between versions. The functions here use only additions, multiplications, divisions and
 * powers of two, which IEEE 754 defines exactly. The SIMD kernel computes the same steps in the
 * same order (`kernel/assembly/elementwise.ts`), so both return the same bits.
 *
 * Sources: Cody & Waite, "Software Manual for the Elementary Functions" (1980), for the reductions;
 * the polynomials are the Taylor series, long enough that the truncation error is below half a unit
 * in the last place.
 * @module
 */

/** log₂ e. */
const LOG2_E = 1.4426950408889634;
/** ln 2 in two parts: the first has 32 trailing zero bits, so that n · LN2_HIGH is exact. */
const LN2_HIGH = 6.93147180369123816490e-01;
const LN2_LOW = 1.90821492927058770002e-10;

/** 1/13!, 1/12!, …, 1/1!, 1/0!: the Taylor series of eˣ, highest power first. */
const EXP_SERIES = [
  1.6059043836821613e-10,
  2.08767569878681e-09,
  2.505210838544172e-08,
  2.755731922398589e-07,
  2.7557319223985893e-06,
  2.48015873015873e-05,
  1.984126984126984e-04,
  1.388888888888889e-03,
  8.333333333333333e-03,
  4.1666666666666664e-02,
  1.6666666666666666e-01,
  0.5,
  1,
  1,
];

/** The bits of a double, as two 32-bit words, low word first (every platform of Deno is little-endian). */
const word = new Float64Array(1);
const bits = new Uint32Array(word.buffer);

/** 2ⁿ for n from −1022 to 1023, exactly. */
function powerOfTwo(n: number): number {
  bits[0] = 0;
  bits[1] = (n + 1023) << 20;
  return word[0];
}

/**
 * eˣ, within two units in the last place.
 *
 * @param x any number; below −708 the result is 0 (no subnormals), above 709 it is `Infinity`
 */
export function exp(x: number): number {
  if (x > 709) return Infinity;
  if (x < -708) return 0;
  if (x !== x) return x;
  const n = Math.floor(x * LOG2_E + 0.5);
  const r = x - n * LN2_HIGH - n * LN2_LOW;
  let sum = EXP_SERIES[0];
  for (let i = 1; i < EXP_SERIES.length; i++) sum = sum * r + EXP_SERIES[i];
  return sum * powerOfTwo(n);
}

/**
 * The natural logarithm, within two units in the last place.
 *
 * @param x a number; 0 gives `-Infinity`, a negative one `NaN`
 */
export function log(x: number): number {
  if (x !== x || x < 0) return NaN;
  if (x === 0) return -Infinity;
  if (x === Infinity) return x;
  if (x < 2.2250738585072014e-308) {
    return log(x * 18014398509481984) - 54 * 0.6931471805599453;
  }
  word[0] = x;
  let exponent = (bits[1] >>> 20) - 1023;
  bits[1] = (bits[1] & 0xfffff) | 0x3ff00000;
  let m = word[0];
  if (m > 1.4142135623730951) {
    m *= 0.5;
    exponent++;
  }
  // ln m = 2 artanh s = 2 (s + s³/3 + s⁵/5 + …) with s = (m − 1)/(m + 1), |s| ≤ 0.172.
  const s = (m - 1) / (m + 1);
  const s2 = s * s;
  let sum = 0;
  for (let k = 23; k >= 3; k -= 2) sum = (sum + 1 / k) * s2;
  return exponent * LN2_HIGH + (2 * s + (2 * s * sum + exponent * LN2_LOW));
}

/** eˣ − 1; near zero by its Taylor series, to avoid cancellation. */
export function expm1(x: number): number {
  if (x > -0.0078125 && x < 0.0078125) {
    return x *
      (1 +
        x *
          (0.5 +
            x *
              (0.16666666666666666 + x * (0.041666666666666664 + x * 0.008333333333333333))));
  }
  return exp(x) - 1;
}

/** ln(1 + x) for x from 0 to 1, within two units in the last place. */
export function log1p(x: number): number {
  // As in log, with s = ((1 + x) − 1)/((1 + x) + 1) ≤ 1/3.
  const s = x / (2 + x);
  const s2 = s * s;
  let sum = 0;
  for (let k = 31; k >= 3; k -= 2) sum = (sum + 1 / k) * s2;
  return 2 * (s + s * sum);
}

/**
 * xʸ for x of 0 or more: y multiplications where y is a whole number of 0 or more, else e^(y ln x).
 */
export function pow(x: number, y: number): number {
  if (!Number.isInteger(y) || y < 0) return exp(y * log(x));
  let result = 1;
  for (let i = 0; i < y; i++) result *= x;
  return result;
}

/** The logistic function 1/(1 + e⁻ˣ). */
export function sigmoid(x: number): number {
  return 1 / (1 + exp(-x));
}

/** The hyperbolic tangent; near zero by its Taylor series, to avoid cancellation. */
export function tanh(x: number): number {
  if (x > -0.0078125 && x < 0.0078125) {
    const x2 = x * x;
    return x *
      (1 +
        x2 *
          (-0.3333333333333333 +
            x2 * (0.13333333333333333 + x2 * -0.05396825396825397)));
  }
  return 1 - 2 / (exp(2 * x) + 1);
}

/** π/2 in two parts, the first with trailing zero bits. */
const HALF_PI_HIGH = 1.5707963267341256;
const HALF_PI_LOW = 6.077100506506192e-11;

/** The sine of an angle in radians (|x| below 10⁵), within 10⁻¹⁵. */
export function sin(x: number): number {
  return sineOfQuarter(x, 0);
}

/** The cosine of an angle in radians (|x| below 10⁵), within 10⁻¹⁵. */
export function cos(x: number): number {
  return sineOfQuarter(x, 1);
}

/** sin(x + quarters · π/2): reduces x to |r| ≤ π/4 and sums one of the two Taylor series. */
function sineOfQuarter(x: number, quarters: number): number {
  const n = Math.floor(x / (Math.PI / 2) + 0.5);
  const r = x - n * HALF_PI_HIGH - n * HALF_PI_LOW;
  const quadrant = (((n + quarters) % 4) + 4) % 4;
  const even = quadrant % 2 === 1;
  let term = even ? 1 : r;
  let sum = term;
  for (let k = even ? 1 : 2; k < 20; k += 2) {
    term *= -(r * r) / (k * (k + 1));
    sum += term;
  }
  return quadrant < 2 ? sum : -sum;
}
