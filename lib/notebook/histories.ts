import { usageError } from "../base/user_error.ts";
import type { Dataset } from "../dataset/dataset.ts";
import { historyRows, lossByEpoch } from "../plot/history.ts";
import { epochColumns, epochRows } from "../sweep/epochs.ts";
import { sweepFiles } from "../sweep/files.ts";
import type { Space } from "../sweep/space.ts";
import { runSweep } from "../sweep/sweep.ts";
import type { TrialRow } from "../sweep/row.ts";
import { settingText, variedFactors } from "../sweep/settings.ts";
import type { EpochRecord, TrialResult } from "../training/trial_result.ts";
import { type LiveProgress, liveProgress } from "./progress.ts";
import { saveResults } from "./save.ts";
import { stoppable } from "./stoppable.ts";
import { courseOf } from "./sweep.ts";

/** A row of {@linkcode histories}: a trial's hyperparameters and its measures after an epoch. */
export type TrialHistoryRow =
  & Omit<TrialRow, "status" | "steps" | "weightsDigest" | keyof EpochRecord>
  & EpochRecord
  & { readonly series: string };

/**
 * The learning curves of a sweep: a row for each epoch of each trial, for {@linkcode lossByEpoch} and
 * {@linkcode accuracyByEpoch}. Its `series` names what sets the trial apart; seeds are repeats.
 *
 * @param rows what `sweep` returned, or some of these rows
 * @throws {UserError} for rows that are not from a sweep in this notebook
 */
export function histories(rows: readonly TrialRow[]): TrialHistoryRow[];
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
export function histories(
  name: string,
  dataset: Dataset,
  space: Space,
): Promise<TrialResult[]>;
export function histories(
  rows: string | readonly TrialRow[],
  dataset?: Dataset,
  space?: Space,
): TrialHistoryRow[] | Promise<TrialResult[]> {
  return typeof rows === "string" ? trainHistories(rows, dataset!, space!) : historiesOf(rows);
}

function historiesOf(rows: readonly TrialRow[]): TrialHistoryRow[] {
  const factors = variedFactors(rows);
  return rows.flatMap((row) => {
    const course = courseOf(row);
    if (course === undefined) {
      throw usageError(
        "histories takes the rows that sweep returned, as they are; the learning curves of a table " +
          "are in results/NAME-epochs.csv",
      );
    }
    const { status: _, steps: _steps, weightsDigest: _digest, ...settings } = row;
    const { trainLoss: _t, validationLoss: _v, validationAccuracy: _a, ...more } = settings;
    const { testLoss: _l, testAccuracy: _c, ...hyperparameters } = more;
    const series = settingText(row, factors) || "all trials";
    return course.map((record) => ({ ...hyperparameters, series, ...record }));
  });
}

async function trainHistories(
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
