/**
 * The registry of hyperparameters. Flags, `--help`, checks, table columns, figure axes, a trial's key and
 * the reading of old tables are derived from its entries.
 * @module
 */

import { usageError } from "../base/user_error.ts";
import { DISTORTIONS, parseAugmentation } from "../dataset/augmentation.ts";
import type { Dataset } from "../dataset/dataset.ts";
import { requirePair } from "../dataset/require_pair.ts";
import { ACTIVATIONS, parseActivation } from "../kernel/activations.ts";
import type { Architecture } from "../network/architecture.ts";
import { INITIALIZERS, parseInitializer } from "../network/initializer.ts";
import { LOSSES, parseLoss } from "../network/loss.ts";
import { NORMALIZATIONS, parseNormalization } from "../network/normalization.ts";
import { dropoutShares, sharesOf } from "./dropout.ts";
import {
  call,
  type Cell,
  type Hyperparameter,
  hyperparameter,
  type LayerSize,
  layerSizes,
  number,
  numberOr,
  oneOrMany,
  orWord,
  trueOrFalse,
  wholeNumber,
} from "./hyperparameter.ts";
import { optimizerKind, OPTIMIZERS, parseOptimizer } from "./optimizer.ts";
import { parseSchedule, SCHEDULE_TERMS } from "./schedule.ts";
import {
  isAmount,
  parseValidation,
  trainedOn,
  type Validation,
  VALIDATIONS,
} from "./validation.ts";

/** An entry for a number above 0 that something is kept below, or `"none"`, as before it existed. */
function limit(meaning: string, label: string, other: number) {
  return hyperparameter({
    meaning: `${meaning}, or none`,
    value: orWord(number("a number above 0", (x) => x > 0), "none", "a number above 0, or none"),
    default: "none",
    other,
    axis: { label, scale: "log" },
    before: "none",
  });
}

/**
 * Every hyperparameter, in the column order of tables. Those added after the first tables were written
 * have `before`; `trainModel` does not compile until it uses a new entry.
 */
