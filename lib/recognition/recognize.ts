import { UserError } from "../base/user_error.ts";
import { visible } from "../base/visible.ts";
import { decodeImage } from "../picture/decode.ts";
import { preprocess, type Preprocessed, type RasterImage } from "../picture/preprocess.ts";
import type { Classification, Classifier } from "./classify.ts";

/** A digit recognised in a picture. */
export interface Recognition extends Classification {
  /** The picture's path, or what it was called. */
  readonly path: string;
  /** The picture as it was decoded. */
  readonly image: RasterImage;
  /** What each stage of the preprocessing made of it. */
  readonly stages: Preprocessed;
  /** The probability of the digit that was recognised. */
  readonly probability: number;
}

/**
 * Recognises the digit in a picture: decodes it, frames the digit as MNIST does, classifies it.
 *
 * @param source a path, or the bytes of a PNG, JPEG, WebP, GIF, TIFF or AVIF file
 * @param path what the result and errors call the picture; the path unless given
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
