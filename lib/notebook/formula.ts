import { jupyterDisplay } from "../plot/figure.ts";

/** Mathematics, as a cell's value: set by the front end. */
export interface Formula {
  /** LaTeX, without the signs that begin and end it. */
  readonly latex: string;
  [jupyterDisplay](): Record<string, string>;
}

/** A template tag that makes a {@linkcode Formula}. */
type FormulaTag = (strings: TemplateStringsArray, ...values: (number | string)[]) => Formula;

/**
 * A formula in LaTeX with numbers filled in by the code.
 *
 * Numbers are written with six digits that count, `formula.digits(9)` asks for another number of
 * them. After a sign of arithmetic a negative number gets parentheses. Several lines, with `\\` between
 * them and `&` where they shall stand below each other, are set as one, unless the formula
 * begins with an environment of its own.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { formula } from "./formula.ts";
 * const w = -0.5, x = 2;
 * const { latex } = formula`w \cdot x + 1 = ${w} \cdot ${x} + 1 = ${w * x + 1}`;
 * assert(latex === String.raw`w \cdot x + 1 = -0.5 \cdot 2 + 1 = 0`);
 * assert(formula`x \cdot w = ${x} \cdot ${w}`.latex === String.raw`x \cdot w = 2 \cdot (-0.5)`);
 * ```
 */
export const formula: FormulaTag & { digits(count: number): FormulaTag } = Object.assign(
  withDigits(6),
  { digits: withDigits },
);

function withDigits(count: number): FormulaTag {
  return (strings, ...values) => {
    // Raw: a backslash is LaTeX's, not TypeScript's.
    const latex = strings.raw.reduce((before, after, i) => {
      const value = values[i - 1];
      return before + (typeof value === "number" ? texNumber(value, count, before) : value) + after;
    }).trim();
    const lines = /\\\\|&/.test(latex) && !latex.startsWith("\\begin{");
    const body = lines ? `\\begin{aligned}\n${latex}\n\\end{aligned}` : latex;
    return {
      latex,
      [jupyterDisplay]: () => ({ "text/markdown": `$$\n${body}\n$$`, "text/plain": latex }),
    };
  };
}

/** A number in LaTeX, in parentheses where it follows a sign of arithmetic and has one of its own. */
function texNumber(value: number, digits: number, before: string): string {
  const text = texDigits(value, digits);
  return value < 0 && /(\\cdot|\\times|[-+])\s*$/.test(before) ? `(${text})` : text;
}

function texDigits(value: number, digits: number): string {
  if (Number.isNaN(value)) return "\\text{NaN}";
  if (!Number.isFinite(value)) return value > 0 ? "\\infty" : "-\\infty";
  const short = Number(value.toPrecision(digits));
  const size = Math.abs(short);
  if (size === 0) return "0";
  if (size >= 1e-4 && size < 1e7) return String(short);
  const [mantissa, exponent] = short.toExponential().split("e");
  return `${mantissa} \\cdot 10^{${Number(exponent)}}`;
}
