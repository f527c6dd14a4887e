import type { Model } from "../network/architecture.ts";
import { type Figure, jupyterDisplay } from "../plot/figure.ts";
import { recognitionStrip } from "../plot/recognition_strip.ts";
import { classifier } from "../recognition/classify.ts";
import { recognize } from "../recognition/recognize.ts";

/** A network's prediction for a picture; as a cell's value it shows the stages of preprocessing. */
export interface ImagePrediction {
  readonly path: string;
  /** The class, an index into the names of the model's classes; of MNIST's networks the digit. */
  readonly label: number;
  /** The name of the class: `7`, `cat`. */
  readonly className: string;
  /** Its probability. */
  readonly probability: number;
  /** Probabilities of the classes. */
  readonly probabilities: readonly number[];
  /** The network's input, row by row: 784 bytes for MNIST. */
  readonly pixels: Uint8Array;
  /** The strip: the picture, the stages of preprocessing, and the probabilities. */
  readonly figure: Figure;
  [jupyterDisplay](): Record<string, string>;
}

/**
 * Predicts the class of a picture and shows the stages of preprocessing.
 *
 * @param path of a picture (PNG, JPEG, WebP, GIF, TIFF or AVIF, up to 50 megapixels), or the bytes
 * of its file
 * @throws {UserError} when the picture cannot be read or no writing is found in it, or the network
 * does not specify the width and height of its images
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { projectPath } from "../base/project.ts";
 * import { syntheticDigits } from "../dataset/synthetic.ts";
 * import { encodePhoto, photograph } from "../picture/photo.ts";
 * import { randomStream } from "../base/random.ts";
 * import { loadModel } from "../model/model_file.ts";
 * import { predictImage } from "./predict_image.ts";
 * const { test } = syntheticDigits({ train: 0, test: 1 });
 * const photo = photograph(test.pixels, { inverted: true }, randomStream(1, "data"));
 * const { model } = await loadModel(projectPath("results", "models", "digits.npz"));
 * const { label } = await predictImage(model, await encodePhoto(photo));
 * assert(label === test.labels[0]);
 * ```
 */
export async function predictImage(
  model: Model,
  path: string | Uint8Array,
): Promise<ImagePrediction> {
  const recognition = await recognize(classifier(model), path);
  const { label, className, probability, probabilities, pixels } = recognition;
  const figure = recognitionStrip([recognition]);
  return {
    path: recognition.path,
    label,
    className,
    probability,
    probabilities,
    pixels,
    figure,
    [jupyterDisplay]: () => figure[jupyterDisplay](),
  };
}
