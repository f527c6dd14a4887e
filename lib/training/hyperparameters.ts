/**
 * The registry of hyperparameters. Flags, `--help`, checks, the columns of tables, the axes of figures,
 * a trial's key and the reading of old tables are derived from the entries here.
 * @module
 */

import { usageError } from "../base/user_error.ts";
import { DISTORTIONS, parseAugmentation } from "../dataset/augmentation.ts";
import type { Dataset } from "../dataset/dataset.ts";
import { requirePair } from "../dataset/require_pair.ts";
import { ACTIVATIONS, parseActivation } from "../kernel/activations.ts";
import { type Architecture, LOSSES } from "../network/architecture.ts";
import { INITIALIZERS, parseInitializer } from "../network/initializer.ts";
import {
  call,
  type Cell,
  type Hyperparameter,
  hyperparameter,
  layerSizes,
  number,
  oneOf,
  oneOrMany,
  orWord,
  trueOrFalse,
  wholeNumber,
} from "./hyperparameter.ts";
import { OPTIMIZERS, parseOptimizer } from "./optimizer.ts";
import { parseSchedule, SCHEDULE_TERMS } from "./schedule.ts";

/**
 * Every hyperparameter, in the order of tables. Those added after the first tables were written have
 * `before`; `trainModel` does not compile until it takes a new one up.
 */
export const REGISTRY = {
  /** Units per layer, inputs first: `[784, 128, 64, 10]`. */
  layers: hyperparameter({
    meaning: "units per layer, inputs first, such as 784,128,64,10",
    value: layerSizes(),
    default: [784, 128, 64, 10],
    other: [784, 32, 10],
    axis: { label: "layers", scale: "category" },
  }),
  /** The hidden layers' function, `relu` or `leakyRelu(0.1)`, or a list with one per hidden layer. */
  activation: hyperparameter({
    meaning: "hidden layers' function; one for each hidden layer: relu-tanh",
    value: oneOrMany(
      call(ACTIVATIONS, parseActivation),
      "an activation, or a list of them, one for each hidden layer",
    ),
    default: "relu",
    other: "leakyRelu(0.2)",
    axis: { label: "activation", scale: "category" },
  }),
  /** The function of the output layer, before softmax where the loss is cross-entropy. */
  outputActivation: hyperparameter({
    meaning: "output layer's function, before softmax, of those above",
    value: { ...call(ACTIVATIONS, parseActivation), kinds: undefined },
    default: "identity",
    other: "tanh",
    axis: { label: "output activation", scale: "category" },
  }),
  /** The distribution of the first weights: `heNormal`, `normal(0.01)`, …. */
  initializer: hyperparameter({
    meaning: "the first weights",
    value: call(INITIALIZERS, parseInitializer),
    default: "heNormal",
    other: "normal(0.01)",
    axis: { label: "initializer", scale: "category" },
  }),
  /** What the training makes small. */
  loss: hyperparameter({
    meaning: LOSSES.join(" or "),
    value: oneOf(LOSSES),
    default: "crossEntropy",
    other: "meanSquareError",
    axis: { label: "loss", scale: "category" },
  }),
  /** The rule of a step: `sgd`, `momentum(0.9)`, …. */
  optimizer: hyperparameter({
    meaning: "the rule of a step",
    value: call(OPTIMIZERS, parseOptimizer),
    default: "sgd",
    other: "momentum(0.9)",
    axis: { label: "optimizer", scale: "category" },
  }),
  /** The length of a step against the gradient, above 0. */
  learningRate: hyperparameter({
    meaning: "length of a step, above 0",
    value: number("a number above 0", (x) => x > 0),
    default: 0.1,
    other: 0.2,
    axis: { label: "learning rate", scale: "log" },
  }),
  /** How the learning rate changes: `constant`, `step(0.5, 26)`, `warmup(500) + cosine`, …. */
  schedule: hyperparameter({
    meaning: "how the learning rate changes",
    value: call(SCHEDULE_TERMS, parseSchedule),
    default: "constant",
    other: "cosine",
    axis: { label: "schedule", scale: "category" },
  }),
  /** Images per step, from 1 to the size of the training set; `"full"` for all of it. */
  batchSize: hyperparameter({
    meaning: "images per step, or full",
    value: orWord(
      wholeNumber(1),
      "full",
      "a whole number from 1 to the size of the training set, or full",
    ),
    default: 32,
    other: 64,
    axis: { label: "batch size", unit: "images", scale: "log" },
  }),
  /** Passes over the training set, 1 or more. */
  epochs: hyperparameter({
    meaning: "passes over the training images",
    value: wholeNumber(1),
    default: 2,
    other: 1,
    axis: { label: "epochs", scale: "linear" },
  }),
  /** λ of the penalty (λ/2) Σ w² on the weights, biases excluded; 0 or more. */
  l2: hyperparameter({
    meaning: "λ of the penalty (λ/2) Σ w² on the weights",
    value: number("a number from 0", (x) => x >= 0),
    default: 0,
    other: 0.01,
    axis: { label: "L2 penalty λ", scale: "log" },
  }),
  /** A new random order each epoch, or the order of the file. */
  shuffle: hyperparameter({
    meaning: "a new random order each epoch: true, or false for file order",
    value: trueOrFalse(),
    default: true,
    other: false,
    axis: { label: "shuffle", scale: "category" },
  }),
  /**
   * How each training image is distorted, anew every time it is met: `none`, or distortions joined by
   * `+`, such as `rotation(10) + elastic(4, 34)`.
   */
  augment: hyperparameter({
    meaning: "how training images are distorted; joined by +, each once",
    value: call(DISTORTIONS, parseAugmentation),
    default: "none",
    other: "translation(2)",
    axis: { label: "distortions", scale: "category" },
  }),
  /** A whole number from 0 to 2³¹ − 1. */
  seed: hyperparameter({
    meaning: "of all that is random, 0 to 2147483647",
    value: wholeNumber(0, 2 ** 31 - 1),
    default: 1,
    other: 2,
    axis: { label: "seed", scale: "category" },
  }),
};

