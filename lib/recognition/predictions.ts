import { UserError } from "../base/user_error.ts";
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
 * @param samples images of the network's image size
 * @throws {UserError} when they have another size, or the network overflows
 */
export function predictions(model: Model, samples: Samples): Prediction[] {
  const classify = classifier(model);
  const { width, height } = classify.images;
  if (samples.width !== width || samples.height !== height) {
    throw new UserError(
      `images of ${samples.width}×${samples.height} pixels, but the network is for ${width}×${height}`,
    );
  }
  return Array.from(samples.labels, (actual, index) => {
    const { label, probabilities } = classify(imageAt(samples, index), `image ${index}`);
    return { index, actual, predicted: label, probability: probabilities[label] };
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
