import { loadPackage } from "../base/package.ts";
import { jupyterDisplay } from "../plot/figure.ts";

/** A formula, typeset by the front end as a cell's value. */
export interface Formula {
  /** LaTeX, without delimiters. */
  readonly latex: string;
  [jupyterDisplay](): Promise<Record<string, string>>;
}

/** A template tag that makes a {@linkcode Formula}. */
type FormulaTag = (strings: TemplateStringsArray, ...values: (number | string)[]) => Formula;

/**
 * A formula in LaTeX with numbers filled in by the code.
 *
 * Numbers have six significant digits; `formula.digits(9)` sets another number. After an operator a
 * negative number gets parentheses. Several lines, separated by `\\` and aligned at `&`, are put
 * into an `aligned` environment unless the formula begins with an environment.
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
      [jupyterDisplay]: async () => ({
        // JupyterLab typesets LaTeX itself; exported pages contain the picture.
        "text/latex": `$$\n${body}\n$$`,
        "image/svg+xml": await picture(body),
        "text/plain": latex,
      }),
    };
  };
}

let typesetting: Promise<(latex: string) => string> | undefined;

/** The formula as SVG, in the colour of the text around it. */
async function picture(latex: string): Promise<string> {
  typesetting ??= loadTypesetting();
  return (await typesetting)(latex);
}

async function loadTypesetting() {
  const { default: mathjax } = await loadPackage("mathjax");
  const { tex2svg, startup } = await mathjax.init({
    loader: { load: ["input/tex", "output/svg"] },
    // No ids, which would be the same in several formulas of a page.
    svg: { fontCache: "none" },
  });
  return (latex: string) => startup.adaptor.innerHTML(tex2svg(latex, { display: true }));
}

/** A number in LaTeX, in parentheses if it is negative and follows an operator. */
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
