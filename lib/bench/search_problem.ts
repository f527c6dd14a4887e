import type { Dataset } from "../dataset/dataset.ts";
import { DIGITS, take } from "../dataset/dataset.ts";
import type { Samples } from "../dataset/dataset.ts";
import { choice, logUniform, wholeNumbers } from "../sweep/distribution.ts";
import type { Space } from "../sweep/space.ts";

/** Images of the problem: the first ones of the training set, of which the last are held out. */
export const IMAGES = 7000, HELD_OUT = 5000;

/** Epochs of a training that is not ended early. */
export const EPOCHS = 9;

/**
 * What is searched: a small network on a few images, so that a comparison of searches takes minutes. The
 * objective has no chance: seed and validation set are fixed. The rate falls to 0 by the end: with a constant
 * one, the accuracy jumps by a point from one setting to the next, and 0.1 points would be luck.
 */
export const SPACE = {
  learningRate: logUniform(0.001, 3),
  batchSize: wholeNumbers(8, 128),
  activation: choice("relu", "tanh", "sigmoid"),
  optimizer: choice("sgd", "momentum(uniform(0.5, 0.99))"),
} as const satisfies Space;

/** What is not searched. */
export const FIXED = {
  layers: [784, 32, 10],
  epochs: EPOCHS,
  schedule: "cosine",
  validation: `last(${HELD_OUT})`,
  seed: 1,
} as const satisfies Space;

/** The problem's data; the test images are not read. */
export function problemDataset(name: string, train: Samples, test: Samples): Dataset {
  return { name, classes: DIGITS, train: take(train, IMAGES), test: take(test, 1) };
}
