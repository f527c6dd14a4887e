import { memoryJournal, openJournal } from "../base/journal.ts";
import { sha256 } from "../base/sha256.ts";
import { runOnWorkers } from "../base/worker_pool.ts";
import { imageAt, type Samples } from "../dataset/dataset.ts";
import { type SharedSamples, shareSamples } from "../dataset/shared.ts";
import { decodeImage } from "../picture/decode.ts";
import { photoFile, type PhotoOptions, PHOTOS } from "../picture/photo.ts";
import { preprocess } from "../picture/preprocess.ts";
import type { Model } from "../network/architecture.ts";
import { weightsDigest } from "../network/network.ts";
import { wilsonInterval } from "../training/wilson.ts";
import { type Classifier, classifier } from "./classify.ts";

/** How well a network reads digits that went through a kind of photo. */
export interface RobustnessRow {
  /** What was done to the images. */
  readonly photo: string;
  /** How many images. */
  readonly images: number;
  /** How many were read right. */
  readonly right: number;
  /** In how many no digit was found. */
  readonly notFound: number;
  /** Part that was read right, 0 to 1. */
  readonly accuracy: number;
  /** The ends of its 95 % interval (Wilson). */
  readonly low: number;
  readonly high: number;
}

/** Some images of a kind of photo: a piece of work for a worker. */
export interface PhotoTask {
  /** The place in {@linkcode PHOTOS}; −1 for the bytes of the images themselves. */
  readonly photo: number;
  readonly indices: readonly number[];
}

/** What came of it. */
export interface PhotoCounts {
  readonly right: number;
  readonly notFound: number;
}

/** First message to a worker. */
export interface RobustnessStart {
  readonly model: Model;
  readonly samples: SharedSamples;
}

/** Images in a piece of work. */
const CHUNK = 25;
/** The name of the row without photos, which the others are to be compared with. */
const BYTES = "the images themselves";

/** How far the measuring is. */
export interface RobustnessProgress {
  /** Photos that were read in this run. */
  readonly done: number;
  /** Photos that this run is to read. */
  readonly total: number;
  /** Photos that an earlier run had read, as its journal says. */
  readonly reused: number;
}

/** How the measuring is done. None of it but `images` changes the result. */
export interface RobustnessOptions {
  /** Images for a photo of about 200 pixels; see {@linkcode imagesFor}. */
  readonly images: number;
  /** Worker threads, 1 or more. */
  readonly workers: number;
  /** A file that keeps what has been read, so that the next run goes on from there. */
  readonly journal?: string;
  readonly onProgress?: (progress: RobustnessProgress) => void;
  /** Called with a sentence on damage in the journal; a warning on the console by default. */
  readonly onNotice?: (notice: string) => void;
  /** The module of a worker; defaults to `robustness_worker.ts`. */
  readonly script?: URL;
}

/**
 * Measures how well a network reads images that were made into photos, saved as PNG or JPEG and sent
 * through the whole pipeline: decoding, preprocessing, network. A row for the images' own bytes comes
 * first. The same rows each time, whatever the number of workers.
 *
 * @param samples 28×28 images of the ten digits
 * @throws {UserError} when the network does not lead from 784 pixels to ten digits
 */
