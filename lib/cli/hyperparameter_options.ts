import { parseCall } from "../base/call_syntax.ts";
import { usageError } from "../base/user_error.ts";
import { parseDistribution, samplerOf } from "../sweep/distribution.ts";
import { linspace, logspace } from "../sweep/spacing.ts";
import type { Space } from "../sweep/space.ts";
import {
  entryOf,
  type HyperparameterName,
  HYPERPARAMETERS,
  readValue,
  type Settings,
} from "../training/hyperparameters.ts";
import { callLines } from "./call_lines.ts";
import { type Option, option } from "./command.ts";

/** The values of a flag. */
type Values = readonly unknown[];

/**
 * A flag for each hyperparameter.
 *
 * @param many `true` to accept several values separated by commas, for a sweep
 */
export function hyperparameterOptions(
  many: boolean,
): Record<HyperparameterName, Option<Values | undefined>> {
  const entries = HYPERPARAMETERS.map((name) => {
    const parse = (text: string) => {
      const values = valuesOf(name, text);
      const isOne = values.length === 1 && samplerOf(values[0]) === undefined;
      if (!many && !isOne) throw usageError("expected one value");
      return values;
    };
    return [name, option(entryOf(name).value.placeholder, descriptionOf(name), parse)];
  });
  return Object.fromEntries(entries);
}

/** A hyperparameter's description and default, and a line for each call that it accepts. */
function descriptionOf(name: HyperparameterName): string {
  const { meaning, value, default: byDefault } = entryOf(name);
  const shown = Array.isArray(byDefault) ? byDefault.join(",") : String(byDefault);
  return [`${meaning} (${shown})`, ...callLines(value.kinds ?? {})].join("\n");
}

/** The space that the given flags span; other hyperparameters are omitted. */
export function spaceFrom(options: Partial<Record<keyof Settings, Values>>): Space {
  const given = HYPERPARAMETERS.filter((name) => options[name] !== undefined);
  return Object.fromEntries(given.map((name) => [name, options[name]]));
}

/** The hyperparameters set by the given flags; others are omitted. */
export function hyperparametersFrom(
  options: Partial<Record<keyof Settings, Values>>,
): Partial<Settings> {
  const given = HYPERPARAMETERS.filter((name) => options[name] !== undefined);
  return Object.fromEntries(given.map((name) => [name, options[name]![0]]));
}

/** Parses and checks the values of a flag. */
function valuesOf(name: HyperparameterName, text: string): Values {
  const { value } = entryOf(name);
  return value.words(text).flatMap((word) => {
    const drawn = distribution(name, word);
    if (drawn !== undefined) return [drawn];
    const many = value.isNumeric ? spacing(word) : undefined;
    return (many ?? [value.parse(word)]).map((one) => readValue(name, one));
  });
}

/**
 * What a search draws from: a distribution, or a text with one in its brackets. A name is a value, as
 * `uniform(0.1)` is of the initializer; of distributions only `choice` takes its place.
 */
function distribution(name: HyperparameterName, word: string): unknown {
  const { value } = entryOf(name);
  if (value.isNumeric || /^\s*choice\(/.test(word)) {
    const drawn = parseDistribution(word, value.parse);
    if (drawn !== undefined) return drawn;
  }
  return samplerOf(word) === undefined ? undefined : word;
}

/** The numbers of `logspace(from, to, count)` or `linspace(from, to, count)`. */
function spacing(word: string): number[] | undefined {
  const call = parseCall(word);
  if (call?.args.length !== 3) return undefined;
  const [start, stop, count] = call.args;
  if (call.name === "logspace") return logspace(start, stop, count);
  if (call.name === "linspace") return linspace(start, stop, count);
}
