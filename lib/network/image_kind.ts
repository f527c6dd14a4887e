import { UserError } from "../base/user_error.ts";
import { areIndexNames, indexNames } from "../dataset/classes.ts";
import type { Dataset } from "../dataset/dataset.ts";
import type { ImageKind, Model } from "./architecture.ts";

/** Pixels along a side of MNIST's images, and of others that are framed as they are. */
const FRAMED_SIDE = 28;

/** Whether images of a size are handwriting in MNIST's frame, where nothing says so. */
function looksFramed({ width, height }: Pick<ImageKind, "width" | "height">): boolean {
  return width === FRAMED_SIDE && height === FRAMED_SIDE;
}

/**
 * What a model keeps of the images that it is trained on; nothing where {@linkcode imageKindOf} would
 * assume the same: square images, classes called by their labels, and handwriting if they are 28×28.
 */
export function keptImageKind({ train, classes, framed }: Dataset): ImageKind | undefined {
  const { width, height } = train;
  const kind = { width, height, classes, framed: framed ?? looksFramed(train) };
  const isAssumed = width === height && areIndexNames(classes) &&
    kind.framed === looksFramed(train);
  return isAssumed ? undefined : kind;
}

/**
 * The images that a model is for: what it keeps of them, otherwise square ones, classes called by their
 * labels, and handwriting if they are 28×28.
 *
 * @param name what the error calls the model
 * @throws {UserError} when the model does not say the size and its inputs are no square image
 */
export function imageKindOf({ architecture, images }: Model, name = "the model"): ImageKind {
  if (images !== undefined) return images;
  const { layers } = architecture;
  const side = Math.sqrt(layers[0]);
  if (!Number.isInteger(side)) {
    throw new UserError(
      `${name}: a network ${layers.join("-")} that does not say how wide and high its images of ` +
        `${layers[0]} pixels are; train it again here, or add "images" to its architecture`,
    );
  }
  const size = { width: side, height: side };
  return { ...size, classes: indexNames(layers[layers.length - 1]), framed: looksFramed(size) };
}