export const REGISTRY = {
  /**
   * Units per layer, inputs first: `[784, 128, 64, 10]`, or `["auto", 128, 64, "auto"]`, where the first
   * and the last size are those of the data: the pixels of an image and the number of classes.
   */
  layers: hyperparameter({
    meaning: "units per layer, inputs first; auto: the pixels of an image, the classes",
    value: layerSizes(),
    default: ["auto", 128, 64, "auto"],
    other: ["auto", 32, "auto"],
    axis: { label: "layers", scale: "category" },
  }),
  /** Activation of the hidden layers, `relu` or `leakyRelu(0.1)`, or a list of one per hidden layer. */
  activation: hyperparameter({
    meaning: "hidden layers' activation; or one per hidden layer: relu-tanh",
    value: oneOrMany(
      call(ACTIVATIONS, parseActivation),
      "an activation, or a list of one per hidden layer",
    ),
    default: "relu",
    other: "leakyRelu(0.2)",
    axis: { label: "activation", scale: "category" },
  }),
  /** Activation of the output layer, before the softmax or sigmoid of a cross-entropy. */
  outputActivation: hyperparameter({
    meaning: "output layer's activation, before a cross-entropy's softmax or sigmoid",
    value: { ...call(ACTIVATIONS, parseActivation), kinds: undefined },
    default: "identity",
    other: "tanh",
    axis: { label: "output activation", scale: "category" },
  }),
  /** Distribution of the initial weights: `heNormal`, `normal(0.01)`, …. */
  initializer: hyperparameter({
    meaning: "initial weights",
    value: call(INITIALIZERS, parseInitializer),
    default: "heNormal",
    other: "normal(0.01)",
    axis: { label: "initializer", scale: "category" },
  }),
  /** Distribution of the initial biases, as `initializer`; drawn by a random stream of their own. */
  biasInitializer: hyperparameter({
    meaning: "initial biases, one of those above",
    value: { ...call(INITIALIZERS, parseInitializer), kinds: undefined },
    default: "zeros",
    other: "constant(0.1)",
    axis: { label: "bias initializer", scale: "category" },
    before: "zeros",
  }),
  /**
   * Batch normalisation of the hidden layers' weighted sums, before their activation: `none`,
   * `batch(0.1, 0.00001)`, or a list of one per hidden layer.
   */
  normalization: hyperparameter({
    meaning: "of the hidden layers' sums; or one per hidden layer: batch-none",
    value: oneOrMany(
      call(NORMALIZATIONS, parseNormalization),
      "a normalization, or a list of one per hidden layer",
    ),
    default: "none",
    other: "batch(0.1, 0.00001)",
    axis: { label: "normalization", scale: "category" },
    before: "none",
  }),
  /** The loss function that training minimises, averaged over the images of a batch. */
  loss: hyperparameter({
    meaning: "loss of an image, averaged over the batch",
    value: call(LOSSES, parseLoss),
    default: "crossEntropy",
    other: "meanSquareError",
    axis: { label: "loss", scale: "category" },
  }),
  /** ε of label smoothing: training targets are (1 − ε) target + ε / classes; from 0 to below 1. */
  labelSmoothing: hyperparameter({
    meaning: "ε: training targets are (1 − ε) target + ε / classes",
    value: number("a number from 0 to below 1", (x) => x >= 0 && x < 1),
    default: 0,
    other: 0.1,
    axis: { label: "label smoothing ε", scale: "linear" },
    before: 0,
  }),
  /** The update rule: `sgd`, `momentum(0.9)`, …. */
  optimizer: hyperparameter({
    meaning: "update rule",
    value: call(OPTIMIZERS, parseOptimizer),
    default: "sgd",
    other: "momentum(0.9)",
    axis: { label: "optimizer", scale: "category" },
  }),
  /** Step size η of gradient descent, above 0. */
  learningRate: hyperparameter({
    meaning: "step size, above 0",
    value: number("a number above 0", (x) => x > 0),
    default: 0.1,
    other: 0.2,
    axis: { label: "learning rate", scale: "log" },
  }),
  /** Schedule of the learning rate: `constant`, `step(0.5, 26)`, `warmup(500) + cosine`, …. */
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
    meaning: "passes over the training set",
    value: wholeNumber(1),
    default: 2,
    other: 1,
    axis: { label: "epochs", scale: "linear" },
  }),
  /**
   * Early stopping: training ends after so many epochs in a row without a lower validation loss, and the
   * network gets the weights of its best epoch; `"none"` to train for all epochs.
   */
  patience: hyperparameter({
    meaning: "stop early: epochs without a lower validation loss, or none; keeps the best epoch",
    value: orWord(wholeNumber(1), "none", "a whole number from 1, or none"),
    default: "none",
    other: 1,
    needs: { validation: 0.1 },
    axis: { label: "patience", unit: "epochs", scale: "linear" },
    before: "none",
  }),
  /**
   * Epochs after which training ends although the schedule spans all `epochs`: a training that a search
   * ended early, or a look at its beginning. `"all"` for none.
   */
  stopAfter: hyperparameter({
    meaning: "end after so many epochs, with the schedule of all of them; or all",
    value: orWord(wholeNumber(1), "all", "a whole number from 1 to the epochs, or all"),
    default: "all",
    other: 1,
    axis: { label: "stopped after", unit: "epochs", scale: "linear" },
    before: "all",
  }),
  /** λ of the penalty (λ/2) Σ w² on the weights, biases excluded; 0 or more. */
  l2: hyperparameter({
    meaning: "λ of the penalty (λ/2) Σ w² on the weights",
    value: number("a number from 0", (x) => x >= 0),
    default: 0,
    other: 0.01,
    axis: { label: "L2 penalty λ", scale: "log" },
  }),
  /**
   * Probability that a number is set to 0 in a training step, the others being scaled up: one for all
   * hidden layers, or a list of one for the inputs and one for each hidden layer.
   */
  dropout: hyperparameter({
    meaning: "share of each hidden layer's units set to 0 in a step; or inputs first: 0.2-0.5-0.5",
    value: dropoutShares(),
    default: 0,
    other: 0.5,
    axis: { label: "dropout", scale: "linear" },
    before: 0,
  }),
  /** λ of the penalty λ Σ |w| on the weights, biases excluded; 0 or more. */
  l1: hyperparameter({
    meaning: "λ of the penalty λ Σ |w| on the weights",
    value: number("a number from 0", (x) => x >= 0),
    default: 0,
    other: 0.001,
    axis: { label: "L1 penalty λ", scale: "log" },
    before: 0,
  }),
  /** Decoupled weight decay: W ← (1 − η decay) W before every step, biases excluded; 0 or more. */
  weightDecay: hyperparameter({
    meaning: "decoupled: W ← (1 − rate · decay) W before every step",
    value: number("a number from 0", (x) => x >= 0),
    default: 0,
    other: 0.1,
    axis: { label: "weight decay", scale: "log" },
    before: 0,
  }),
  /** The largest Euclidean norm of a unit's incoming weights, kept after every step; or `"none"`. */
  maxNorm: limit("largest norm of a unit's incoming weights", "max-norm", 1),
  /** The largest magnitude of a number of the batch's gradient, before `clipNorm`; or `"none"`. */
  clipValue: limit(
    "largest magnitude of a number of the gradient",
    "gradient's largest value",
    0.001,
  ),
  /** The largest Euclidean norm of the batch's gradient, all parameters together; or `"none"`. */
  clipNorm: limit(
    "largest norm of the gradient, all parameters together",
    "gradient's largest norm",
    0.1,
  ),
  /** `true` for a new random order each epoch, `false` for the order of the file. */
  shuffle: hyperparameter({
    meaning: "a new random order each epoch: true, or false for file order",
    value: trueOrFalse(),
    default: true,
    other: false,
    axis: { label: "shuffle", scale: "category" },
  }),
  /**
   * Random distortions of the training images, drawn anew in every epoch: `none`, or distortions joined
   * by `+`, such as `rotation(10) + elastic(4, 34)`.
   */
  augment: hyperparameter({
    meaning: "random distortions of training images, joined by +",
    value: call(DISTORTIONS, parseAugmentation),
    default: "none",
    other: "translation(2)",
    axis: { label: "distortions", scale: "category" },
  }),
  /**
   * Training images that are held out to choose on, drawn by the seed: a share, 0.1, or a number, 5000; the
   * last ones, `last(5000)`; a range, `rows(50000, 60000)`; or `none`. The test images are then not read.
   */
  validation: hyperparameter({
    meaning: "training images to hold out: a random share (0.1) or number",
    value: numberOr<Validation>(
      call(VALIDATIONS, parseValidation),
      "a share above 0 and below 1, a whole number of images from 1, or one of " +
        Object.values(VALIDATIONS).map(({ form }) => form).join(", "),
      isAmount,
    ),
    default: "none",
    other: 0.2,
    axis: { label: "validation", scale: "category" },
    before: "none",
  }),
  /** Seed of all random streams, a whole number from 0 to 2³¹ − 1. */
  seed: hyperparameter({
    meaning: "seed of all random numbers, 0 to 2147483647",
    value: wholeNumber(0, 2 ** 31 - 1),
    default: 1,
    other: 2,
    axis: { label: "seed", scale: "category" },
  }),
};

