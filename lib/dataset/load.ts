import { basename, join } from "node:path";
import { plural } from "../base/number_text.ts";
import { usageError, UserError } from "../base/user_error.ts";
import { type ImageSet, readImages, type ReadOptions } from "./convert.ts";
import { relabel } from "./classes.ts";
import { concatenate, type Dataset, type Samples, split } from "./dataset.ts";
import { datasetName, hasIdxFiles, loadIdxDataset } from "./idx_folder.ts";
import { loadMnist, type MnistOptions } from "./mnist.ts";
import { loadPublished } from "./published.ts";
import { PUBLISHED_SETS } from "./published_sets.ts";
import { requirePair } from "./require_pair.ts";

/** Options of {@linkcode openDataset}; all are optional. */
export interface LoadOptions extends Omit<MnistOptions, "path">, ReadOptions {
  /**
   * `mnist`, `synthetic`, or a path: a folder of IDX files named as MNIST's (or `folder/prefix` if it
   * contains several sets), a folder of images (`train/LABEL/*.png` and `test/LABEL/*.png`, or one set
   * `LABEL/*.png`), a folder with `…train….csv` and `…test….csv`, a CSV or IDX file, or two of these
   * separated by a comma, the training images first. Defaults to MNIST, or to synthetic digits if it is
   * not available.
   */
  readonly dataset?: string;
}

/** Returns `true` if the text is the name of a dataset, not a path. */
export function isDatasetName(name: string): boolean {
  return name === "mnist" || name === "synthetic" || PUBLISHED_SETS.has(name);
}

/** One in this many images of a single set becomes the test set. */
const TEST_PART = 7;
/** Seed of that split, fixed so that the dataset is the same for every trial. */
const SPLIT_SEED = 1;

/**
 * Loads a dataset, as the commands' `--dataset` does.
 *
 * Labels are whole numbers from 0 or, in CSV files and class folders, names, which are numbered in
 * alphabetical order. Of a single set, one in seven images, always the same random ones, is held out for
 * testing.
 *
 * @param name `mnist`, `synthetic`, `fashion-mnist`, `kmnist`, `emnist-letters` (`-balanced`, `-byclass`,
 * `-bymerge`, `-digits`, `-mnist`), which are downloaded if missing, or a path: a folder of IDX files, CSV
 * files or images, a CSV or IDX file, or two of these separated by a comma, the training images first
 * @param options `classes`, the number of classes (up to 256) or their names, is required for IDX files and
 * CSV files with numeric labels above 9; `size` for CSV images that are not square and have no column names
 * such as `1x1,1x2,…`, and to scale image files
 * @throws {UserError} naming the file, the position in it and the expected value
 *
 * @example Three classes by name, images of 2×1 pixels
 * ```ts
 * import assert from "node:assert/strict";
 * import { loadDataset } from "./load.ts";
 * const file = await Deno.makeTempFile({ suffix: ".csv" });
 * await Deno.writeTextFile(file, "label,1x1,1x2\n" + "up,255,0\ndown,0,255\nflat,9,9\n".repeat(7));
 * const { classes, train, test } = await loadDataset(file, { onNotice: () => {} });
 * assert.deepEqual(classes, ["down", "flat", "up"]);
 * assert.deepEqual([train.count, test.count, train.width, train.height], [18, 3, 2, 1]);
 * await Deno.remove(file);
 * ```
 */
export async function loadDataset(
  name: string,
  options: Omit<LoadOptions, "dataset"> = {},
): Promise<Dataset> {
  const { dataset } = await openDataset({ onNotice: console.warn, ...options, dataset: name });
  return dataset;
}

/**
 * Loads the dataset of a command. `onNotice` is called with automatic decisions, such as splitting a set or
 * falling back to synthetic digits.
 *
 * @returns the dataset, and `true` if it only replaces MNIST
 * @throws {UserError} if it cannot be loaded; for MNIST only if it was requested by name
 */
export async function openDataset(
  options: LoadOptions = {},
): Promise<{ dataset: Dataset; fallback: boolean }> {
  const { data, fallback } = await loadData(options);
  return { dataset: "test" in data ? data : splitSet(data, options), fallback };
}

/** Parts of a dataset; `all` means both. */
export const PARTS = ["all", "train", "test"] as const;

/** One of the {@linkcode PARTS}. */
export type Part = typeof PARTS[number];

/** Images to evaluate a network on. */
export interface LoadedPart {
  /** Name of the dataset. */
  readonly name: string;
  readonly classes: readonly string[];
  readonly samples: Samples;
  readonly part: Part;
  /** `true` if the data are a single set, of which `train` and `test` are random parts. */
  readonly single: boolean;
  /** `true` for synthetic digits that replace MNIST. */
  readonly fallback: boolean;
}

/**
 * Loads one part of a dataset. The default is the test set if the data have one, otherwise the whole single
 * set in file order. The parts `train` and `test` of a single set are those of {@linkcode openDataset}.
 *
 * @throws {UserError} like {@linkcode openDataset}
 */
export async function loadPart(part: Part | undefined, options: LoadOptions): Promise<LoadedPart> {
  const { data, fallback } = await loadData(options);
  const single = !("test" in data);
  const { name, classes } = data;
  const chosen = part ?? (single ? "all" : "test");
  const samples = chosen === "all"
    ? single ? data.samples : concatenate(data.train, data.test)
    : (single ? splitSet(data, options) : data)[chosen];
  return { name, classes, samples, part: chosen, single, fallback };
}

/** A single set of images, without a test set. */
interface SingleSet {
  readonly name: string;
  readonly path: string;
  readonly classes: readonly string[];
  readonly samples: Samples;
}

