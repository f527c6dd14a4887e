/** For tests: generated images that never change. @module */

import { randomStream } from "../base/random.ts";
import { type Dataset, DIGITS, emptySamples, type Samples } from "./dataset.ts";

/**
 * Generates square images of random pixels, four of five zero, with one of ten patches lit, the label.
 *
 * @param side pixels, 4 or more
 */
export function patchSamples(count: number, side: number, seed: number): Samples {
  const random = randomStream(seed, "data");
  const samples = emptySamples(count, side, side);
  const size = side * side;
  for (let i = 0; i < count; i++) {
    const label = random.integer(10);
    samples.labels[i] = label;
    for (let p = 0; p < size; p++) {
      const lit = Math.floor(10 * p / size) === label;
      const value = random.integer(256);
      samples.pixels[i * size + p] = random.uniform() < (lit ? 0.7 : 0.2) ? value : 0;
    }
  }
  return samples;
}

/** Generates a dataset of {@linkcode patchSamples}, named `patches`. */
export function patchDataset(train: number, test: number, side: number): Dataset {
  return {
    name: "patches",
    classes: DIGITS,
    train: patchSamples(train, side, 1),
    test: patchSamples(test, side, 2),
  };
}
