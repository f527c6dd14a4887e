import { UserError } from "../base/user_error.ts";
import { plainKernel } from "../kernel/plain.ts";
import { simdKernel } from "../kernel/simd.ts";
import type { Model } from "../network/architecture.ts";
import { isFiniteModel, networkOf, readRows } from "../network/network.ts";
import { createPass, forward } from "../network/pass.ts";

/** What a network makes of a digit. */
export interface Classification {
  /** The most probable class, 0 to 9; the smallest of equals. */
  readonly digit: number;
  /** Of the ten classes; they add up to 1 but for rounding. */
  readonly probabilities: readonly number[];
  /** The activations of the hidden layers, first layer first. */
  readonly hidden: readonly (Float32Array | Float64Array)[];
}

/**
 * Turns 784 bytes, as MNIST has them, into a {@linkcode Classification}. Throws a UserError where an
 * output of the network is NaN or infinite; `picture` is what the error calls the digit.
 */
export type Classifier = (digit: Uint8Array, picture?: string) => Classification;

/**
 * A function that classifies digits with a network, one at a time.
 *
 * The probabilities are the softmax of the outputs. A network that was trained with the mean square
 * error has none; its outputs estimate the probabilities themselves (Richard & Lippmann 1991), so
 * what is below 0 counts as 0, and they are scaled to add up to 1.
 *
 * @param name what errors call the model, such as its file
 * @throws {UserError} when the network does not lead from 784 pixels to ten digits
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { architectureOf, DEFAULTS } from "../training/hyperparameters.ts";
 * import { plainKernel } from "../kernel/plain.ts";
 * import { createNetwork, modelOf } from "../network/network.ts";
 * import { classifier } from "./classify.ts";
 * const untrained = modelOf(createNetwork(plainKernel(32), architectureOf(DEFAULTS)));
 * const { probabilities } = classifier(untrained)(new Uint8Array(784));
 * assert(probabilities.every((p) => Math.abs(p - 0.1) < 1e-6)); // it knows nothing
 * ```
 */
export function classifier(model: Model, name = "the model"): Classifier {
  checkDigitModel(model, name);
  // A model in 64 bits is taken at its word.
  const wide = model.parameters.some(({ weights }) => weights instanceof Float64Array);
  const kernel = wide ? plainKernel(64) : simdKernel();
  const network = networkOf(kernel, model);
  const pass = createPass(network, 1, "evaluate");
  const probabilities = kernel.matrix(1, 10);
  const first = new Uint32Array(1);
  return (digit, picture = "the digit") => {
    kernel.loadPixels(pass.x, digit, first, 0);
    const outputs = forward(network, pass);
    checkOutputs(readRows(outputs), name, picture);
    if (model.architecture.loss === "crossEntropy") kernel.softmax(outputs, probabilities);
    else probabilities.data.set(shares(readRows(outputs)));
    const found = Array.from(readRows(probabilities));
    return {
      digit: found.indexOf(Math.max(...found)),
      probabilities: found,
      hidden: pass.a.slice(0, -1).map(readRows),
    };
  };
}

/**
 * Checks that a network leads from the 784 pixels of an image to the ten digits.
 *
 * @param name what the error calls the model
 * @throws {UserError} when it does not, or when it diverged in training
 */
export function checkDigitModel(model: Model, name: string): void {
  const { layers } = model.architecture;
  if (layers[0] !== 784 || layers[layers.length - 1] !== 10) {
    throw new UserError(
      `${name}: a network ${layers.join("-")}; telling digits takes one with 784 inputs, the ` +
        `pixels of a 28×28 image, and 10 outputs`,
    );
  }
  if (!isFiniteModel(model)) {
    throw new UserError(`${name}: some of its numbers are not finite: its training diverged`);
  }
}

/** Refuses outputs that overflowed: the largest of them says nothing. */
function checkOutputs(outputs: ArrayLike<number>, name: string, picture: string): void {
  const wrong = Array.from(outputs).findIndex((output) => !Number.isFinite(output));
  if (wrong < 0) return;
  throw new UserError(
    `${picture}: not recognised, as ${name} overflows: its output for ${wrong} is ${
      outputs[wrong]
    }; ` + `its weights are too large, train it again with a lower learning rate`,
  );
}

/** The outputs as parts of their sum. */
function shares(outputs: ArrayLike<number>): number[] {
  const positive = Array.from(outputs, (output) => Math.max(0, output));
  const sum = positive.reduce((total, output) => total + output, 0);
  return positive.map((output) => sum > 0 ? output / sum : 1 / positive.length);
}
