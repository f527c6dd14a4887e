/**
 * Reads and writes sets of images in three formats:
 *
 * - **IDX**: a pair of files, given by the one with the images, e.g. `train-images-idx3-ubyte.gz`;
 *   the labels are in the same folder, named as MNIST's, `train-labels-idx1-ubyte.gz`;
 * - **CSV**: `NAME.csv` or `NAME.csv.gz`, a line per image, the label first;
 * - **image folder**: `ROOT/LABEL/*.png` (or JPEG, …).
 *
 * The format is detected from the content when reading, and from the name when writing.
 * @module
 */
import { basename, join } from "node:path";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { writeFileAtomically } from "../base/atomic_file.ts";
import { usageError, UserError } from "../base/user_error.ts";
import { type Classes, classNames, listOf, relabel } from "./classes.ts";
import { readCsvImages, writeCsvImages } from "./csv.ts";
import type { Samples } from "./dataset.ts";
import { streamError, streamUnpacked } from "./gzip.ts";
import {
  formatIdxImages,
  formatIdxLabels,
  type IdxOptions,
  labelsFileOf,
  readIdx,
  readIdxImages,
} from "./idx.ts";
import { familyOf, findLabelsFile, hasIdxFiles } from "./idx_folder.ts";
import { isImageFolder, readImageFolder, writeImageFolder } from "./image_folder.ts";
import type { Progress } from "./progress.ts";

/** Images and their classes. */
export interface ImageSet {
  readonly samples: Samples;
  /** `false` if the labels are unknown; all are then 0. */
  readonly labelled: boolean;
  readonly classes: readonly string[];
}

/** Options of {@linkcode readImages}. */
export interface ReadOptions {
  /** Size of CSV images that are not square; image files are scaled to it. */
  readonly size?: { readonly width: number; readonly height: number };
  /**
   * The number of classes, 1 to 256, or their names in the order of the labels. Defaults to the names
   * in the data (words as labels, folders), to EMNIST's for files with EMNIST's names, otherwise to 10.
   */
  readonly classes?: Classes;
  readonly onProgress?: Progress;
  readonly onNotice?: (sentence: string) => void;
}

/**
 * Reads a set of images in any of the three formats.
 *
 * @throws {UserError} if the path does not exist, has another format or is damaged
 */
export async function readImages(path: string, options: ReadOptions = {}): Promise<ImageSet> {
  if (await isDirectory(path)) return await readFolder(path, options);
  const { names: classes, ...family } = familyOf(basename(path), options.classes);
  const layout = { ...family, classes: classes.length };
  if (!await isIdx(path)) {
    const csv = {
      ...family,
      size: options.size,
      classes: typeof options.classes === "number" ? options.classes : undefined,
      names: typeof options.classes === "object" ? classes : undefined,
    };
    // EMNIST's names belong to its numbers.
    if (options.classes === undefined && family.transposed) csv.classes = classes.length;
    return { classes, ...await readCsvImages(path, csv) };
  }
  const set = await readIdxFile(path, layout, options);
  const { width, height } = set.samples;
  const { size } = options;
  if (size && (size.width !== width || size.height !== height)) {
    throw usageError(
      `${path}: IDX images of ${width}×${height} pixels, which are not scaled to ` +
        `${size.width}×${size.height}; convert them to an image folder, and that to the size`,
    );
  }
  return { ...set, classes };
}

/** Reads an IDX file of images, and its labels file if there is one. */
async function readIdxFile(
  path: string,
  layout: IdxOptions,
  options: ReadOptions,
): Promise<Omit<ImageSet, "classes">> {
  const labelsFile = await findLabelsFile(path);
  if (labelsFile !== undefined) {
    return { samples: await readIdx(path, labelsFile, layout), labelled: true };
  }
  const samples = await readIdxImages(path, layout);
  const expected = labelsFileOf(path);
  options.onNotice?.(
    `${path}: no labels` +
      (expected ? ` (there is no ${basename(expected)} beside it)` : "; name it …images…"),
  );
  return { samples, labelled: false };
}

