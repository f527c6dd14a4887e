import type { Model } from "../network/architecture.ts";
import { type Figure, jupyterDisplay } from "../plot/figure.ts";
import { recognitionStrip } from "../plot/recognition_strip.ts";
import { classifier } from "../recognition/classify.ts";
import { recognize } from "../recognition/recognize.ts";

/** What a network sees in a picture; as a cell's value it shows how the picture was prepared. */
export interface ImagePrediction {
  readonly path: string;
  /** The digit, 0 to 9. */
  readonly digit: number;
  /** Its probability. */
  readonly probability: number;
  /** Of the ten digits. */
  readonly probabilities: readonly number[];
  /** The 784 bytes that the network was given, as MNIST has them. */
  readonly pixels: Uint8Array;
  /** The strip: the picture, grey, the ink alone, cropped, 28×28, and the probabilities. */
  readonly figure: Figure;
  [jupyterDisplay](): Record<string, string>;
}

/**
 * Says which digit a picture shows, and how it came to that.
 *
 * @param path of a picture (PNG, JPEG, WebP, GIF, TIFF or AVIF, up to 50 megapixels), or the bytes of its file
 * @throws {UserError} when the picture cannot be read or shows no digit, or the network is not one
 * from 784 pixels to ten digits
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
 * const { digit } = await predictImage(model, await encodePhoto(photo));
 * assert(digit === test.labels[0]);
 * ```
 */
export async function predictImage(
  model: Model,
  path: string | Uint8Array,
): Promise<ImagePrediction> {
  const recognition = await recognize(classifier(model), path);
  const { digit, probability, probabilities, stages } = recognition;
  const figure = recognitionStrip([recognition]);
  return {
    path: recognition.path,
    digit,
    probability,
    probabilities,
    pixels: stages.digit,
    figure,
    [jupyterDisplay]: () => figure[jupyterDisplay](),
  };
}
