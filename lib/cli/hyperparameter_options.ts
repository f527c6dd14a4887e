import { parseCall } from "../base/call_syntax.ts";
import { decimalNumber } from "../base/number.ts";
import { usageError } from "../base/user_error.ts";
import { ACTIVATIONS } from "../kernel/kernel.ts";
import { LOSSES } from "../network/architecture.ts";
import { linspace, logspace } from "../sweep/spacing.ts";
import type { Space } from "../sweep/space.ts";
import { DEFAULTS, HYPERPARAMETERS, type Hyperparameters } from "../training/hyperparameters.ts";
import { OPTIMIZERS } from "../training/optimizer.ts";
import { type Option, option } from "./command.ts";

/** The values that the text after a flag stands for. */
type Values = readonly unknown[];

const words = (list: readonly string[]) => list.join(", ");

/** What each hyperparameter's flag takes: a placeholder, a description, and how its text is read. */
const FLAGS: Record<keyof Hyperparameters, [string, string, (text: string) => Values]> = {
  layers: ["<units>", "units per layer, inputs first, such as 784,128,64,10", parseLayers],
  activation: [
    "<name>",
    `hidden layers' function: ${words(ACTIVATIONS)}; one for each hidden layer: relu-tanh`,
    (text) => parseWords(text).map((word) => word.includes("-") ? word.split("-") : word),
  ],
  outputActivation: ["<name>", "output layer's function, before softmax", parseWords],
  leakySlope: ["<number>", "slope of leakyRelu for negative sums, 0 to 1", parseNumbers],
  initializer: [
    "<name>",
    "heNormal, heUniform, glorotNormal, glorotUniform, normal(σ), uniform(a) or zeros",
    parseWords,
  ],
  loss: ["<name>", words(LOSSES), parseWords],
  optimizer: ["<name>", words(OPTIMIZERS), parseWords],
  learningRate: ["<number>", "length of a step, above 0", parseNumbers],
  schedule: [
    "<name>",
    "constant, step(factor,epoch,…) or exponential(factor)",
    parseWords,
  ],
  batchSize: [
    "<n>",
    "images per step, or full",
    (text): Values =>
      parseWords(text).flatMap((word): Values => word === "full" ? [word] : parseNumbers(word)),
  ],
  epochs: ["<n>", "passes over the training images", parseNumbers],
  l2: ["<number>", "λ of the penalty (λ/2) Σ w² on the weights", parseNumbers],
  shuffle: [
    "<bool>",
    "a new random order each epoch: true, or false for file order",
    parseBooleans,
  ],
  augment: [
    "<name>",
    "how training images are distorted: none, or rotation(10)+elastic(4,34) and their like",
    parseWords,
  ],
  seed: ["<n>", "of all that is random, 0 to 2147483647", parseNumbers],
};

/** What a hyperparameter's default looks like on the command line. */
function shown(name: keyof Hyperparameters): string {
  const value = DEFAULTS[name];
  return Array.isArray(value) ? value.join(",") : String(value);
}

/**
 * A flag for each hyperparameter.
 *
 * @param many whether a flag takes several values, separated by commas, for a sweep
 */
export function hyperparameterOptions(
  many: boolean,
): Record<keyof Hyperparameters, Option<Values | undefined>> {
  const entries = HYPERPARAMETERS.map((name) => {
    const [placeholder, description, parse] = FLAGS[name];
    const parseSome = (text: string) => {
      const values = parse(text);
      if (!many && values.length !== 1) throw usageError("expected one value");
      return values;
    };
    return [name, option(placeholder, `${description} (${shown(name)})`, parseSome)];
  });
  return Object.fromEntries(entries);
}

/** The space that the given flags span; flags that were not given are left out. */
export function spaceFrom(options: Partial<Record<keyof Hyperparameters, Values>>): Space {
  const given = HYPERPARAMETERS.filter((name) => options[name] !== undefined);
  return Object.fromEntries(given.map((name) => [name, options[name]]));
}

/** The hyperparameters that the given flags tell; flags that were not given are left out. */
export function hyperparametersFrom(
  options: Partial<Record<keyof Hyperparameters, Values>>,
): Partial<Hyperparameters> {
  const given = HYPERPARAMETERS.filter((name) => options[name] !== undefined);
  return Object.fromEntries(given.map((name) => [name, options[name]![0]]));
}

/** `784,128,10` is one network; `784-128-10,784-64-10` are two. */
function parseLayers(text: string): number[][] {
  const networks = text.includes("-")
    ? parseWords(text).map((word) => word.split("-"))
    : [text.split(",")];
  return networks.map((units) =>
    units.map((unit) => {
      const count = decimalNumber(unit);
      if (Number.isFinite(count)) return count;
      throw usageError(
        `expected units per layer, such as 784,128,64,10, got ${JSON.stringify(unit)} among them`,
      );
    })
  );
}

/** Words separated by commas; a comma inside brackets belongs to its word. */
function parseWords(text: string): string[] {
  return text.split(/,(?![^(]*\))/).map((word) => word.trim());
}

/** Numbers separated by commas, `logspace(from, to, count)` and `linspace(from, to, count)`. */
function parseNumbers(text: string): number[] {
  return parseWords(text).flatMap((word) => {
    const call = parseCall(word);
    if (call?.args.length === 3) {
      const [start, stop, count] = call.args;
      if (call.name === "logspace") return logspace(start, stop, count);
      if (call.name === "linspace") return linspace(start, stop, count);
    }
    const value = decimalNumber(word);
    if (!Number.isFinite(value)) {
      throw usageError(
        "expected a number, or for a sweep several: 0.1,0.2 or logspace(0.001,1,13)",
      );
    }
    return [value];
  });
}

function parseBooleans(text: string): boolean[] {
  return parseWords(text).map((word) => {
    if (word !== "true" && word !== "false") throw usageError("expected true or false");
    return word === "true";
  });
}
