import { formsOf, type Kinds, splitOutsideBrackets } from "../base/call_syntax.ts";
import { decimalNumber } from "../base/number.ts";

/** How a hyperparameter is written on the axis of a figure. */
export interface Axis {
  /** In words, without the unit: `batch size`. */
  readonly label: string;
  /** What it is counted in, such as `images`; absent for a pure number. */
  readonly unit?: string;
  /** `category`: its values are names, or numbers without order, such as seeds. */
  readonly scale: "linear" | "log" | "category";
}

/** An axis' label with its unit: `batch size (images)`. */
export function axisText({ label, unit }: Axis): string {
  return unit === undefined ? label : `${label} (${unit})`;
}

/** What a cell of a table holds. */
export type Cell = string | number | boolean;

/** A kind of value: how it is read, checked and written. */
export interface ValueKind<V> {
  /** For `--help`: `<number>`. */
  readonly placeholder: string;
  /** What a value must be, for messages: `a number above 0`. */
  readonly expected: string;
  /** The calls that it may be, for `--help`. */
  readonly kinds?: Kinds<unknown>;
  /** Whether its flags take `logspace(…)` and `linspace(…)`. */
  readonly isNumeric: boolean;

  /**
   * The value in its one form (`leakyRelu` is `leakyRelu(0.1)`), or `undefined` for what it cannot be.
   *
   * @param value from JSON or a program
   * @param name the hyperparameter's, for messages
   * @throws {UserError} for a call that cannot be read
   */
  read(value: unknown, name: string): V | undefined;

  /** What a word of a flag or a cell of a table means, for {@linkcode read} to check. */
  parse(text: string): unknown;

  /** The words of a flag that takes several values. */
  words(text: string): readonly string[];

  /** The value as a cell of a table; {@linkcode parse} takes its text. */
  cell(value: V): Cell;
}

/** All that the project knows of a hyperparameter. */
export interface Hyperparameter<V> {
  /** What it means, in a line: for `--help`. */
  readonly meaning: string;
  readonly value: ValueKind<V>;
  readonly default: NoInfer<V>;
  /**
   * A value that must give another trial than the default does. A test trains with it: this is how a
   * hyperparameter that nothing reads is found out.
   */
  readonly other: NoInfer<V>;
  readonly axis: Axis;
  /**
   * For a hyperparameter that was added later: the value that earlier trials were made with. A table
   * without its column reads as having it, and a trial's key leaves it out, so that journals from before
   * stay good. Never change it, not even where the default changes.
   */
  readonly before?: NoInfer<V>;
}

/** Gives the entry back: it is there so that TypeScript works out the type of the values. */
export function hyperparameter<V, const A extends Axis>(
  entry: Hyperparameter<V> & { readonly axis: A },
): Hyperparameter<V> & { readonly axis: A } {
  return entry;
}

const commaSeparated = (text: string) => splitOutsideBrackets(text, ",");

/** A finite number for which a condition holds. */
export function number(
  expected: string,
  holds: (x: number) => boolean,
  placeholder = "<number>",
): ValueKind<number> {
  const isOne = (x: unknown): x is number =>
    typeof x === "number" && Number.isFinite(x) && holds(x);
  return {
    placeholder,
    expected,
    isNumeric: true,
    read: (value) => isOne(value) ? value : undefined,
    parse: (text) => decimalOr(text),
    words: commaSeparated,
    cell: (value) => value,
  };
}

/** A whole number from `least` to `most`. */
export function wholeNumber(least: number, most = Infinity): ValueKind<number> {
  const range = most === Infinity ? `from ${least}` : `from ${least} to ${most}`;
  const holds = (x: number) => Number.isInteger(x) && x >= least && x <= most;
  return number(`a whole number ${range}`, holds, "<n>");
}

/** A value of one kind, or one of some words. */
export function orWord<V, const W extends string>(
  kind: ValueKind<V>,
  word: W,
  expected: string,
): ValueKind<V | W> {
  return {
    ...kind,
    expected,
    read: (value, name) => value === word ? word : kind.read(value, name),
    parse: (text) => text === word ? word : kind.parse(text),
    cell: (value) => value === word ? word : kind.cell(value as V),
  };
}

/** True or false. */
export function trueOrFalse(): ValueKind<boolean> {
  return {
    placeholder: "<bool>",
    expected: "true or false",
    isNumeric: false,
    read: (value) => typeof value === "boolean" ? value : undefined,
    parse: (text) => text === "true" ? true : text === "false" ? false : text,
    words: commaSeparated,
    cell: (value) => value,
  };
}

/** One of some words. */
export function oneOf<const W extends string>(words: readonly W[]): ValueKind<W> {
  return {
    placeholder: "<name>",
    expected: `one of ${words.join(", ")}`,
    isNumeric: false,
    read: (value) => words.find((word) => word === value),
    parse: (text) => text,
    words: commaSeparated,
    cell: (value) => value,
  };
}

/**
 * A call, such as `step(0.5, 26)`.
 *
 * @param parse the value in its one form; it throws a `UserError` for any other text
 */
export function call<V extends string>(
  kinds: Kinds<unknown>,
  parse: (text: string, name: string) => { readonly text: V },
): ValueKind<V> {
  return {
    placeholder: "<name>",
    expected: `one of ${formsOf(kinds)}`,
    kinds,
    isNumeric: false,
    read: (value, name) => typeof value === "string" ? parse(value, name).text : undefined,
    parse: (text) => text,
    words: commaSeparated,
    cell: (value) => value,
  };
}

/** One value, or a list of them, joined by dashes in tables and flags: `relu-tanh`. */
export function oneOrMany<V>(kind: ValueKind<V>, expected: string): ValueKind<V | readonly V[]> {
  return {
    ...kind,
    expected,
    read(value, name) {
      if (!Array.isArray(value)) return kind.read(value, name);
      const all = value.map((one) => kind.read(one, name));
      return all.every((one) => one !== undefined) ? all as V[] : undefined;
    },
    parse(text) {
      const words = splitOutsideBrackets(text, "-");
      return words.length === 1 ? kind.parse(text) : words.map((word) => kind.parse(word));
    },
    cell: (value) => Array.isArray(value) ? value.map(kind.cell).join("-") : kind.cell(value as V),
  };
}

/** Units per layer: `784-128-10` in tables, in flags `784,128,10` as well. */
export function layerSizes(): ValueKind<readonly number[]> {
  const isSize = (size: unknown) => Number.isInteger(size) && (size as number) >= 1;
  return {
    placeholder: "<units>",
    expected: "two or more whole numbers from 1, inputs first, such as 784,128,10",
    isNumeric: false,
    read: (value) =>
      Array.isArray(value) && value.length >= 2 && value.every(isSize) ? value : undefined,
    parse: (text) => text.split(/[-,]/).map(decimalOr),
    words: (text) => text.includes("-") ? commaSeparated(text) : [text],
    cell: (value) => value.join("-"),
  };
}

/** The number that a text writes, or the text where it writes none. */
function decimalOr(text: string): number | string {
  const value = decimalNumber(text);
  return Number.isNaN(value) ? text : value;
}