export async function measureRobustness(
  model: Model,
  samples: Samples,
  options: RobustnessOptions,
): Promise<RobustnessRow[]> {
  const { images, workers, journal: path, onProgress, onNotice = console.warn } = options;
  const script = options.script ?? new URL("robustness_worker.ts", import.meta.url);
  // A model that does not fit is reported here, not by every worker.
  const classify = classifier(model);
  const kinds = [{ name: BYTES, size: 28 }, ...PHOTOS];
  const counts = kinds.map((kind) => imagesFor(kind, samples.count, images));
  const tasks = counts.flatMap((count, k) => tasksOf(k - 1, count, samples.count));
  const totals = kinds.map(() => ({ right: 0, notFound: 0 }));
  const add = ({ photo }: PhotoTask, { right, notFound }: PhotoCounts) => {
    totals[photo + 1].right += right;
    totals[photo + 1].notFound += notFound;
  };
  const journal = path === undefined ? memoryJournal<PhotoCounts>() : openJournal(path, isCounts);
  journal.notices.forEach((notice) => onNotice(notice));
  try {
    const keyOf = await taskKeys(model, classify, samples);
    const missing = tasks.filter((task) => {
      const known = journal.get(keyOf(task));
      if (known) add(task, known);
      return !known;
    });
    const total = photosIn(missing), reused = photosIn(tasks) - total;
    let done = 0;
    onProgress?.({ done, total, reused });
    // The slow ones first, so that no worker is left with them at the end.
    missing.reverse();
    await runOnWorkers<RobustnessStart, PhotoTask, PhotoCounts>(missing, {
      script,
      start: { model, samples: shareSamples(samples) },
      workers,
      onResult(t, found) {
        const task = missing[t];
        journal.append(keyOf(task), found);
        add(task, found);
        done += task.indices.length;
        onProgress?.({ done, total, reused });
      },
    });
  } finally {
    journal.close();
  }
  return kinds.map(({ name }, k) => rowOf(name, counts[k], totals[k]));
}

function rowOf(photo: string, images: number, { right, notFound }: PhotoCounts): RobustnessRow {
  const accuracy = right / images;
  return { photo, images, right, notFound, accuracy, ...wilsonInterval(right, images) };
}

/**
 * What makes a piece of work the same piece, for the journal: the network, the images, the kind of
 * photo and the places. Also what comes of the first image in each kind of photo, so that the counts
 * of a pipeline that has been changed since are not taken over.
 */
async function taskKeys(
  model: Model,
  classify: Classifier,
  samples: Samples,
): Promise<(task: PhotoTask) => string> {
  const kinds = await Promise.all(PHOTOS.map(async (options) => {
    const digit = await throughPhoto(imageAt(samples, 0), options, 0);
    return JSON.stringify([options, digit && classify(digit).probabilities]);
  }));
  const architecture = JSON.stringify(model.architecture);
  const common = sha256(
    architecture,
    weightsDigest(model),
    ...kinds,
    samples.pixels,
    samples.labels,
  );
  return (task) => sha256(common, JSON.stringify(task));
}

function isCounts(value: unknown): value is PhotoCounts {
  const counts = value as PhotoCounts | null;
  return Number.isInteger(counts?.right) && Number.isInteger(counts?.notFound);
}

/**
 * How many images a kind of photo is measured with: all where a photo is as small as an image, a
 * quarter of `images` where it is larger than 1,000 pixels, as it takes a hundred times as long.
 */
export function imagesFor({ size = 200 }: PhotoOptions, count: number, images: number): number {
  if (size <= 28) return count;
  return Math.min(count, size > 1000 ? Math.ceil(images / 4) : images);
}

/** Images evenly spread over all of them: the halves of MNIST's test images are not equally hard. */
function tasksOf(photo: number, count: number, of: number): PhotoTask[] {
  const indices = Array.from({ length: count }, (_, i) => Math.floor(i * of / count));
  return Array.from({ length: Math.ceil(count / CHUNK) }, (_, c) => ({
    photo,
    indices: indices.slice(c * CHUNK, (c + 1) * CHUNK),
  }));
}

function photosIn(tasks: readonly PhotoTask[]): number {
  return tasks.reduce((sum, { indices }) => sum + indices.length, 0);
}

/** Does a piece of work. The photo of an image depends on the image's place alone. */
export async function readPhotos(
  classify: Classifier,
  samples: Samples,
  { photo, indices }: PhotoTask,
): Promise<PhotoCounts> {
  let right = 0, notFound = 0;
  for (const index of indices) {
    const image = imageAt(samples, index);
    const digit = photo < 0 ? image : await throughPhoto(image, PHOTOS[photo], index);
    if (!digit) notFound++;
    else if (classify(digit, `image ${index}`).digit === samples.labels[index]) right++;
  }
  return { right, notFound };
}

/** The 784 bytes that the pipeline makes of an image's photo, or nothing where it finds no digit. */
async function throughPhoto(
  image: Uint8Array,
  options: PhotoOptions,
  seed: number,
): Promise<Uint8Array | undefined> {
  return preprocess(await decodeImage(await photoFile(image, options, seed)))?.digit;
}
