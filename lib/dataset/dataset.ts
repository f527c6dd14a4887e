import { type Random, randomStream, shuffleInPlace } from "../base/random.ts";
import { sha256 } from "../base/sha256.ts";
import { UserError } from "../base/user_error.ts";

/** Labelled grey images of one size, as bytes. */
export interface Samples {
  /** How many images there are. */
  readonly count: number;
  /** Pixels in a row of an image. */
  readonly width: number;
  /** Rows of an image. */
  readonly height: number;
  /** Row by row, image by image: count × height × width bytes, 0 for the background, 255 for full ink. */
  readonly pixels: Uint8Array<SharedArrayBuffer>;
  /** The class of each image, an index into the dataset's `classes`. */
  readonly labels: Uint8Array<SharedArrayBuffer>;
}

/**
 * A set of images to train on and one to test with.
 *
 * It is plain data over shared memory: handing it to a worker copies nothing.
 */
export interface Dataset {
  /** A short name for tables and file names: `mnist`, `synthetic`, `mnist[…]`. */
  readonly name: string;
  /** What each label stands for; its length is the number of a network's outputs. */
  readonly classes: readonly string[];
  readonly train: Samples;
  readonly test: Samples;
  /**
   * Whether the images are handwriting, cropped and centred as MNIST's: then `predict` finds and frames
   * the writing in a photo. Defaults to whether they are 28×28.
   */
  readonly framed?: boolean;
}

/** The classes of the digits, "0" to "9". */
export const DIGITS: readonly string[] = [
  "0",
  "1",
  "2",
  "3",
  "4",
  "5",
  "6",
  "7",
  "8",
  "9",
];

/**
 * Samples of the given size with all pixels and labels 0, in shared memory.
 *
 * @param count number of images, 0 or more
 * @param width pixels in a row (28 for MNIST)
 * @param height rows (28 for MNIST)
 * @throws {UserError} when there is no memory for so many
 */
export function emptySamples(
  count: number,
  width: number,
  height: number,
): Samples {
  return {
    count,
    width,
    height,
    pixels: sharedBytes(count * width * height, `${count} images of ${width}×${height} pixels`),
    labels: sharedBytes(count, `${count} labels`),
  };
}

function sharedBytes(size: number, what: string): Uint8Array<SharedArrayBuffer> {
  try {
    return new Uint8Array(new SharedArrayBuffer(size));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const gigabytes = (size / 1e9).toFixed(1);
    throw new UserError(
      `${what} take ${gigabytes} GB, more than there is here; take fewer, or scale them down`,
    );
  }
}

/** The pixels of image `index` (height × width bytes), a view, not a copy. */
export function imageAt(
  samples: Samples,
  index: number,
): Uint8Array<SharedArrayBuffer> {
  const size = samples.width * samples.height;
  return samples.pixels.subarray(index * size, (index + 1) * size);
}

/** A copy of the samples at the given places, in the given order. */
export function select(samples: Samples, indices: ArrayLike<number>): Samples {
  const chosen = emptySamples(indices.length, samples.width, samples.height);
  for (let i = 0; i < indices.length; i++) {
    imageAt(chosen, i).set(imageAt(samples, indices[i]));
    chosen.labels[i] = samples.labels[indices[i]];
  }
  return chosen;
}

/**
 * The samples from `start` up to, not including, `end`, in file order: a view, not a copy.
 *
 * @throws {UserError} when the range does not lie within the samples
 */
export function slice(samples: Samples, start: number, end: number): Samples {
  if (
    !(Number.isInteger(start) && Number.isInteger(end) && 0 <= start &&
      start <= end && end <= samples.count)
  ) {
    throw new UserError(
      `samples ${start} to ${end} do not lie within the ${samples.count} there are`,
    );
  }
  const size = samples.width * samples.height;
  return {
    ...samples,
    count: end - start,
    pixels: samples.pixels.subarray(start * size, end * size),
    labels: samples.labels.subarray(start, end),
  };
}

/**
 * The first `count` samples, or, with a seed, `count` samples drawn at random without repetition.
 *
 * @throws {UserError} when there are fewer
 */
export function take(samples: Samples, count: number, seed?: number): Samples {
  return slice(seed === undefined ? samples : shuffle(samples, seed), 0, count);
}

/** A copy in random order: the same seed gives the same order on every machine. */
export function shuffle(samples: Samples, seed: number): Samples {
  return select(
    samples,
    shuffledOrder(samples.count, randomStream(seed, "data")),
  );
}

/**
 * Two parts, the first with `count` samples: in file order, or shuffled first when a seed is given.
 *
 * @throws {UserError} when there are fewer than `count`
 */
export function split(
  samples: Samples,
  count: number,
  seed?: number,
): [Samples, Samples] {
  const all = seed === undefined ? samples : shuffle(samples, seed);
  return [slice(all, 0, count), slice(all, count, all.count)];
}

/** A copy of two sets of images of one size, the second after the first. */
export function concatenate(first: Samples, second: Samples): Samples {
  const both = emptySamples(first.count + second.count, first.width, first.height);
  both.pixels.set(first.pixels);
  both.pixels.set(second.pixels, first.pixels.length);
  both.labels.set(first.labels);
  both.labels.set(second.labels, first.count);
  return both;
}

/** The numbers from 0 to count − 1 in random order. */
export function shuffledOrder(count: number, random: Random): Uint32Array {
  const order = fileOrder(count);
  shuffleInPlace(order, random);
  return order;
}

/** The numbers from 0 to count − 1. */
export function fileOrder(count: number): Uint32Array {
  return Uint32Array.from({ length: count }, (_, index) => index);
}

/** How often each class occurs. */
export function classCounts(samples: Samples, classes: number): number[] {
  const counts = new Array<number>(classes).fill(0);
  for (const label of samples.labels) counts[label]++;
  return counts;
}

const digests = new WeakMap<Dataset, string>();

/**
 * The SHA-256 of all that a network sees of a dataset: sizes, number of classes, pixels and labels,
 * but not its name. 40 ms for MNIST, remembered for the next call.
 */
export function datasetDigest(dataset: Dataset): string {
  let digest = digests.get(dataset);
  if (digest === undefined) {
    const pieces = [dataset.train, dataset.test].flatMap((samples) => [
      `${samples.count}×${samples.height}×${samples.width};`,
      samples.pixels,
      samples.labels,
    ]);
    digest = sha256(`${dataset.classes.length};`, ...pieces);
    digests.set(dataset, digest);
  }
  return digest;
}
