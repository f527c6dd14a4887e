import { imageAt, type Samples } from "../dataset/dataset.ts";
import type { Model } from "../network/architecture.ts";
import { classifier } from "./classify.ts";

/** A network's prediction for an image, and the true class. */
export interface Prediction {
  /** The image's index in the samples. */
  readonly index: number;
  readonly actual: number;
  readonly predicted: number;
  /** The probability of the predicted class, 0 to 1. */
  readonly probability: number;
}

/**
 * Classifies every image.
 *
 * @throws {UserError} when the network does not have 784 inputs and 10 outputs, or overflows
 */
export function predictions(model: Model, samples: Samples): Prediction[] {
  const classify = classifier(model);
  return Array.from(samples.labels, (actual, index) => {
    const { digit, probabilities } = classify(imageAt(samples, index), `image ${index}`);
    return { index, actual, predicted: digit, probability: probabilities[digit] };
  });
}

/** The misclassified images with the highest predicted probability, in descending order. */
export function mostConfidentMistakes(
  all: readonly Prediction[],
  count: number,
): Prediction[] {
  return all
    .filter(({ actual, predicted }) => actual !== predicted)
    .sort((a, b) => b.probability - a.probability || a.index - b.index)
    .slice(0, count);
}