/** Loads data without splitting: training and test images, or a single set. */
async function loadData(
  options: LoadOptions,
): Promise<{ data: Dataset | SingleSet; fallback: boolean }> {
  const { dataset: name } = options;
  if (name === undefined || isDatasetName(name)) requireNoFormat(name ?? "mnist", options);
  if (name === "synthetic") return { data: await synthetic(), fallback: false };
  if (name === "mnist") return { data: await loadMnist(options), fallback: false };
  if (name !== undefined && PUBLISHED_SETS.has(name)) {
    return { data: await loadPublished(name, options), fallback: false };
  }
  if (name !== undefined) return { data: await loadPath(name, options), fallback: false };
  try {
    return { data: await loadMnist(options), fallback: false };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    options.onNotice?.(error.message);
    options.onNotice?.(
      "WORKING WITH SYNTHETIC DIGITS INSTEAD: nothing that follows is a result on MNIST",
    );
    return { data: await synthetic(), fallback: true };
  }
}

/** Refuses to describe the format of a dataset whose format is known. */
function requireNoFormat(name: string, options: LoadOptions): void {
  const given = (["classes", "size"] as const).find((one) => options[one] !== undefined);
  if (given === undefined) return;
  throw usageError(`${given} is for data of your own; that of ${name} is known: leave it out`);
}

async function synthetic(): Promise<Dataset> {
  const { syntheticDigits } = await import("./synthetic.ts");
  return syntheticDigits();
}

async function loadPath(path: string, options: LoadOptions): Promise<Dataset | SingleSet> {
  if (path === "") {
    throw usageError("the dataset's name is empty; expected one such as mnist, or a path");
  }
  // A path may contain commas itself.
  const [train, test, ...more] = await exists(path) ? [path] : path.split(",");
  if (more.length > 0) throw new UserError(`${path}: expected one path, or two for train and test`);
  if (test !== undefined) return await loadParts(nameOf(train), train, test, options);
  if (!await exists(path)) {
    if (await hasIdxFiles(path)) return await loadIdxDataset(path, { classes: options.classes });
    throw new UserError(
      `${path}: no such file or folder, and not the name of a dataset such as mnist or synthetic`,
    );
  }
  if (await isDirectory(path)) {
    if (await hasIdxFiles(path)) return await loadIdxDataset(path, { classes: options.classes });
    const parts = await findParts(path);
    if (parts) return await loadParts(nameOf(path), parts.train, parts.test, options);
  }
  const set = await readImages(path, options);
  requireLabels(path, set);
  return { name: nameOf(path), path, classes: set.classes, samples: set.samples };
}

/** Finds the training and test images inside a folder: two folders, or two CSV files. */
async function findParts(folder: string): Promise<{ train: string; test: string } | undefined> {
  const names = Array.from(Deno.readDirSync(folder), ({ name }) => name).sort();
  const find = async (pattern: RegExp, directory: boolean) => {
    for (const name of names) {
      if (pattern.test(name) && await isDirectory(join(folder, name)) === directory) return name;
    }
  };
  for (const isFolder of [true, false]) {
    const end = isFolder ? /^(train|training)$/i : /train.*\.csv(\.gz)?$/i;
    const train = await find(end, isFolder);
    const test = await find(isFolder ? /^(test|testing)$/i : /test.*\.csv(\.gz)?$/i, isFolder);
    if (train && test) return { train: join(folder, train), test: join(folder, test) };
  }
}

/** Loads a dataset of two sets of images, which must be of the same kind. */
async function loadParts(
  name: string,
  trainPath: string,
  testPath: string,
  options: LoadOptions,
): Promise<Dataset> {
  const train = await readImages(trainPath, options);
  const classes = options.classes && train.classes;
  const test = await readImages(testPath, { ...options, classes });
  requireLabels(trainPath, train);
  requireLabels(testPath, test);
  requirePair(
    { name: trainPath, samples: train.samples },
    { name: testPath, samples: test.samples },
  );
  // With numbered classes, the test images may have more of them than the training images.
  const isLonger = train.classes.every((name, label) => name === test.classes[label]);
  const all = isLonger ? test.classes : train.classes;
  const samples = relabel(testPath, test.samples, test.classes, all);
  return { name, classes: all, train: train.samples, test: samples };
}

/** Splits a set of images into a dataset, part of which is held out for testing. */
function splitSet({ name, path, classes, samples }: SingleSet, options: LoadOptions): Dataset {
  const { count } = samples;
  if (count < TEST_PART) {
    throw new UserError(
      `${path}: ${
        plural(count, "image")
      }, expected ${TEST_PART} or more, of which some are held out for ` +
        `testing; or name two sets, training images first: TRAIN,TEST`,
    );
  }
  const [test, train] = split(samples, Math.floor(count / TEST_PART), SPLIT_SEED);
  options.onNotice?.(
    `${name}: one set of ${count} images; ${test.count} of them, drawn at random ` +
      `(always the same), are held out for testing`,
  );
  return { name, classes, train, test };
}

function requireLabels(path: string, { labelled }: ImageSet): void {
  if (labelled) return;
  throw new UserError(
    `${path}: images without labels, which training and testing require`,
  );
}

/** Returns the dataset's name: that of the file or folder, without extensions. */
function nameOf(path: string): string {
  const stem = basename(path).replace(/(\.csv)?(\.gz)?$/i, "");
  return datasetName(stem.replace(/-images[-.]idx3-ubyte$/, ""));
}

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}

async function isDirectory(path: string): Promise<boolean> {
  return await Deno.stat(path).then((info) => info.isDirectory, () => false);
}
