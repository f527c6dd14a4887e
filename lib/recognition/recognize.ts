import { UserError } from "../base/user_error.ts";
import { visible } from "../base/visible.ts";
import type { ImageKind } from "../network/architecture.ts";
import { decodeImage } from "../picture/decode.ts";
import { wholePicture } from "../picture/grey_pixels.ts";
import { preprocess, type Preprocessed, type RasterImage } from "../picture/preprocess.ts";
import type { Classification, Classifier } from "./classify.ts";

/** A picture, and what a network takes it for. */
export interface Recognition extends Classification {
  /** The picture's path or name. */
  readonly path: string;
  /** The decoded picture. */
  readonly image: RasterImage;
  /** The output of each stage of preprocessing; absent if the whole picture is the input. */
  readonly stages?: Preprocessed;
  /** The network's input, row by row. */
  readonly pixels: Uint8Array;
  /** The images that the network is for. */
  readonly images: ImageKind;
  /** The name of the class that was recognised. */
  readonly className: string;
  /** Its probability. */
  readonly probability: number;
}

/**
 * Recognises the class of a picture. For a network trained on handwriting in MNIST's frame, the writing
 * is found, centred and scaled as in MNIST. For any other network the whole picture is scaled to the
 * size of its images, as the images of a class folder are.
 *
 * @param source a path, or the bytes of a PNG, JPEG, WebP, GIF, TIFF or AVIF file
 * @param path the picture's name in the result and in errors; defaults to its path
 * @throws {UserError} when it cannot be decoded, no writing is found in it, or the network overflows
 */
export async function recognize(
  classify: Classifier,
  source: string | Uint8Array,
  path: string = typeof source === "string" ? source : "the picture",
): Promise<Recognition> {
  const name = visible(path);
  const { images } = classify;
  const image = await decodeImage(source, name, images.framed ? undefined : 1);
  const stages = images.framed ? preprocess(image) : undefined;
  const pixels = images.framed ? stages?.digit : await wholePicture(source, name, images);
  if (!pixels) throw new UserError(`${name}: no digit found`);
  const classification = classify(pixels, name);
  const { label, probabilities } = classification;
  return {
    path,
    image,
    ...(stages && { stages }),
    pixels,
    images,
    ...classification,
    className: images.classes[label],
    probability: probabilities[label],
  };
}
