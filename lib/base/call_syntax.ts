import { decimalNumber } from "./number.ts";
import { usageError } from "./user_error.ts";

/**
 * A name with numeric arguments, as in hyperparameters and flags: `normal(0.01)`, `step(0.5, 26)`.
 */
export interface Call {
  readonly name: string;
  readonly args: readonly number[];
}

/**
 * Parses `name` or `name(number, …)`.
 *
 * @returns the call, or `undefined` when the text does not have that form
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseCall } from "./call_syntax.ts";
 * assert.deepEqual(parseCall("step(0.5, 26)"), { name: "step", args: [0.5, 26] });
 * assert.deepEqual(parseCall("constant"), { name: "constant", args: [] });
 * assert.equal(parseCall("step(half)"), undefined);
 * ```
 */
export function parseCall(text: string): Call | undefined {
  const parts = /^\s*([A-Za-z]\w*)\s*(?:\(([^()]*)\))?\s*$/.exec(text);
  if (parts === null) return undefined;
  const words = parts[2] === undefined ? [] : parts[2].split(",");
  const args = words.map(decimalNumber);
  return args.every(Number.isFinite) ? { name: parts[1], args } : undefined;
}

/**
 * Splits a text at a separator, except inside parentheses. The parts are trimmed.
 *
 * @param separator one character
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { splitOutsideBrackets } from "./call_syntax.ts";
 * assert.deepEqual(splitOutsideBrackets("step(0.5, 26), constant", ","), ["step(0.5, 26)", "constant"]);
 * ```
 */
export function splitOutsideBrackets(text: string, separator: string): string[] {
  const parts = [""];
  let depth = 0;
  for (const character of text) {
    if (character === "(") depth++;
    if (character === ")") depth--;
    if (character === separator && depth <= 0) parts.push("");
    else parts[parts.length - 1] += character;
  }
  return parts.map((part) => part.trim());
}

/** One of the values that a call may name, and how it is made from its arguments. */
export interface Kind<T> {
  /** The syntax: `step(factor, epoch, …)`. */
  readonly form: string;
  /** One line for `--help`, with the ranges of the arguments. */
  readonly help: string;
  /** The paper or chapter that defines it. */
  readonly source?: string;
  /** Default arguments: with `[0.1]`, `leakyRelu` means `leakyRelu(0.1)`. */
  readonly defaults?: readonly number[];
  /**
   * Returns the value, or `undefined` when there are too many or too few arguments or one is out of
   * range.
   */
  readonly make: (...args: number[]) => T | undefined;
}

/** Kinds by name. */
export type Kinds<T> = Readonly<Record<string, Kind<T>>>;

/** A parsed call and the value that it denotes. */
export interface Made<T> extends Call {
  /** The canonical form for tables and keys, with all arguments: `leakyRelu(0.1)`. */
  readonly text: string;
  readonly value: T;
}

/** The syntax of all kinds, for messages and `--help`: `constant, step(factor, epoch, …)`. */
export function formsOf<T>(kinds: Kinds<T>): string {
  return Object.values(kinds).map(({ form }) => form).join(", ");
}

/**
 * Parses a call of one of the given kinds and makes its value.
 *
 * @param what the name of the hyperparameter, for messages
 * @throws {UserError} naming the valid forms, or what the named kind expects
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { type Kinds, makeFrom } from "./call_syntax.ts";
 * const kinds: Kinds<number> = {
 *   twice: { form: "twice(x)", help: "2 x", defaults: [1], make: (x) => 2 * x },
 * };
 * const { value, text } = makeFrom("example", kinds, "twice");
 * assert.deepEqual([value, text], [2, "twice(1)"]);
 * assert.throws(() => makeFrom("example", kinds, "half"), /example must be one of twice\(x\), got/);
 * ```
 */
export function makeFrom<T>(what: string, kinds: Kinds<T>, text: string): Made<T> {
  const call = parseCall(text);
  const name = call?.name ?? /^\s*(\w*)/.exec(text)![1];
  if (!Object.hasOwn(kinds, name)) {
    throw usageError(`${what} must be one of ${formsOf(kinds)}, got ${JSON.stringify(text)}`);
  }
  const { form, help, defaults = [], make } = kinds[name];
  const args = call && [...call.args, ...defaults.slice(call.args.length)];
  const value = args && make(...args);
  if (value === undefined || args === undefined) {
    throw usageError(
      `${what} must be written ${form}: ${help.replace(/\s+/g, " ")}; got ${JSON.stringify(text)}`,
    );
  }
  return { name, args, text: args.length === 0 ? name : `${name}(${args.join(", ")})`, value };
}
