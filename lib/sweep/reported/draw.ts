import { randomStream } from "../../base/random.ts";
import { type Dataset, select, shuffledOrder } from "../../dataset/dataset.ts";
import { UserError } from "../../base/user_error.ts";

/**
 * A training set and a test set drawn at random from one of MNIST's files, separately for each seed:
 * `heldOut` test images, then `train` other training images.
 */
export interface Draw {
  readonly file: "train" | "test";
  readonly train: number;
  readonly heldOut: number;
  /** The test set: the images held out, or all of MNIST's test file. */
  readonly testOn: "held out" | "test file";
}

/** Returns the number of test images per seed: those held out, or MNIST's 10,000. */
export function testImages(draw: Draw | undefined): number {
  return draw?.testOn === "held out" ? draw.heldOut : 10_000;
}

/**
 * Draws the images of one seed, from the seed's `data` stream. The same seed gives the same images in
 * the same order on every machine.
 *
 * @param seed the trial's seed
 * @throws {UserError} if the file has too few images
 */
export function drawImages(mnist: Dataset, draw: Draw, seed: number): Dataset {
  const { file, train, heldOut, testOn } = draw;
  const all = mnist[file];
  if (all.count < heldOut + train) {
    throw new UserError(`${heldOut + train} images cannot be drawn from ${all.count}`);
  }
  const order = shuffledOrder(all.count, randomStream(seed, "data"));
  return {
    ...mnist,
    name: drawName(draw),
    train: select(all, order.subarray(heldOut, heldOut + train)),
    test: testOn === "held out" ? select(all, order.subarray(0, heldOut)) : mnist.test,
  };
}

/**
 * Returns the dataset's name in the table: `mnist`, or
 * `mnist[41000 of train drawn with each seed; 1000 others held out]`.
 */
export function drawName(draw: Draw | undefined): string {
  if (draw === undefined) return "mnist";
  const { file, train, heldOut, testOn } = draw;
  const test = testOn === "held out" ? `${heldOut} others held out` : "tested on the test file";
  return `mnist[${train} of ${file} drawn with each seed; ${test}]`;
}
