/**
 * Numbers as text, one function for each purpose: the same number reads the same in the terminal, in
 * notebooks and in figures.
 * @module
 */

/**
 * Formats a number with a few significant digits, a tiny or huge one with a power of ten. The minus sign
 * is the typographic one, which is as wide as a plus.
 *
 * @param digits 1 to 100; defaults to 4
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { numberText } from "./number_text.ts";
 * assert.equal(numberText(-0.123456), "−0.1235");
 * assert.equal(numberText(60_000), "60,000");
 * assert.equal(numberText(0.0000123456, 3), "1.23·10⁻⁵");
 * ```
 */
export function numberText(value: number, digits = 4): string {
  const short = Number(value.toPrecision(digits));
  const size = Math.abs(short);
  if (!(size >= 1e6 || (size < 1e-4 && size > 0)) || !Number.isFinite(short)) {
    return short.toLocaleString("en-US", { maximumFractionDigits: 20 }).replace("-", "−");
  }
  const [mantissa, exponent] = short.toExponential().split("e");
  const power = `10${exponent.replace("+", "").replace(/./g, (sign) => SUPERSCRIPTS[sign])}`;
  return (mantissa === "1" ? power : `${mantissa}·${power}`).replace("-", "−");
}

const SUPERSCRIPTS: Readonly<Record<string, string>> = Object.fromEntries(
  [..."-0123456789"].map((sign, i) => [sign, [..."⁻⁰¹²³⁴⁵⁶⁷⁸⁹"][i]]),
);

/** Formats a count with separators: `60,000`. */
export function countText(count: number): string {
  return count.toLocaleString("en-US");
}

/** Formats a percentage, 0 to 100, of images or trainings with two decimals: `97.65`. */
export function percentageText(percentage: number): string {
  return percentage.toFixed(2);
}

/** Formats an accuracy, 0 to 1, in per cent: `97.65 %`. */
export function accuracyText(accuracy: number): string {
  return `${percentageText(100 * accuracy)} %`;
}

/** Formats a mean loss: `0.0974`; one that has exploded with a power of ten: `4.9890e+29`. */
export function lossText(loss: number): string {
  return loss < 1e9 ? loss.toFixed(4) : loss.toExponential(4);
}

/** Formats a number of things: `1 trial`, `39 trials`. */
export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/**
 * Formats a probability or share as `98.7 %`; only certainty is shown as 0.0 % or 100.0 %.
 *
 * @param share 0 to 1
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { shareText } from "./number_text.ts";
 * assert.deepEqual([1, 0.99999, 0.5, 1e-9].map(shareText), ["100.0 %", "> 99.9 %", "50.0 %", "< 0.1 %"]);
 * ```
 */
export function shareText(share: number): string {
  const shown = (100 * share).toFixed(1);
  if (shown === "100.0" && share < 1) return "> 99.9 %";
  if (shown === "0.0" && share > 0) return "< 0.1 %";
  return `${shown} %`;
}

/**
 * Formats the amount or rate of running work, with three digits at first and separators later.
 *
 * @param value 0 or more
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { progressNumber } from "./number_text.ts";
 * assert.deepEqual([0.0333, 1.5, 12, 12.34, 130_000.4].map(progressNumber), [
 *   "0.033",
 *   "1.50",
 *   "12",
 *   "12.3",
 *   "130,000",
 * ]);
 * ```
 */
export function progressNumber(value: number): string {
  if (Number.isInteger(value) || value >= 100) return countText(Math.round(value));
  return value >= 10 ? value.toFixed(1) : value >= 0.1 ? value.toFixed(2) : value.toFixed(3);
}

/**
 * Formats a duration that has passed or is left.
 *
 * @param seconds 0 or more
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { durationText } from "./number_text.ts";
 * assert.deepEqual([2.345, 42, 200, 7500].map(durationText), [
 *   "2.3 s",
 *   "42 s",
 *   "3 min 20 s",
 *   "2 h 5 min",
 * ]);
 * ```
 */
export function durationText(seconds: number): string {
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor(whole % 3600 / 60)} min`;
}
