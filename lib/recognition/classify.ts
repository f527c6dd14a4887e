import { UserError } from "../base/user_error.ts";
import { plainKernel } from "../kernel/plain.ts";
import { simdKernel } from "../kernel/simd.ts";
import type { Model } from "../network/architecture.ts";
import { isFiniteModel, networkOf, readRows } from "../network/network.ts";
import { createPass, forward } from "../network/pass.ts";

/** A network's answer for one digit. */
export interface Classification {
  /** The most probable class, 0 to 9; the lowest in a tie. */
  readonly digit: number;
  /** Probabilities of the ten classes; their sum is 1 up to rounding. */
  readonly probabilities: readonly number[];
  /** The activations of the hidden layers, first layer first. */
  readonly hidden: readonly (Float32Array | Float64Array)[];
}

/**
 * Classifies 784 bytes in MNIST's format. Throws a UserError if an output of the network is NaN or
 * infinite; `picture` is the digit's name in the error.
 */
export type Classifier = (digit: Uint8Array, picture?: string) => Classification;

/**
 * Creates a function that classifies digits with a network, one at a time.
 *
 * The probabilities are the softmax of the outputs. The outputs of a network trained with the mean
 * square error estimate the probabilities directly (Richard & Lippmann 1991); they are clipped at 0
 * and scaled to a sum of 1.
 *
 * @param name the model's name in errors, such as its file
 * @throws {UserError} when the network does not have 784 inputs and 10 outputs
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
 * assert(probabilities.every((p) => Math.abs(p - 0.1) < 1e-6)); // untrained
 * ```
 */
export function classifier(model: Model, name = "the model"): Classifier {
  checkDigitModel(model, name);
  // A model in 64 bits is evaluated in 64 bits.
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
 * Checks that a network has 784 inputs, the pixels of an image, and 10 outputs, the digits.
 *
 * @param name the model's name in errors
 * @throws {UserError} when it does not, or when it contains NaN or infinities
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

/** Rejects outputs that overflowed: the largest of them is meaningless. */
function checkOutputs(outputs: ArrayLike<number>, name: string, picture: string): void {
  const wrong = Array.from(outputs).findIndex((output) => !Number.isFinite(output));
  if (wrong < 0) return;
  throw new UserError(
    `${picture}: not recognised, as ${name} overflows: its output for ${wrong} is ${
      outputs[wrong]
    }; ` + `its weights are too large, train it again with a lower learning rate`,
  );
}

/** Normalises the positive outputs to a sum of 1. */
function shares(outputs: ArrayLike<number>): number[] {
  const positive = Array.from(outputs, (output) => Math.max(0, output));
  const sum = positive.reduce((total, output) => total + output, 0);
  return positive.map((output) => sum > 0 ? output / sum : 1 / positive.length);
}
