import { sum } from "../base/statistics.ts";
import { UserError } from "../base/user_error.ts";
import { plainKernel } from "../kernel/plain.ts";
import { simdKernel } from "../kernel/simd.ts";
import type { ImageKind, Model } from "../network/architecture.ts";
import { imageKindOf } from "../network/image_kind.ts";
import { answersOf } from "../network/loss.ts";
import { isFiniteModel, networkOf, readRows } from "../network/network.ts";
import { createPass, forward } from "../network/pass.ts";

/** A network's answer for one image. */
export interface Classification {
  /** The most probable class, an index into the names of the classes; the lowest in a tie. */
  readonly label: number;
  /** Probabilities of the classes; their sum is 1 up to rounding. */
  readonly probabilities: readonly number[];
  /** The activations of the hidden layers, first layer first. */
  readonly hidden: readonly (Float32Array | Float64Array)[];
}

/**
 * Classifies the bytes of an image, row by row, 0 for the background. Throws a UserError if an output
 * of the network is NaN or infinite; `picture` is the image's name in the error.
 */
export interface Classifier {
  (pixels: Uint8Array, picture?: string): Classification;
  /** The images that the network is for. */
  readonly images: ImageKind;
}

/**
 * Creates a function that classifies images with a network, one at a time.
 *
 * The probabilities are the softmax of the outputs. The outputs of a network trained with a squared
 * error, and the sigmoids of one trained with binary cross-entropy, estimate the probabilities directly
 * (Richard & Lippmann 1991); they are clipped at 0 and scaled to a sum of 1.
 *
 * @param name the model's name in errors, such as its file
 * @throws {UserError} when its training diverged or its image size is unknown
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { architectureOf, complete } from "../training/hyperparameters.ts";
 * import { plainKernel } from "../kernel/plain.ts";
 * import { createNetwork, modelOf } from "../network/network.ts";
 * import { classifier } from "./classify.ts";
 * const architecture = architectureOf(complete({ layers: [784, 16, 10] }));
 * const untrained = modelOf(createNetwork(plainKernel(32), architecture));
 * const { probabilities } = classifier(untrained)(new Uint8Array(784));
 * assert(probabilities.every((p) => Math.abs(p - 0.1) < 1e-6)); // untrained
 * ```
 */
export function classifier(model: Model, name = "the model"): Classifier {
  checkFinite(model, name);
  const images = imageKindOf(model, name);
  const { loss } = model.architecture;
  // A model in 64 bits is evaluated in 64 bits.
  const wide = model.parameters.some(({ weights }) => weights instanceof Float64Array);
  const kernel = wide ? plainKernel(64) : simdKernel();
  const network = networkOf(kernel, model);
  const pass = createPass(network, 1, "evaluate");
  const probabilities = kernel.matrix(1, images.classes.length);
  const first = new Uint32Array(1);
  const classify = (pixels: Uint8Array, picture = "the picture"): Classification => {
    kernel.loadPixels(pass.x, pixels, first, 0);
    const outputs = forward(network, pass);
    checkOutputs(readRows(outputs), name, picture, images.classes);
    const answers = answersOf(kernel, loss, outputs, probabilities);
    if (loss !== "crossEntropy") probabilities.data.set(shares(readRows(answers)));
    const found = Array.from(readRows(probabilities));
    return {
      label: found.indexOf(Math.max(...found)),
      probabilities: found,
      hidden: pass.a.slice(0, -1).map(readRows),
    };
  };
  return Object.assign(classify, { images });
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
  checkFinite(model, name);
}

/**
 * Checks that all numbers of a model are finite.
 *
 * @throws {UserError} when they are not: its training diverged
 */
export function checkFinite(model: Model, name: string): void {
  if (!isFiniteModel(model)) {
    throw new UserError(`${name}: some of its numbers are not finite: its training diverged`);
  }
}

/** Rejects outputs that overflowed: the largest of them is meaningless. */
function checkOutputs(
  outputs: ArrayLike<number>,
  name: string,
  picture: string,
  classes: readonly string[],
): void {
  const wrong = Array.from(outputs).findIndex((output) => !Number.isFinite(output));
  if (wrong < 0) return;
  throw new UserError(
    `${picture}: not recognised, as ${name} overflows: its output for ${classes[wrong]} is ${
      outputs[wrong]
    }; ` + `its weights are too large, train it again with a lower learning rate`,
  );
}

/** Normalises the positive outputs to a sum of 1. */
function shares(outputs: ArrayLike<number>): number[] {
  const positive = Array.from(outputs, (output) => Math.max(0, output));
  const total = sum(positive);
  return positive.map((output) => total > 0 ? output / total : 1 / positive.length);
}
