import { splitOutsideBrackets } from "../base/call_syntax.ts";
import { exp, log } from "../base/elementary.ts";
import { decimalNumber } from "../base/number.ts";
import { usageError } from "../base/user_error.ts";

/** A distribution of numbers between two bounds. */
export interface Range {
  readonly distribution: "uniform" | "logUniform" | "wholeNumbers";
  readonly from: number;
  readonly to: number;
  /** The form of flags, so that it can be part of a text: `momentum(${uniform(0.5, 0.99)})`. */
  toString(): string;
}

/** One of some values, each equally likely. */
export interface Choice<V = unknown> {
  readonly distribution: "choice";
  readonly values: readonly (V | Range | Choice<V>)[];
  /** The form of flags. */
  toString(): string;
}

/** The values that a search draws from. */
export type Distribution<V = unknown> = (V extends number ? Range : never) | Choice<V>;

/** Description of each distribution for `--help`. */
export const DISTRIBUTIONS: Readonly<
  Record<(Range | Choice)["distribution"], { readonly form: string; readonly help: string }>
> = {
  logUniform: { form: "logUniform(a,b)", help: "numbers from a to b, evenly in the logarithm" },
  uniform: { form: "uniform(a,b)", help: "numbers from a to b" },
  wholeNumbers: { form: "wholeNumbers(a,b)", help: "whole numbers from a to b" },
  choice: { form: "choice(x,y,…)", help: "one of the values, which may be distributions" },
};

/**
 * Numbers from `from` to `to`, all equally likely, for {@linkcode random} and {@linkcode quasiRandom}.
 * What is drawn has six significant digits.
 *
 * @throws {UserError} if the bounds are not numbers, the smaller first
 */
export function uniform(from: number, to: number): Range {
  return range("uniform", from, to, Number.isFinite, "two numbers");
}

/**
 * Numbers from `from` to `to`, with equally likely logarithms: the usual choice for learning rates.
 * What is drawn has six significant digits.
 *
 * @throws {UserError} if the bounds are not numbers above 0, the smaller first
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { logUniform, samplerOf } from "./distribution.ts";
 * const { draw } = samplerOf(logUniform(0.001, 1))!;
 * assert.deepEqual([draw([0]), draw([1 / 3]), draw([2 / 3])], [0.001, 0.01, 0.1]);
 * ```
 */
export function logUniform(from: number, to: number): Range {
  const isBound = (x: number) => Number.isFinite(x) && x > 0;
  return range("logUniform", from, to, isBound, "two numbers above 0");
}

/**
 * Whole numbers from `from` to `to`, both included, all equally likely.
 *
 * @throws {UserError} if the bounds are not whole numbers, the smaller first
 */
export function wholeNumbers(from: number, to: number): Range {
  return range("wholeNumbers", from, to, Number.isSafeInteger, "two whole numbers");
}

/**
 * One of some values, all equally likely. A value may itself be a distribution, or a text with one in
 * its brackets, which is drawn only where that value is:
 * `choice("sgd", "momentum(uniform(0.5, 0.99))")`.
 *
 * @throws {UserError} without a value
 */
export function choice<const Values extends readonly unknown[]>(
  ...values: Values
): Choice<Drawn<Values[number]>> {
  if (values.length === 0) throw usageError("choice takes one value or more, got choice()");
  const text = `choice(${values.map((value) => [value].flat().join("-")).join(", ")})`;
  const given = values as readonly unknown[] as Choice<Drawn<Values[number]>>["values"];
  return { distribution: "choice", values: given, toString: () => text };
}

/** The type of what is drawn. */
type Drawn<V> = V extends Range ? number : V extends Choice<infer Inner> ? Inner : V;

function range(
  distribution: Range["distribution"],
  from: number,
  to: number,
  isBound: (x: number) => boolean,
  expected: string,
): Range {
  const text = `${distribution}(${from}, ${to})`;
  if (!isBound(from) || !isBound(to) || !(from < to)) {
    throw usageError(`${distribution} takes ${expected}, the smaller first, got ${text}`);
  }
  return { distribution, from, to, toString: () => text };
}

const MAKERS = { uniform, logUniform, wholeNumbers };

/** Reports whether a value is a distribution itself; a text may have one in its brackets. */
export function isDistribution(value: unknown): value is Range | Choice {
  return typeof value === "object" && value !== null && "distribution" in value;
}

/**
 * Parses `logUniform(0.001, 1)` and the like.
 *
 * @param parse parses a value of `choice`
 * @returns `undefined` if the text does not begin with a distribution's name and a bracket
 * @throws {UserError} if the arguments do not fit
 */
