import { UserError } from "../base/user_error.ts";
import { areIndexNames, indexNames } from "../dataset/classes.ts";
import type { Dataset } from "../dataset/dataset.ts";
import type { ImageKind, Model } from "./architecture.ts";

/** Side of MNIST's images, and of others framed the same way, in pixels. */
const FRAMED_SIDE = 28;

/** Default of `framed`: images of MNIST's size are taken for handwriting in MNIST's frame. */
function looksFramed({ width, height }: Pick<ImageKind, "width" | "height">): boolean {
  return width === FRAMED_SIDE && height === FRAMED_SIDE;
}

/**
 * Returns the image kind to store in a model, or `undefined` if {@linkcode imageKindOf} would assume the
 * same: square images, classes named by their labels, and handwriting if they are 28×28.
 */
export function keptImageKind({ train, classes, framed }: Dataset): ImageKind | undefined {
  const { width, height } = train;
  const kind = { width, height, classes, framed: framed ?? looksFramed(train) };
  const isAssumed = width === height && areIndexNames(classes) &&
    kind.framed === looksFramed(train);
  return isAssumed ? undefined : kind;
}

/**
 * Returns the kind of a model's images: the stored one, or by default square images, classes named by their
 * labels, and handwriting if they are 28×28.
 *
 * @param name name of the model, for error messages
 * @throws {UserError} if no size is stored and the number of inputs is not a square
 */
export function imageKindOf({ architecture, images }: Model, name = "the model"): ImageKind {
  if (images !== undefined) return images;
  const { layers } = architecture;
  const side = Math.sqrt(layers[0]);
  if (!Number.isInteger(side)) {
    throw new UserError(
      `${name}: the network ${layers.join("-")} has no width and height for its images of ` +
        `${layers[0]} pixels; train it again here, or add "images" to its architecture`,
    );
  }
  const size = { width: side, height: side };
  return { ...size, classes: indexNames(layers[layers.length - 1]), framed: looksFramed(size) };
}
