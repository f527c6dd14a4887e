import { type Dataset } from "../dataset/dataset.ts";
import {
  loadDataset,
  type LoadedPart,
  type LoadOptions,
  loadPart,
  type Part,
  PARTS,
} from "../dataset/load.ts";
import { oneOf, option, text } from "./command.ts";
import { lazyProgressBar } from "./progress_bar.ts";

/** The flag that names a dataset. */
export const datasetOption = option(
  "<name>",
  "mnist, synthetic, or a path: IDX files, CSV, image folders; left out, MNIST, or synthetic " +
    "digits where it cannot be had",
  text,
);

/** The flag that names the images to evaluate on. */
export const partOption = option(
  "<part>",
  "which images: all, train or test; left out, test where the data have a test set of their own, " +
    "all where they are a single set",
  oneOf(PARTS),
);

/**
 * Loads the dataset of a command's `--dataset`, with a bar where it takes its time.
 *
 * @param note prints what the user should know
 * @returns the dataset, and a function that repeats at the end of the command that it is a stand-in
 */
export async function loadNamed(
  name: string | undefined,
  note: (line: string) => void,
): Promise<{ dataset: Dataset; remind: () => void }> {
  const { dataset, fallback } = await withBar(name, note, loadDataset);
  return { dataset, remind: reminder(fallback, note) };
}

/** {@linkcode loadNamed} for the part of the dataset that `--part` names. */
export async function loadNamedPart(
  name: string | undefined,
  part: Part | undefined,
  note: (line: string) => void,
): Promise<LoadedPart & { remind: () => void }> {
  const loaded = await withBar(name, note, (options) => loadPart(part, options));
  return { ...loaded, remind: reminder(loaded.fallback, note) };
}

async function withBar<T>(
  name: string | undefined,
  note: (line: string) => void,
  load: (options: LoadOptions) => Promise<T>,
): Promise<T> {
  const bar = lazyProgressBar("loading", note);
  return await load({ dataset: name, onNotice: bar.note, onProgress: bar.update })
    .finally(bar.stop);
}

function reminder(fallback: boolean, note: (line: string) => void): () => void {
  return () => {
    if (!fallback) return;
    note("REMEMBER: MNIST could not be had; these are results on SYNTHETIC digits, not on MNIST");
  };
}