async function readFolder(path: string, options: ReadOptions): Promise<ImageSet> {
  if (!await isImageFolder(path)) {
    for (const part of ["train", "training", "test", "testing"]) {
      if (await isImageFolder(join(path, part))) {
        throw new UserError(
          `${path}: training and test images; name one, e.g. ${join(path, part)}`,
        );
      }
    }
    if (await hasIdxFiles(path)) {
      throw new UserError(`${path}: a folder of IDX files; name the one with the images`);
    }
  }
  const { samples, classes } = await readImageFolder(path, options);
  if (typeof options.classes === "object") {
    const names = classNames(options.classes);
    return { samples: relabel(path, samples, classes, names), classes: names, labelled: true };
  }
  if (options.classes !== undefined && options.classes !== classes.length) {
    throw usageError(
      `${path}: an image folder has its own classes, ${classes.length} of them ` +
        `(${listOf(classes)}), expected ${options.classes}`,
    );
  }
  return { samples, classes, labelled: true };
}

async function isDirectory(path: string): Promise<boolean> {
  return await Deno.stat(path).then((info) => info.isDirectory, () => false);
}

/** Returns `true` if a file, unpacked, begins like an IDX file of bytes. */
async function isIdx(path: string): Promise<boolean> {
  const stream = await streamUnpacked(path);
  try {
    for await (const bytes of stream) return bytes[0] === 0 && bytes[1] === 0;
  } catch (error) {
    throw streamError(path, error);
  }
  throw new UserError(`${path}: an empty file`);
}

/** Options of {@linkcode writeImages}. */
export interface WriteOptions {
  /** Format of the files in an image folder; defaults to PNG. */
  readonly imageFormat?: "png" | "jpeg";
  readonly onProgress?: Progress;
}

/**
 * Writes a set of images in the format given by the path's name. Files are replaced atomically; of an IDX
 * pair, the images are written last. A folder that is not empty is not replaced.
 *
 * @throws {UserError} if the name does not determine a format, the path cannot be written, or the labels
 * required for a folder are unknown
 */
export async function writeImages(
  path: string,
  set: ImageSet,
  options: WriteOptions = {},
): Promise<void> {
  const form = formOf(path);
  if (form === "csv") return await writeCsvImages(path, set);
  if (form === "idx") return await writeIdx(path, set);
  if (!set.labelled) {
    throw new UserError(
      `${path}: images without labels cannot be written to folders named by labels`,
    );
  }
  await writeImageFolder(path, set, options.imageFormat, options.onProgress);
}

/** Removes the partial files of an interrupted {@linkcode writeImages} of this process. */
export async function discardPartial(path: string): Promise<void> {
  for (const place of [path, labelsFileOf(path) ?? path]) {
    const partial = `${place.replace(/[\\/]+$/, "")}.${Deno.pid}.partial`;
    await Deno.remove(partial, { recursive: true }).catch(() => {});
  }
}

/** Returns the format given by a path's name. */
export function formOf(path: string): "csv" | "idx" | "folder" {
  const name = basename(path);
  if (familyOf(name).transposed) {
    throw usageError(
      `${path}: files with emnist- in the name are read as transposed, like EMNIST's; ` +
        `choose another name`,
    );
  }
  if (/\.csv(\.gz)?$/i.test(name)) return "csv";
  if (/idx|ubyte/i.test(name)) {
    if (labelsFileOf(name) !== undefined) return "idx";
    throw usageError(
      `${path}: name the file with the images, e.g. train-images-idx3-ubyte.gz; ` +
        `the labels are written to train-labels-idx1-ubyte.gz in the same folder`,
    );
  }
  if (!/\.\p{L}\w*$/u.test(name) || /[\\/]$/.test(path)) return "folder";
  throw usageError(
    `${path}: expected a name such as digits.csv, digits.csv.gz, digits-images-idx3-ubyte.gz ` +
      `or the name of a folder`,
  );
}

async function writeIdx(imagesFile: string, { samples, labelled }: ImageSet): Promise<void> {
  const labelsFile = labelsFileOf(imagesFile)!;
  if (labelled) {
    await writeFileAtomically(labelsFile, await packed(labelsFile, formatIdxLabels(samples)));
  } else if (await findLabelsFile(imagesFile) !== undefined) {
    throw new UserError(
      `${imagesFile}: the images to write have no labels, but there is a labels file ` +
        `(${await findLabelsFile(imagesFile)}); choose another name`,
    );
  }
  await writeFileAtomically(imagesFile, await packed(imagesFile, formatIdxImages(samples)));
}

async function packed(path: string, bytes: Uint8Array): Promise<Uint8Array> {
  return /\.gz$/i.test(path) ? await promisify(gzip)(bytes) : bytes;
}
