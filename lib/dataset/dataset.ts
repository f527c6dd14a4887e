import { type Random, randomStream, shuffleInPlace } from "../base/random.ts";
import { sha256 } from "../base/sha256.ts";
import { UserError } from "../base/user_error.ts";

/** Labelled grey images of one size, as bytes. */
export interface Samples {
  /** Number of images. */
  readonly count: number;
  /** Pixels per row of an image. */
  readonly width: number;
  /** Rows of an image. */
  readonly height: number;
  /** Row by row, image by image: count × height × width bytes, 0 for the background, 255 for full ink. */
  readonly pixels: Uint8Array<SharedArrayBuffer>;
  /** The class of each image, an index into the dataset's `classes`. */
  readonly labels: Uint8Array<SharedArrayBuffer>;
}

/**
 * A training set and a test set.
 *
 * It is plain data over shared memory: passing it to a worker copies nothing.
 */
export interface Dataset {
  /** A short name for tables and file names: `mnist`, `synthetic`, `mnist[…]`. */
  readonly name: string;
  /** Names of the classes by label; their number is that of a network's outputs. */
  readonly classes: readonly string[];
  readonly train: Samples;
  readonly test: Samples;
  /**
   * `true` for handwriting cropped and centred as in MNIST: `predict` then finds and frames the writing in
   * a photo. Defaults to `true` for images of 28×28 pixels.
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
 * Allocates samples in shared memory, with all pixels and labels 0; in ordinary memory where a browser has
 * no other.
 *
 * @param count number of images, 0 or more
 * @param width pixels per row (28 for MNIST)
 * @param height rows (28 for MNIST)
 * @throws {UserError} if there is not enough memory
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
  // A page from a file has no shared memory; what it sends to its workers is copied.
  const Buffer = globalThis.SharedArrayBuffer ?? ArrayBuffer;
  try {
    return new Uint8Array(new Buffer(size));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const gigabytes = (size / 1e9).toFixed(1);
    throw new UserError(
      `${what} take ${gigabytes} GB, more than is available; use fewer, or scale them down`,
    );
  }
}

/** Returns a view of the pixels of image `index` (height × width bytes). */
export function imageAt(
  samples: Samples,
  index: number,
): Uint8Array<SharedArrayBuffer> {
  const size = samples.width * samples.height;
  return samples.pixels.subarray(index * size, (index + 1) * size);
}

/**
 * Returns a copy of the samples at the given indices, in the given order.
 *
 * @throws {UserError} if an index is not that of a sample
 */
export function select(samples: Samples, indices: ArrayLike<number>): Samples {
  const chosen = emptySamples(indices.length, samples.width, samples.height);
  for (let i = 0; i < indices.length; i++) {
    const index = indices[i];
    if (!(Number.isInteger(index) && index >= 0 && index < samples.count)) {
      throw new UserError(`image index must be from 0 to ${samples.count - 1}, got ${index}`);
    }
    imageAt(chosen, i).set(imageAt(samples, index));
    chosen.labels[i] = samples.labels[index];
  }
  return chosen;
}

/**
 * Returns a view of the samples from `start` up to, not including, `end`, in file order.
 *
 * @throws {UserError} if the range is not within the samples
 */
export function slice(samples: Samples, start: number, end: number): Samples {
  if (
    !(Number.isInteger(start) && Number.isInteger(end) && 0 <= start &&
      start <= end && end <= samples.count)
  ) {
    throw new UserError(
      `samples ${start} to ${end} are not within the ${samples.count} available`,
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
 * Returns the first `count` samples or, with a seed, `count` samples drawn at random without repetition.
 *
 * @throws {UserError} if there are fewer
 */
export function take(samples: Samples, count: number, seed?: number): Samples {
  return slice(seed === undefined ? samples : shuffle(samples, seed), 0, count);
}

/** Returns a copy in random order; the same seed gives the same order on every machine. */
export function shuffle(samples: Samples, seed: number): Samples {
  return select(
    samples,
    shuffledOrder(samples.count, randomStream(seed, "data")),
  );
}

/**
 * Splits samples into two parts, the first with `count` samples, in file order or, with a seed, shuffled.
 *
 * @throws {UserError} if there are fewer than `count`
 */
export function split(
  samples: Samples,
  count: number,
  seed?: number,
): [Samples, Samples] {
  const all = seed === undefined ? samples : shuffle(samples, seed);
  return [slice(all, 0, count), slice(all, count, all.count)];
}

/** Returns a copy of two sets of images of the same size, the second after the first. */
export function concatenate(first: Samples, second: Samples): Samples {
  const both = emptySamples(first.count + second.count, first.width, first.height);
  both.pixels.set(first.pixels);
  both.pixels.set(second.pixels, first.pixels.length);
  both.labels.set(first.labels);
  both.labels.set(second.labels, first.count);
  return both;
}

/** Returns the numbers from 0 to count − 1 in random order. */
export function shuffledOrder(count: number, random: Random): Uint32Array {
  const order = fileOrder(count);
  shuffleInPlace(order, random);
  return order;
}

/** Returns the numbers from 0 to count − 1. */
export function fileOrder(count: number): Uint32Array {
  return Uint32Array.from({ length: count }, (_, index) => index);
}

/** Counts the samples of each class. */
export function classCounts(samples: Samples, classes: number): number[] {
  const counts = new Array<number>(classes).fill(0);
  for (const label of samples.labels) counts[label]++;
  return counts;
}

const digests = new WeakMap<Dataset, string>();

/**
 * Returns the SHA-256 of a dataset as seen by a network: sizes, number of classes, pixels and labels, but
 * not its name. It takes 40 ms for MNIST and is cached.
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