/** The name of a hyperparameter. */
export type HyperparameterName = keyof typeof REGISTRY;

type ValueOf<E> = E extends Hyperparameter<infer V> ? V : never;

/** All that a trial depends on beside its data: plain JSON, one row of a table, one command line. */
export type Hyperparameters = {
  readonly [Name in keyof typeof REGISTRY]: ValueOf<typeof REGISTRY[Name]>;
};

/** Hyperparameters as cells of a table: a list is one text, joined by dashes. */
export type HyperparameterCells = {
  readonly [Name in keyof Hyperparameters]: CellOf<Hyperparameters[Name]>;
};

type CellOf<V> = V extends readonly unknown[] ? string : V;

/** The names of all hyperparameters, in the order of tables. */
export const HYPERPARAMETERS = Object.keys(REGISTRY) as HyperparameterName[];

/** The hyperparameters that have an order, so that a curve can be drawn along them. */
export type NumericHyperparameter = {
  [Name in HyperparameterName]: typeof REGISTRY[Name]["axis"]["scale"] extends "category" ? never
    : Name;
}[HyperparameterName];

/** The names of the hyperparameters that have an order, in the order of tables. */
export const NUMERIC_HYPERPARAMETERS = HYPERPARAMETERS.filter((name) =>
  REGISTRY[name].axis.scale !== "category"
) as readonly NumericHyperparameter[];

/** The hyperparameters that every table has a column for. */
export const FOUNDING = HYPERPARAMETERS.filter((name) => !("before" in REGISTRY[name]));

/** The registry where the type of a value does not matter. */
const ENTRIES: Readonly<Record<HyperparameterName, Hyperparameter<unknown>>> = REGISTRY;

/** The entry of a hyperparameter. */
export function entryOf(name: HyperparameterName): Hyperparameter<unknown> {
  return ENTRIES[name];
}

/** The default of every hyperparameter: project D's network and settings. */
export const DEFAULTS = fromEntries((name) => ENTRIES[name].default) as Hyperparameters;

/** A record with a value for each hyperparameter. */
function fromEntries<T>(valueOf: (name: HyperparameterName) => T): Record<HyperparameterName, T> {
  const pairs = HYPERPARAMETERS.map((name) => [name, valueOf(name)]);
  return Object.fromEntries(pairs);
}

/** Names that are no longer hyperparameters, and what took their place. */
const RETIRED: Readonly<Record<string, string>> = {
  leakySlope: "the slope is in the activation, leakyRelu(0.1)",
};

/**
 * A value of a hyperparameter in its one form.
 *
 * @throws {UserError} naming the hyperparameter, what it must be and what it was
 */
export function readValue(name: HyperparameterName, value: unknown): unknown {
  const kind = ENTRIES[name].value;
  const read = kind.read(value, name);
  if (read !== undefined) return read;
  throw usageError(`${name} must be ${kind.expected}, got ${JSON.stringify(value)}`);
}

/**
 * Fills in the defaults, checks every value and brings it into its one form.
 *
 * @throws {UserError} naming the hyperparameter, what it must be and what it was
 */
export function complete(some: Partial<Hyperparameters>): Hyperparameters {
  const read = Object.entries(some).map(([name, value]) => {
    if (!Object.hasOwn(REGISTRY, name)) {
      const successor = Object.hasOwn(RETIRED, name) ? RETIRED[name] : undefined;
      throw usageError(
        `${name} is not a hyperparameter; ` +
          (successor ?? `there are ${HYPERPARAMETERS.join(", ")}`),
      );
    }
    return [name, readValue(name as HyperparameterName, value)];
  });
  return checkTogether({ ...DEFAULTS, ...Object.fromEntries(read) });
}

