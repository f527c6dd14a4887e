import { type Dataset } from "../dataset/dataset.ts";
import { loadDataset } from "../dataset/load.ts";
import { option, text } from "./command.ts";
import { lazyProgressBar } from "./progress_bar.ts";

/** The flag that names a dataset. */
export const datasetOption = option(
  "<name>",
  "mnist, synthetic, or a path: IDX files, CSV, image folders; left out, MNIST, or synthetic " +
    "digits where it cannot be had",
  text,
);

/**
 * Loads the dataset that a command was told, with a bar where it takes its time.
 *
 * @param note where to say what the user should know
 * @returns the dataset, and what to say again at the end where it is only a stand-in
 */
export async function loadNamed(
  name: string | undefined,
  note: (line: string) => void,
): Promise<{ dataset: Dataset; remind: () => void }> {
  const bar = lazyProgressBar("loading", note);
  const { dataset, fallback } = await loadDataset({
    dataset: name,
    onNotice: bar.note,
    onProgress: bar.update,
  }).finally(bar.stop);
  const remind = () => {
    if (!fallback) return;
    note("REMEMBER: MNIST could not be had; these are results on SYNTHETIC digits, not on MNIST");
  };
  return { dataset, remind };
}
