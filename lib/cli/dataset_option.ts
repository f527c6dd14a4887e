import { usageError } from "../base/user_error.ts";
import { type Classes, classNames } from "../dataset/classes.ts";
import { type Dataset } from "../dataset/dataset.ts";
import {
  type LoadedPart,
  type LoadOptions,
  loadPart,
  openDataset,
  type Part,
  PARTS,
} from "../dataset/load.ts";
import { oneOf, option, text } from "./command.ts";
import { lazyProgressBar } from "./progress_bar.ts";

/** `28x28`: pixels in a row, rows. */
function parseSize(text: string): { width: number; height: number } {
  const match = /^(\d{1,4})[x×](\d{1,4})$/.exec(text);
  const [width, height] = [Number(match?.[1]), Number(match?.[2])];
  if (!(width > 0 && height > 0)) throw usageError("expected width and height, e.g. 28x28");
  return { width, height };
}

/** The number of classes, or their names separated by commas. */
function parseClasses(text: string): Classes {
  const classes = /^\d+$/.test(text) ? Number(text) : text.split(",");
  classNames(classes);
  return classes;
}

/** The flags for reading labels and images. */
export const readOptions = {
  classes: option(
    "<n|names>",
    "number of classes, 1 to 256, or their names in the order of the labels: cat,dog,horse " +
      "(defaults to the names in the data, else 10)",
    parseClasses,
  ),
  size: option(
    "<width>x<height>",
    "of CSV images that are not square; image files are scaled to it",
    parseSize,
  ),
};

/** The flags that name a dataset and how to read it. */
export const datasetOptions = {
  dataset: option(
    "<name>",
    "mnist, fashion-mnist, kmnist, emnist-letters (-balanced, …), synthetic, or a path: IDX files, CSV, image folders; defaults to MNIST, or to synthetic " +
      "digits where it is not available",
    text,
  ),
  ...readOptions,
};

/** The values of {@linkcode datasetOptions}. */
export type DatasetChoice = Pick<LoadOptions, "dataset" | "classes" | "size">;

/** The flag that names the images to evaluate on. */
export const partOption = option(
  "<part>",
  "which images: all, train or test; defaults to test if the data have a separate test set, " +
    "else to all",
  oneOf(PARTS),
);

/**
 * Loads the dataset of a command's `--dataset`, with a bar if it takes long.
 *
 * @param note prints notices to the user
 * @returns the dataset, and a function that repeats, at the end of the command, that the data are a
 * stand-in
 */
export async function loadNamed(
  choice: DatasetChoice,
  note: (line: string) => void,
): Promise<{ dataset: Dataset; remind: () => void }> {
  const { dataset, fallback } = await withBar(choice, note, openDataset);
  return { dataset, remind: reminder(fallback, note) };
}

/** {@linkcode loadNamed} for the part of the dataset that `--part` names. */
export async function loadNamedPart(
  choice: DatasetChoice,
  part: Part | undefined,
  note: (line: string) => void,
): Promise<LoadedPart & { remind: () => void }> {
  const loaded = await withBar(choice, note, (options) => loadPart(part, options));
  return { ...loaded, remind: reminder(loaded.fallback, note) };
}

async function withBar<T>(
  { dataset, classes, size }: DatasetChoice,
  note: (line: string) => void,
  load: (options: LoadOptions) => Promise<T>,
): Promise<T> {
  const bar = lazyProgressBar("loading", note);
  return await load({ dataset, classes, size, onNotice: bar.note, onProgress: bar.update })
    .finally(bar.stop);
}

function reminder(fallback: boolean, note: (line: string) => void): () => void {
  return () => {
    if (!fallback) return;
    note("REMEMBER: MNIST was not available; these are results on SYNTHETIC digits, not on MNIST");
  };
}
