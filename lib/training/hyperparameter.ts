import { formsOf, type Kinds, splitOutsideBrackets } from "../base/call_syntax.ts";
import { decimalNumber } from "../base/number.ts";

/** The axis of a hyperparameter in figures. */
export interface Axis {
  /** Label without unit: `batch size`. */
  readonly label: string;
  /** Unit, such as `images`; absent for a dimensionless number. */
  readonly unit?: string;
  /** `category`: the values are names, or numbers without order such as seeds. */
  readonly scale: "linear" | "log" | "category";
}

/** Returns an axis label with its unit: `batch size (images)`. */
export function axisText({ label, unit }: Axis): string {
  return unit === undefined ? label : `${label} (${unit})`;
}

/** The value of a table's cell. */
export type Cell = string | number | boolean;

/** A type of value: how to parse, check and format it. */
export interface ValueKind<V> {
  /** Placeholder in `--help`: `<number>`. */
  readonly placeholder: string;
  /** The expected value, for error messages: `a number above 0`. */
  readonly expected: string;
  /** The allowed calls, for `--help`. */
  readonly kinds?: Kinds<unknown>;
  /** `true` if its flags accept `logspace(…)` and `linspace(…)`. */
  readonly isNumeric: boolean;

  /**
   * Checks a value and returns it in canonical form (`leakyRelu` becomes `leakyRelu(0.1)`), or
   * `undefined` if it is invalid.
   *
   * @param value from JSON or a program
   * @param name the hyperparameter's name, for error messages
   * @throws {UserError} for a malformed call
   */
  read(value: unknown, name: string): V | undefined;

  /** Parses a flag's value or a table's cell, for {@linkcode read} to check. */
  parse(text: string): unknown;

  /** Splits the text of a flag that takes several values. */
  words(text: string): readonly string[];

  /** Converts the value to a table's cell, whose text {@linkcode parse} accepts. */
  cell(value: V): Cell;
}

/** Definition of a hyperparameter. */
export interface Hyperparameter<V> {
  /** One-line description for `--help`. */
  readonly meaning: string;
  readonly value: ValueKind<V>;
  readonly default: NoInfer<V>;
  /**
   * A value whose trial must differ from the default's. A test trains with it to detect a hyperparameter
   * that is never used.
   */
  readonly other: NoInfer<V>;
  /** Values of other hyperparameters without which `other` is refused. */
  readonly needs?: Readonly<Record<string, unknown>>;
  readonly axis: Axis;
  /**
   * For a hyperparameter that was added later: the value that earlier trials used implicitly. It is
   * assumed for tables without the column and omitted from a trial's key, so that older journals remain
   * valid. Never change it, even if the default changes.
   */
  readonly before?: NoInfer<V>;
}

/** Returns the entry unchanged; exists so that TypeScript infers the type of the values. */
export function hyperparameter<V, const A extends Axis>(
  entry: Hyperparameter<V> & { readonly axis: A },
): Hyperparameter<V> & { readonly axis: A } {
  return entry;
}

const commaSeparated = (text: string) => splitOutsideBrackets(text, ",");

/** A finite number that satisfies a condition. */
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

/** A value of another type, or a keyword. */
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

/** A number that satisfies a condition, or a value of another type. */
export function numberOr<V>(
  kind: ValueKind<V>,
  expected: string,
  holds: (x: number) => boolean,
): ValueKind<V | number> {
  const parse = (text: string) => {
    const value = decimalOr(text);
    return typeof value === "number" ? value : kind.parse(text);
  };
  return {
    ...kind,
    expected,
    parse,
    read(value, name) {
      const one = typeof value === "string" ? parse(value) : value;
      if (typeof one !== "number") return kind.read(one, name);
      return holds(one) ? one : undefined;
    },
    cell: (value) => typeof value === "number" ? value : kind.cell(value),
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

/**
 * A call, such as `step(0.5, 26)`.
 *
 * @param parse returns the value in canonical form; throws a `UserError` for any other text
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
    read(given, name) {
      const value = typeof given === "string" ? this.parse(given) : given;
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

/**
 * Units of a layer. `auto`, in the first and last place, is the number of pixels of an image and the
 * number of classes.
 */
export type LayerSize = number | "auto";

/** Units per layer: `784-128-10` in tables and flags, also `784,128,10` in flags. */
export function layerSizes(): ValueKind<readonly LayerSize[]> {
  const isSize = (size: unknown, l: number, { length }: readonly unknown[]) =>
    Number.isInteger(size) && (size as number) >= 1 ||
    size === "auto" && (l === 0 || l === length - 1);
  return {
    placeholder: "<units>",
    expected:
      "two or more whole numbers from 1, inputs first, such as 784,128,10, or auto,128,auto",
    isNumeric: false,
    read(given) {
      const value = typeof given === "string" ? this.parse(given) : given;
      return Array.isArray(value) && value.length >= 2 && value.every(isSize) ? value : undefined;
    },
    parse: (text) => text.split(/[-,]/).map(decimalOr),
    words: (text) => text.includes("-") ? commaSeparated(text) : [text],
    cell: (value) => value.join("-"),
  };
}

/** Parses a decimal number; returns the text if it is not one. */
function decimalOr(text: string): number | string {
  const value = decimalNumber(text);
  return Number.isNaN(value) ? text : value;
}
