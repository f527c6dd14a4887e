import { usageError } from "../base/user_error.ts";
import { parseAugmentation } from "../dataset/augmentation.ts";
import type { Dataset } from "../dataset/dataset.ts";
import { requirePair } from "../dataset/require_pair.ts";
import { type Activation, ACTIVATIONS } from "../kernel/kernel.ts";
import { type Architecture, type Loss, LOSSES } from "../network/architecture.ts";
import { parseInitializer } from "../network/initializer.ts";
import { OPTIMIZERS } from "./optimizer.ts";
import { parseSchedule } from "./schedule.ts";

/** All that a trial depends on beside its data: plain JSON, one row of a table, one command line. */
export interface Hyperparameters {
  /** Units per layer, inputs first: `[784, 128, 64, 10]`. */
  readonly layers: readonly number[];
  /** The hidden layers' function, or a list with one per hidden layer. */
  readonly activation: Activation | readonly Activation[];
  /** The function of the output layer, before softmax where the loss is cross-entropy. */
  readonly outputActivation: Activation;
  /** Slope of `leakyRelu` for negative sums, 0 to 1. */
  readonly leakySlope: number;
  /** `heNormal`, `heUniform`, `glorotNormal`, `glorotUniform`, `normal(σ)`, `uniform(a)`, `zeros`. */
  readonly initializer: string;
  readonly loss: Loss;
  /** `sgd`. */
  readonly optimizer: string;
  /** The length of a step against the gradient, above 0. */
  readonly learningRate: number;
  /** `constant`, `step(factor, epoch, …)` or `exponential(factor)`; see `parseSchedule`. */
  readonly schedule: string;
  /** Images per step, from 1 to the size of the training set; `"full"` for all of it. */
  readonly batchSize: number | "full";
  /** Passes over the training set, 1 or more. */
  readonly epochs: number;
  /** λ of the penalty (λ/2) Σ w² on the weights, biases excluded; 0 or more. */
  readonly l2: number;
  /** A new random order each epoch, or the order of the file. */
  readonly shuffle: boolean;
  /**
   * How each training image is distorted, anew every time it is met: `none`, or distortions joined by
   * `+`, such as `rotation(10) + elastic(4, 34)`; see `parseAugmentation`.
   */
  readonly augment: string;
  /** A whole number from 0 to 2³¹ − 1. */
  readonly seed: number;
}

/** What holds for a hyperparameter that is not told: project D's network and settings. */
export const DEFAULTS: Hyperparameters = {
  layers: [784, 128, 64, 10],
  activation: "relu",
  outputActivation: "identity",
  leakySlope: 0.1,
  initializer: "heNormal",
  loss: "crossEntropy",
  optimizer: "sgd",
  learningRate: 0.1,
  schedule: "constant",
  batchSize: 32,
  epochs: 2,
  l2: 0,
  shuffle: true,
  augment: "none",
  seed: 1,
};

/** The names of all hyperparameters, in the order of tables. */
export const HYPERPARAMETERS = Object.keys(DEFAULTS) as (keyof Hyperparameters)[];

/** Says what a hyperparameter must be, or nothing when it is. */
type Check = (value: unknown) => string | undefined;

const isWhole = (x: unknown): x is number => Number.isInteger(x);
const isNumber = (x: unknown): x is number => typeof x === "number" && Number.isFinite(x);
const oneOf = (names: readonly string[]): Check => (x) =>
  names.includes(x as string) ? undefined : `one of ${names.join(", ")}`;
const parsedBy = (parse: (text: string) => unknown): Check => (x) => {
  if (typeof x !== "string") return "a text";
  parse(x);
};

const CHECKS: Record<keyof Hyperparameters, Check> = {
  layers: (x) =>
    Array.isArray(x) && x.length >= 2 && x.every((n) => isWhole(n) && n >= 1)
      ? undefined
      : "two or more whole numbers from 1, inputs first, such as 784,128,10",
  activation: (x) =>
    [x].flat().every((name) => ACTIVATIONS.includes(name as Activation))
      ? undefined
      : `one of ${ACTIVATIONS.join(", ")}, or a list of them, one for each hidden layer`,
  outputActivation: oneOf(ACTIVATIONS),
  leakySlope: (x) => isNumber(x) && x >= 0 && x <= 1 ? undefined : "a number from 0 to 1",
  initializer: parsedBy(parseInitializer),
  loss: oneOf(LOSSES),
  optimizer: oneOf(OPTIMIZERS),
  learningRate: (x) => isNumber(x) && x > 0 ? undefined : "a number above 0",
  schedule: parsedBy(parseSchedule),
  batchSize: (x) =>
    x === "full" || isWhole(x) && x >= 1
      ? undefined
      : "a whole number from 1 to the size of the training set, or full",
  epochs: (x) => isWhole(x) && x >= 1 ? undefined : "a whole number from 1",
  l2: (x) => isNumber(x) && x >= 0 ? undefined : "a number from 0",
  shuffle: (x) => typeof x === "boolean" ? undefined : "true or false",
  augment: parsedBy(parseAugmentation),
  seed: (x) =>
    isWhole(x) && x >= 0 && x < 2 ** 31 ? undefined : `a whole number from 0 to 2147483647`,
};

/**
 * Fills in the defaults and checks every value.
 *
 * @throws {UserError} naming the hyperparameter, what it must be and what it was
 */
export function complete(some: Partial<Hyperparameters>): Hyperparameters {
  for (const [name, value] of Object.entries(some)) {
    if (!Object.hasOwn(CHECKS, name)) {
      throw usageError(
        `${name} is not a hyperparameter; there are ${HYPERPARAMETERS.join(", ")}`,
      );
    }
    const expected = CHECKS[name as keyof Hyperparameters](value);
    if (expected !== undefined) {
      throw usageError(`${name} must be ${expected}, got ${JSON.stringify(value)}`);
    }
  }
  const all = { ...DEFAULTS, ...some };
  const hidden = all.layers.length - 2;
  if (Array.isArray(all.activation) && all.activation.length !== hidden) {
    throw usageError(
      `activation must have one entry for each of the ${hidden} hidden layers, ` +
        `got ${all.activation.length}: ${all.activation.join(",")}`,
    );
  }
  return all;
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
export function architectureOf(all: Hyperparameters): Architecture {
  const { layers, activation, outputActivation, leakySlope, loss } = all;
  const hidden = layers.slice(1, -1).map((_, l) =>
    typeof activation === "string" ? activation : activation[l]
  );
  return { layers, activations: [...hidden, outputActivation], leakySlope, loss };
}