/**
 * Checks what values must be for each other's sake.
 *
 * @param all each value in its one form
 * @throws {UserError} naming the hyperparameter, what it must be and what it was
 */
export function checkTogether(all: Hyperparameters): Hyperparameters {
  const hidden = all.layers.length - 2;
  if (Array.isArray(all.activation) && all.activation.length !== hidden) {
    throw usageError(
      `activation must have one entry for each of the ${hidden} hidden layers, ` +
        `got ${all.activation.length}: ${all.activation.join(",")}`,
    );
  }
  return all;
}

/** Hyperparameters as cells of a table. */
export function cellsOf(all: Hyperparameters): HyperparameterCells {
  return fromEntries((name): Cell => ENTRIES[name].value.cell(all[name])) as HyperparameterCells;
}

/**
 * The hyperparameters in a line of a table. A column that the table lacks because it is older than the
 * hyperparameter has the value of that time.
 *
 * @param record the cells' texts by column, with all {@linkcode FOUNDING} columns
 * @throws {UserError} naming the column that is missing or what its cell must be
 */
export function readCells(record: Readonly<Record<string, string | null>>): HyperparameterCells {
  const cells = withoutRetired(record);
  return fromEntries((name): Cell => {
    const { value, before } = ENTRIES[name];
    const text = cells[name];
    if (text === undefined) return value.cell(before);
    return value.cell(readValue(name, text === null ? null : value.parse(text)));
  }) as HyperparameterCells;
}

/**
 * The hyperparameters that {@linkcode cellsOf} made cells of.
 *
 * @throws {UserError} naming the hyperparameter whose cell is not one of its values
 */
export function fromCells(cells: HyperparameterCells): Hyperparameters {
  const all = fromEntries((name) =>
    readValue(name, ENTRIES[name].value.parse(String(cells[name])))
  );
  return checkTogether(all as unknown as Hyperparameters);
}

/** A line with the slope of the column `leakySlope` of older tables in its activations. */
function withoutRetired(record: Readonly<Record<string, string | null>>) {
  const { leakySlope, ...rest } = record;
  if (leakySlope === undefined) return record;
  const withSlope = (text: string | null) =>
    text?.replace(/\bleakyRelu\b(?!\()/g, `leakyRelu(${leakySlope})`) ?? null;
  return {
    ...rest,
    activation: withSlope(rest.activation),
    outputActivation: withSlope(rest.outputActivation),
  };
}

/**
 * What of the hyperparameters belongs into a trial's key: all but those that have the value of the time
 * before they existed. A changed default changes nothing here, so that it never hands on the result of
 * the old one.
 */
export function keyValues(all: Hyperparameters): Readonly<Record<string, unknown>> {
  const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);
  const kept = HYPERPARAMETERS.filter((name) => {
    const { before } = ENTRIES[name];
    return before === undefined || !same(all[name], before);
  });
  // By name: the order of the registry may change.
  return Object.fromEntries(kept.sort().map((name) => [name, all[name]]));
}

/**
 * Checks hyperparameters against the data they are to meet.
 *
 * @throws {UserError} when the first or last layer or the batch does not fit, a set is empty, or the
 * two sets differ in size
 */
export function checkAgainst(all: Hyperparameters, { train, test, classes, name }: Dataset): void {
  requirePair(
    { name: `${name}, training images`, samples: train },
    { name: `${name}, test images`, samples: test },
  );
  const inputs = train.width * train.height;
  const outputs = all.layers[all.layers.length - 1];
  if (all.layers[0] !== inputs) {
    throw usageError(
      `layers must begin with ${inputs}, the pixels of an image of ${name} ` +
        `(${train.width}×${train.height}), got ${all.layers.join(",")}`,
    );
  }
  if (outputs !== classes.length) {
    throw usageError(
      `layers must end with ${classes.length}, the classes of ${name}, got ${all.layers.join(",")}`,
    );
  }
  if (all.batchSize !== "full" && all.batchSize > train.count) {
    throw usageError(
      `batchSize must be a whole number from 1 to ${train.count}, got ${all.batchSize}`,
    );
  }
}

/** The network that the hyperparameters describe. */
export function architectureOf(
  { layers, activation, outputActivation, loss }: Pick<
    Hyperparameters,
    "layers" | "activation" | "outputActivation" | "loss"
  >,
): Architecture {
  const hidden = layers.slice(1, -1).map((_, l) =>
    typeof activation === "string" ? activation : activation[l]
  );
  return { layers, activations: [...hidden, outputActivation], loss };
}
