import { imageAt, type Samples } from "../dataset/dataset.ts";
import type { Model } from "../network/architecture.ts";
import { classifier } from "./classify.ts";

/** What a network takes an image for, and what it is. */
export interface Prediction {
  /** The image's place in the samples. */
  readonly index: number;
  readonly actual: number;
  readonly predicted: number;
  /** The probability that the network gives to its answer, 0 to 1. */
  readonly probability: number;
}

/**
 * What a network takes each image for.
 *
 * @throws {UserError} when the network does not lead from 784 pixels to ten digits, or overflows
 */
export function predictions(model: Model, samples: Samples): Prediction[] {
  const classify = classifier(model);
  return Array.from(samples.labels, (actual, index) => {
    const { digit, probabilities } = classify(imageAt(samples, index), `image ${index}`);
    return { index, actual, predicted: digit, probability: probabilities[digit] };
  });
}

/** The mistakes that the network was surest of, the worst first. */
export function mostConfidentMistakes(
  all: readonly Prediction[],
  count: number,
): Prediction[] {
  return all
    .filter(({ actual, predicted }) => actual !== predicted)
    .sort((a, b) => b.probability - a.probability || a.index - b.index)
    .slice(0, count);
}
