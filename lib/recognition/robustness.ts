import { memoryJournal, openJournal } from "../base/journal.ts";
import { sha256 } from "../base/sha256.ts";
import { sum } from "../base/statistics.ts";
import { runOnWorkers } from "../base/worker_pool.ts";
import { imageAt, type Samples } from "../dataset/dataset.ts";
import { type SharedSamples, shareSamples } from "../dataset/shared.ts";
import { decodeImage } from "../picture/decode.ts";
import { photoFile, type PhotoOptions, PHOTOS } from "../picture/photo.ts";
import { preprocess } from "../picture/preprocess.ts";
import type { Model } from "../network/architecture.ts";
import { weightsDigest } from "../network/network.ts";
import { wilsonInterval } from "../training/wilson.ts";
import { checkDigitModel, type Classifier, classifier } from "./classify.ts";

/** A network's accuracy on digits rendered as one kind of photo. */
export interface RobustnessRow {
  /** The kind of photo. */
  readonly photo: string;
  /** Number of images. */
  readonly images: number;
  /** Number of images classified correctly. */
  readonly right: number;
  /** Number of images in which no digit was found. */
  readonly notFound: number;
  /** Share classified correctly, 0 to 1. */
  readonly accuracy: number;
  /** The limits of its 95 % interval (Wilson). */
  readonly low: number;
  readonly high: number;
}

/** A task for a worker: some images of one kind of photo. */
export interface PhotoTask {
  /** Index in {@linkcode PHOTOS}; −1 for the original images. */
  readonly photo: number;
  readonly indices: readonly number[];
}

/** The result of a task. */
export interface PhotoCounts {
  readonly right: number;
  readonly notFound: number;
}

/** First message to a worker. */
export interface RobustnessStart {
  readonly model: Model;
  readonly samples: SharedSamples;
}

/** Images per task. */
const CHUNK = 25;
/** The name of the row for the original images, the baseline. */
const BYTES = "the images themselves";

/** Progress of the measurement. */
export interface RobustnessProgress {
  /** Photos read in this run. */
  readonly done: number;
  /** Photos to read in this run. */
  readonly total: number;
  /** Photos that an earlier run had read, from the journal. */
  readonly reused: number;
}

/** Options of the measurement. Only `images` affects the result. */
export interface RobustnessOptions {
  /** Images for a photo of about 200 pixels; see {@linkcode imagesFor}. */
  readonly images: number;
  /** Worker threads, 1 or more. */
  readonly workers: number;
  /** A journal of finished tasks, from which the next run resumes. */
  readonly journal?: string;
  readonly onProgress?: (progress: RobustnessProgress) => void;
  /** Called with a sentence about damage in the journal; defaults to a warning on the console. */
  readonly onNotice?: (notice: string) => void;
  /** The module of a worker; defaults to `robustness_worker.ts`. */
  readonly script?: URL;
}

/**
 * Measures a network's accuracy on images rendered as photos, encoded as PNG or JPEG, and passed
 * through the whole pipeline: decoding, preprocessing, network. The first row is for the original
 * images. The result does not depend on the number of workers.
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
  // Report a model that does not fit here, not in every worker.
  checkDigitModel(model, "the model");
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
    // Slow tasks first, so that the workers finish at about the same time.
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
 * The journal key of a task: the network, the images, the kind of photo and the indices. It also
 * covers the first image's result for each kind of photo, so that counts from a different version
 * of the pipeline are not reused.
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
 * The number of images for a kind of photo: all of them where photos are as small as the images, a
 * quarter of `images` where they are larger than 1,000 pixels and take a hundred times as long.
 */
export function imagesFor({ size = 200 }: PhotoOptions, count: number, images: number): number {
  if (size <= 28) return count;
  return Math.min(count, size > 1000 ? Math.ceil(images / 4) : images);
}

/** Selects evenly spaced images: the halves of MNIST's test set are not equally hard. */
function tasksOf(photo: number, count: number, of: number): PhotoTask[] {
  const indices = Array.from({ length: count }, (_, i) => Math.floor(i * of / count));
  return Array.from({ length: Math.ceil(count / CHUNK) }, (_, c) => ({
    photo,
    indices: indices.slice(c * CHUNK, (c + 1) * CHUNK),
  }));
}

function photosIn(tasks: readonly PhotoTask[]): number {
  return sum(tasks, ({ indices }) => indices.length);
}

/** Runs a task. The photo of an image depends only on the image's index. */
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
    else if (classify(digit, `image ${index}`).label === samples.labels[index]) right++;
  }
  return { right, notFound };
}

/**
 * The 784 bytes that preprocessing extracts from an image's photo; `undefined` if it finds no
 * digit.
 */
async function throughPhoto(
  image: Uint8Array,
  options: PhotoOptions,
  seed: number,
): Promise<Uint8Array | undefined> {
  return preprocess(await decodeImage(await photoFile(image, options, seed)))?.digit;
}