export function parseDistribution(
  text: string,
  parse: (word: string) => unknown,
): Range | Choice | undefined {
  const call = /^\s*(\w+)\((.*)\)\s*$/s.exec(text);
  if (call === null || !Object.hasOwn(DISTRIBUTIONS, call[1])) return undefined;
  const [name, words] = [call[1] as keyof typeof DISTRIBUTIONS, splitOutsideBrackets(call[2], ",")];
  if (name === "choice") {
    const given = words.filter((word) => word !== "");
    return choice(...given.map((word) => parseDistribution(word, parse) ?? parse(word)));
  }
  const [from, to, ...more] = words.map(decimalNumber);
  if (to === undefined || more.length > 0) {
    throw usageError(`${name} must be written ${DISTRIBUTIONS[name].form}, got ${text.trim()}`);
  }
  return MAKERS[name](from, to);
}

/** Turns uniform numbers into a value. */
export interface Sampler {
  /** How many uniform numbers a value takes, the same for every value. */
  readonly dimensions: number;
  /** The value at a point of the unit cube: `dimensions` numbers, each from 0 to below 1. */
  draw(point: readonly number[]): unknown;
  /** Values at the bounds and in between, among them each choice: to check before the first draw. */
  readonly examples: readonly unknown[];
}

/**
 * The sampler of a distribution, or of a text with distributions in its brackets:
 * `momentum(uniform(0.5, 0.99))`.
 *
 * @returns `undefined` for any other value
 */
export function samplerOf(value: unknown): Sampler | undefined {
  if (typeof value === "string") return textSampler(value);
  if (!isDistribution(value)) return undefined;
  return value.distribution === "choice" ? choiceSampler(value) : rangeSampler(value);
}

function rangeSampler({ distribution, from, to }: Range): Sampler {
  const draw = ([u]: readonly number[]) => {
    if (distribution === "wholeNumbers") return from + Math.floor(u * (to - from + 1));
    const value = distribution === "uniform"
      ? from + u * (to - from)
      : exp(log(from) + u * (log(to) - log(from)));
    // The rounding must not leave the range.
    return Math.min(Math.max(Number(value.toPrecision(6)), from), to);
  };
  return { dimensions: 1, draw, examples: [from, draw([0.37]), to] };
}

function choiceSampler({ values }: Choice): Sampler {
  const options = values.map((value) => samplerOf(value) ?? constant(value));
  const first = startsOf(options, 1);
  return {
    dimensions: first.end,
    draw(point) {
      const option = Math.floor(point[0] * options.length);
      return options[option].draw(point.slice(first.of[option]));
    },
    examples: options.flatMap(({ examples }) => examples),
  };
}

/** Fills the drawn numbers into a text; `undefined` where nothing in it is drawn. */
function textSampler(text: string): Sampler | undefined {
  const parts = partsOf(text);
  if (parts.length === 1) return undefined;
  const options = parts.map((part) => samplerOf(part) ?? constant(part));
  const first = startsOf(options, 0);
  const most = Math.max(...options.map(({ examples }) => examples.length));
  return {
    dimensions: first.end,
    draw: (point) => options.map((option, i) => option.draw(point.slice(first.of[i]))).join(""),
    examples: Array.from(
      { length: most },
      (_, i) => options.map(({ examples }) => examples[i % examples.length]).join(""),
    ),
  };
}

const constant = (value: unknown): Sampler => ({
  dimensions: 0,
  draw: () => value,
  examples: [value],
});

/** Where each sampler's numbers begin in a point of which the first `taken` are used otherwise. */
function startsOf(samplers: readonly Sampler[], taken: number) {
  let end = taken;
  const of = samplers.map(({ dimensions }) => (end += dimensions) - dimensions);
  return { of, end };
}

/** A text in parts: what is written, and the distributions in its brackets, in turn. */
export function partsOf(text: string): (string | Range | Choice)[] {
  const names = new RegExp(`(?<!\\w)(?:${Object.keys(DISTRIBUTIONS).join("|")})\\(`, "y");
  const parts: (string | Range | Choice)[] = [];
  let depth = 0, written = 0;
  for (let i = 0; i < text.length; i++) {
    names.lastIndex = i;
    if (depth > 0 && names.test(text)) {
      const end = closing(text, i);
      const inner = parseDistribution(text.slice(i, end), decimalOrText);
      if (inner !== undefined) {
        parts.push(text.slice(written, i), inner);
        written = end;
        i = end - 1;
        continue;
      }
    }
    if (text[i] === "(") depth++;
    if (text[i] === ")") depth--;
  }
  return [...parts, text.slice(written)];
}

/** The place after the bracket that closes the first one from `start` on. */
function closing(text: string, start: number): number {
  let depth = 0;
  for (let i = start; i < text.length; i++) {
    if (text[i] === "(") depth++;
    if (text[i] === ")" && --depth === 0) return i + 1;
  }
  return text.length;
}

function decimalOrText(word: string): number | string {
  const value = decimalNumber(word);
  return Number.isNaN(value) ? word : value;
}
