import { usageError } from "../base/user_error.ts";
import { fileOrder, type Samples } from "../dataset/dataset.ts";
import type { Network } from "../network/network.ts";
import { createPass, firstRows, forward, loadTargets, outputError } from "../network/pass.ts";

/** Results of a network on a set of images. */
export interface Evaluation {
  /** Mean loss per image, in nats for cross-entropy. */
  readonly loss: number;
  /** Fraction of the images that are classified correctly, 0 to 1. */
  readonly accuracy: number;
  /** `confusion[actual][predicted]`: number of images of class `actual` classified as `predicted`. */
  readonly confusion: readonly (readonly number[])[];
  /** The predicted class of each image: the one with the largest output. */
  readonly predictions: Uint8Array;
}

/** Rejects images that the network is not for. */
function requireFit(
  { architecture: { layers } }: Network,
  { width, height, labels }: Samples,
  order: Uint32Array,
): void {
  if (order.length === 0) throw usageError("there are no images to evaluate the network on");
  const [inputs, classes] = [layers[0], layers[layers.length - 1]];
  if (width * height !== inputs) {
    throw usageError(
      `images of ${width}×${height} pixels do not fit a network with ${inputs} inputs`,
    );
  }
  const wrong = order.find((image) => labels[image] >= classes);
  if (wrong === undefined) return;
  throw usageError(`label ${labels[wrong]} of image ${wrong}: the network has ${classes} outputs`);
}

/** Batch size of an evaluation; the results do not depend on it. */
const ROWS = 500;

/**
 * Returns a function that evaluates the network, as it then is, on the images.
 *
 * @param samples one or more images of the network's input size
 * @param order the places of the images to evaluate; defaults to all, in file order
 * @throws {UserError} if there are no images, or their size or a label does not fit the network
 */
export function evaluator(
  network: Network,
  samples: Samples,
  order: Uint32Array = fileOrder(samples.count),
): () => Evaluation {
  requireFit(network, samples, order);
  const count = order.length;
  const whole = createPass(network, Math.min(ROWS, count), "evaluate");
  const rest = firstRows(network, whole, count % whole.rows || whole.rows);
  const classes = whole.targets.columns;

  return () => {
    const predictions = new Uint8Array(count);
    const confusion = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
    let loss = 0, right = 0;
    for (let start = 0; start < count; start += whole.rows) {
      const pass = start + whole.rows <= count ? whole : rest;
      network.kernel.loadPixels(pass.x, samples.pixels, order, start);
      loadTargets(pass, samples.labels, order, start);
      const { data, stride } = forward(network, pass);
      loss += outputError(network, pass, 1);
      for (let r = 0; r < pass.rows; r++) {
        const predicted = largest(data, r * stride, classes);
        const actual = samples.labels[order[start + r]];
        predictions[start + r] = predicted;
        confusion[actual][predicted]++;
        if (predicted === actual) right++;
      }
    }
    return {
      loss: loss / count,
      accuracy: right / count,
      confusion,
      predictions,
    };
  };
}

/** Computes loss, accuracy and confusion matrix of a network on a set of images. */
export function evaluate(network: Network, samples: Samples): Evaluation {
  return evaluator(network, samples)();
}

/** The offset from `start` of the largest of `count` numbers; ties go to the first. */
function largest(numbers: Float32Array | Float64Array, start: number, count: number): number {
  let best = 0;
  for (let c = 1; c < count; c++) if (numbers[start + c] > numbers[start + best]) best = c;
  return best;
}