/** The name of a hyperparameter. */
export type HyperparameterName = keyof typeof REGISTRY;

type ValueOf<E> = E extends Hyperparameter<infer V> ? V : never;

/** Hyperparameters before the data are known: the first and last size in `layers` may be `auto`. */
export type Settings = {
  readonly [Name in keyof typeof REGISTRY]: ValueOf<typeof REGISTRY[Name]>;
};

/**
 * Everything that a trial depends on except its data, as plain JSON. {@linkcode fitTo} makes them from
 * {@linkcode Settings} and a dataset.
 */
export type Hyperparameters = {
  readonly [Name in keyof Settings]: Name extends "layers" ? readonly number[] : Settings[Name];
};

/** Some hyperparameters, with the size of every layer. */
export type SizedHyperparameters = Partial<Hyperparameters> & Pick<Hyperparameters, "layers">;

/** Hyperparameters as cells of a table; lists are joined by dashes. */
export type HyperparameterCells = {
  readonly [Name in keyof Hyperparameters]: CellOf<Hyperparameters[Name]>;
};

/** Lists are joined by dashes: `784-128-10`. */
type CellOf<V> = V extends readonly unknown[] ? `${string}-${string}` : V;

/** The names of all hyperparameters, in the column order of tables. */
export const HYPERPARAMETERS = Object.keys(REGISTRY) as HyperparameterName[];

