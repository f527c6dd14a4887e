import type { Dataset } from "../dataset/dataset.ts";
import { historyRows, lossByEpoch } from "../plot/history.ts";
import { epochColumns, epochRows } from "../sweep/epochs.ts";
import { sweepFiles } from "../sweep/files.ts";
import type { Space } from "../sweep/space.ts";
import { runSweep } from "../sweep/sweep.ts";
import type { TrialResult } from "../training/trial_result.ts";
import { type LiveProgress, liveProgress } from "./progress.ts";
import { saveResults } from "./save.ts";
import { stoppable } from "./stoppable.ts";

/**
 * Runs every trial of a space and records loss and accuracy after each epoch, with a bar and the
 * curves of the finished trials. A long training includes the shorter ones: its first epochs are
 * the same, bit for bit.
 *
 * `results/NAME.csv` gets a line for each epoch of each trial, with all its hyperparameters.
 * Finished trials are saved at once; after an interruption the same call resumes, also within a
 * trial.
 *
 * @param name of the files: letters, digits, dots, dashes and underscores
 * @returns the trials in the order of the space
 * @throws {UserError} for an invalid file name, an impossible hyperparameter, or when `results/`
 * cannot be written
 */
export async function histories(
  name: string,
  dataset: Dataset,
  space: Space,
): Promise<TrialResult[]> {
  const files = sweepFiles(name, dataset);
  let display: LiveProgress | undefined;
  const start = (images: number) =>
    display ??= liveProgress({ label: name, total: Math.max(images, 1), unit: "images" });
  const results = await stoppable("trials", (report) =>
    runSweep(space, dataset, {
      journal: files.journal,
      onProgress(now) {
        report(now);
        const { finished, trials, images, totalImages } = now;
        const ended = now.results.filter((result) => result !== undefined);
        const curves = ended.length > 0 ? () => lossByEpoch(historyRows(ended)) : undefined;
        start(totalImages).update(images, `${finished} of ${trials} trials`, curves);
      },
    }));
  const rows = epochRows(results);
  await saveResults(name, dataset, rows, lossByEpoch(historyRows(results)), epochColumns(rows));
  await start(1).finish(
    `${results.length} trainings (results/${files.name}.csv, results/${files.name}.svg)`,
  );
  return results;
}
