import { UserError } from "../base/user_error.ts";
import { visible } from "../base/visible.ts";
import { decodeImage } from "../picture/decode.ts";
import { preprocess, type Preprocessed, type RasterImage } from "../picture/preprocess.ts";
import type { Classification, Classifier } from "./classify.ts";

/** A digit recognised in a picture. */
export interface Recognition extends Classification {
  /** The picture's path or name. */
  readonly path: string;
  /** The decoded picture. */
  readonly image: RasterImage;
  /** The output of each stage of preprocessing. */
  readonly stages: Preprocessed;
  /** The probability of the digit that was recognised. */
  readonly probability: number;
}

/**
 * Recognises the digit in a picture: decodes it, centres and scales the digit as in MNIST,
 * classifies it.
 *
 * @param source a path, or the bytes of a PNG, JPEG, WebP, GIF, TIFF or AVIF file
 * @param path the picture's name in the result and in errors; defaults to its path
 * @throws {UserError} when it cannot be decoded, no digit is found in it, or the network overflows
 */
export async function recognize(
  classify: Classifier,
  source: string | Uint8Array,
  path: string = typeof source === "string" ? source : "the picture",
): Promise<Recognition> {
  const name = visible(path);
  const image = await decodeImage(source, name);
  const stages = preprocess(image);
  if (!stages) throw new UserError(`${name}: no digit found`);
  const classification = classify(stages.digit, name);
  const probability = classification.probabilities[classification.digit];
  return { path, image, stages, ...classification, probability };
}