/** The hyperparameters with ordered values, along which a curve can be drawn. */
export type NumericHyperparameter = {
  [Name in HyperparameterName]: typeof REGISTRY[Name]["axis"]["scale"] extends "category" ? never
    : Name;
}[HyperparameterName];

/** The names of the hyperparameters with ordered values, in the column order of tables. */
export const NUMERIC_HYPERPARAMETERS = HYPERPARAMETERS.filter((name) =>
  REGISTRY[name].axis.scale !== "category"
) as readonly NumericHyperparameter[];

/** The hyperparameters for which every table has a column. */
export const FOUNDING = HYPERPARAMETERS.filter((name) => !("before" in REGISTRY[name]));

/** The registry without the types of the values. */
const ENTRIES: Readonly<Record<HyperparameterName, Hyperparameter<unknown>>> = REGISTRY;

/** Returns the definition of a hyperparameter. */
export function entryOf(name: HyperparameterName): Hyperparameter<unknown> {
  return ENTRIES[name];
}

/** The default of every hyperparameter: project D's network and settings. */
export const DEFAULTS = fromEntries((name) => ENTRIES[name].default) as Settings;

/** Builds a record with a value for each hyperparameter. */
function fromEntries<T>(valueOf: (name: HyperparameterName) => T): Record<HyperparameterName, T> {
  const record = {} as Record<HyperparameterName, T>;
  for (const name of HYPERPARAMETERS) record[name] = valueOf(name);
  return record;
}

/** Former hyperparameters and their replacements. */
const RETIRED: Readonly<Record<string, string>> = {
  leakySlope: "the slope is in the activation, leakyRelu(0.1)",
};

/**
 * Checks a hyperparameter's value and returns it in canonical form.
 *
 * @throws {UserError} naming the hyperparameter, the expected and the actual value
 */
export function readValue(name: HyperparameterName, value: unknown): unknown {
  const kind = ENTRIES[name].value;
  const read = kind.read(value, name);
  if (read !== undefined) return read;
  // JSON has no infinite numbers.
  const shown = typeof value === "number" ? String(value) : JSON.stringify(value);
  throw usageError(`${name} must be ${kind.expected}, got ${shown}`);
}

/**
 * Fills in the defaults, checks every value and converts it to canonical form.
 *
 * @throws {UserError} naming the hyperparameter, the expected and the actual value
 */
