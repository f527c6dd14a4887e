import type { Dataset } from "../dataset/dataset.ts";
import { DIGITS, take } from "../dataset/dataset.ts";
import type { Samples } from "../dataset/dataset.ts";
import { choice, logUniform } from "../sweep/distribution.ts";
import type { Space } from "../sweep/space.ts";

/** Images of the problem: the first ones of the training set, of which the last are held out. */
export const IMAGES = 7000, HELD_OUT = 5000;

/** Epochs of a training that is not ended early. */
export const EPOCHS = 9;

/**
 * What is searched: a small network on a few images, so that a comparison of searches takes minutes. The
 * objective has no chance, seed, order of the images and validation set are fixed, and it is smooth: the rate
 * falls to 0 by the end, and the batch size is not searched. With a constant rate, and other batches
 * in each trial, the accuracy jumps by up to a point between neighbours, and 0.1 points would be luck.
 */
export const SPACE = {
  learningRate: logUniform(0.001, 3),
  l2: logUniform(0.000001, 0.1),
  activation: choice("relu", "tanh", "sigmoid"),
  optimizer: choice("sgd", "momentum(uniform(0.5, 0.99))"),
} as const satisfies Space;

/** What is not searched. */
export const FIXED = {
  layers: [784, 32, 10],
  batchSize: 32,
  epochs: EPOCHS,
  schedule: "cosine",
  validation: `last(${HELD_OUT})`,
  seed: 1,
} as const satisfies Space;

/** The problem's data; the test images are not read. */
export function problemDataset(name: string, train: Samples, test: Samples): Dataset {
  return { name, classes: DIGITS, train: take(train, IMAGES), test: take(test, 1) };
}