export function complete(some: SizedHyperparameters): Hyperparameters;
export function complete(some: Partial<Settings>): Settings;
export function complete(some: Partial<Settings>): Settings {
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
 * Checks that the values are consistent with each other.
 *
 * @param all values in canonical form
 * @throws {UserError} naming the hyperparameter, the expected and the actual value
 */
export function checkTogether(all: Settings): Settings {
  const hidden = all.layers.length - 2;
  if (Array.isArray(all.activation) && all.activation.length !== hidden) {
    throw usageError(
      `activation must have one entry for each of the ${hidden} hidden layers, ` +
        `got ${all.activation.length}: ${all.activation.join(",")}`,
    );
  }
  if (
    all.outputActivation === "sigmoid" && parseLoss(all.loss).value.verb === "binaryCrossEntropy"
  ) {
    throw usageError(
      `outputActivation must not be sigmoid with the loss ${all.loss}, which takes the sigmoid itself`,
    );
  }
  sharesOf(all.dropout, all.layers);
  checkNormalization(all);
  if (all.stopAfter !== "all" && all.stopAfter > all.epochs) {
    throw usageError(
      `stopAfter must be at most the ${all.epochs} epochs of the training, got ${all.stopAfter}`,
    );
  }
  if (all.patience !== "none" && all.validation === "none") {
    throw usageError(
      `patience ${all.patience} needs a validation set to stop on; add, for example, validation 0.1`,
    );
  }
  checkUpdates(all);
  return all;
}

/** The optimizers whose momentum a schedule can change. */
const WITH_MOMENTUM = Object.keys(OPTIMIZERS).filter((name) => OPTIMIZERS[name].hasMomentum);

/** Checks the optimizer and the schedule together with what they need. */
function checkUpdates({ optimizer, schedule, weightDecay, validation }: Settings): void {
  const { hasMomentum, hasDecay } = optimizerKind(optimizer);
  const { momentum, needsValidation } = parseSchedule(schedule).value;
  if (weightDecay !== 0 && hasDecay) {
    throw usageError(
      `weightDecay must be 0 with optimizer ${optimizer}, which has its own, got ${weightDecay}`,
    );
  }
  if (momentum && !hasMomentum) {
    throw usageError(
      `schedule ${schedule} changes the momentum, which optimizer ${optimizer} does not have; ` +
        `leave out its last two numbers, or choose ${WITH_MOMENTUM.join(", ")}`,
    );
  }
  if (needsValidation && validation === "none") {
    throw usageError(
      `schedule ${schedule} needs a validation set to look at; add, for example, validation 0.1`,
    );
  }
}

function checkNormalization({ normalization, layers, batchSize }: Settings): void {
  const hidden = layers.length - 2;
  const list = Array.isArray(normalization) ? normalization : [normalization];
  if (Array.isArray(normalization) && list.length !== hidden) {
    throw usageError(
      `normalization must have one entry for each of the ${hidden} hidden layers, ` +
        `got ${list.length}: ${list.join("-")}`,
    );
  }
  if (list.every((one) => one === "none")) return;
  if (hidden === 0) {
    throw usageError(`normalization must be none without hidden layers, got ${list.join("-")}`);
  }
  if (batchSize === 1) {
    throw usageError("batchSize must be 2 or more with normalization (one image has no variance)");
  }
}

/** Converts hyperparameters to cells of a table. */
export function cellsOf(all: Settings): HyperparameterCells {
  return fromEntries((name): Cell => ENTRIES[name].value.cell(all[name])) as HyperparameterCells;
}

/**
 * The hyperparameters that need a column in a table of some rows: the {@linkcode FOUNDING} ones, and those
 * added later that have another value than `before` in some row.
 */
export function neededColumns(rows: readonly HyperparameterCells[]): HyperparameterName[] {
  return HYPERPARAMETERS.filter((name) => {
    const { value, before } = ENTRIES[name];
    if (FOUNDING.includes(name)) return true;
    const cell = value.cell(before);
    return rows.some((row) => row[name] !== cell);
  });
}

/**
 * Reads the hyperparameters in a row of a table. A column that is missing because the table is older than
 * the hyperparameter defaults to `before`.
 *
 * @param record the cells' texts by column, with all {@linkcode FOUNDING} columns
 * @throws {UserError} naming the column and the expected value of its cell
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
 * Converts cells of {@linkcode cellsOf} back to hyperparameters.
 *
 * @throws {UserError} naming the hyperparameter whose cell is invalid
 */
export function fromCells(cells: HyperparameterCells): Settings {
  const all = fromEntries((name) =>
    readValue(name, ENTRIES[name].value.parse(String(cells[name])))
  );
  return checkTogether(all as unknown as Settings);
}

/** Moves the slope in the column `leakySlope` of older tables into the activations. */
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
 * Returns the hyperparameters in a trial's key: all except those equal to their `before`. The key does
 * not depend on defaults, so a changed default never reuses a result of the old one.
 */
export function keyValues(all: Hyperparameters): Readonly<Record<string, unknown>> {
  const kept: Record<string, unknown> = {};
  for (const name of SORTED) {
    const { before } = ENTRIES[name];
    if (before === undefined || !isSame(all[name], before)) kept[name] = all[name];
  }
  return kept;
}

/** The order of the names in a key: that of the registry may change. */
const SORTED = HYPERPARAMETERS.toSorted();

/** Compares values as JSON does. */
function isSame(a: unknown, b: unknown): boolean {
  return a === b || typeof a === "object" && JSON.stringify(a) === JSON.stringify(b);
}

/**
 * Replaces `auto` in the units per layer by the sizes of a dataset.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { DIGITS, emptySamples } from "../dataset/dataset.ts";
 * import { fitLayers } from "./hyperparameters.ts";
 * const samples = emptySamples(1, 28, 28);
 * const digits = { name: "some", classes: DIGITS, train: samples, test: samples };
 * assert.deepEqual(fitLayers(["auto", 128, "auto"], digits), [784, 128, 10]);
 * ```
 */
export function fitLayers(
  layers: readonly LayerSize[],
  { train, classes }: Dataset,
): readonly number[] {
  // A million trials share a list, if it has nothing to fill in.
  if (!layers.includes("auto")) return layers as readonly number[];
  return layers.map((size, l) =>
    size !== "auto" ? size : l === 0 ? train.width * train.height : classes.length
  );
}

/**
 * Fits settings to a dataset: replaces `auto` in `layers` and checks the rest.
 *
 * @throws {UserError} if the first or last layer or the batch size does not fit, a set is empty, or the
 * images of the two sets differ in size
 */
export function fitTo(settings: Settings, dataset: Dataset): Hyperparameters {
  const { train, test, classes, name } = dataset;
  requirePair(
    { name: `${name}, training images`, samples: train },
    { name: `${name}, test images`, samples: test },
  );
  const layers = fitLayers(settings.layers, dataset);
  const all = layers === settings.layers ? settings as Hyperparameters : { ...settings, layers };
  const inputs = train.width * train.height;
  const outputs = all.layers[all.layers.length - 1];
  const got = `or auto, got ${all.layers.join(",")}`;
  if (all.layers[0] !== inputs) {
    throw usageError(
      `layers must begin with ${inputs}, the pixels of an image of ${name} ` +
        `(${train.width}×${train.height}), ${got}`,
    );
  }
  if (outputs !== classes.length) {
    throw usageError(`layers must end with ${classes.length}, the classes of ${name}, ${got}`);
  }
  const images = trainedOn(all.validation, train.count);
  if (all.batchSize !== "full" && all.batchSize > images) {
    throw usageError(`batchSize must be a whole number from 1 to ${images}, got ${all.batchSize}`);
  }
  return all;
}

/** The epoch after which a training ends if nothing else ends it. */
export function lastEpoch({ epochs, stopAfter }: Pick<Settings, "epochs" | "stopAfter">): number {
  return stopAfter === "all" ? epochs : stopAfter;
}

/** Returns the architecture that the hyperparameters describe. */
export function architectureOf(
  { layers, activation, outputActivation, loss, normalization = "none" }:
    & Pick<Hyperparameters, "layers" | "activation" | "outputActivation" | "loss">
    & Partial<Pick<Hyperparameters, "normalization">>,
): Architecture {
  const perLayer = <V extends string>(value: V | readonly V[]): V[] =>
    layers.slice(1, -1).map((_, l) => typeof value === "string" ? value : value[l]);
  const normalizations = perLayer(normalization);
  return {
    layers,
    activations: [...perLayer(activation), outputActivation],
    loss,
    ...(normalizations.some((one) => one !== "none") &&
      { normalizations: [...normalizations, "none"] }),
  };
}
