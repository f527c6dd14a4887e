import { writeFileAtomically } from "../base/atomic_file.ts";
import type { Dataset } from "../dataset/dataset.ts";
import { sweepFigure } from "../plot/loss_by_hyperparameter.ts";
import { sweepFiles } from "../sweep/files.ts";
import type { TrialRow } from "../sweep/row.ts";
import type { Space } from "../sweep/space.ts";
import { runSweep, type SweepProgress } from "../sweep/sweep.ts";
import { rowOf, writeTable } from "../sweep/table.ts";
import { type LiveProgress, liveProgress } from "./progress.ts";

/**
 * Runs a sweep in a notebook: every trial of the space on all cores, with a bar and a curve that grows
 * while they train. The table goes to `results/NAME.csv`, the figure to `results/NAME.svg`.
 *
 * Each finished trial is kept at once. After an interruption, or with a few values changed, the same
 * call runs only what is missing. With the synthetic stand-in for MNIST, NAME ends in `-synthetic`, so
 * that no real result is overwritten.
 *
 * @param name of the files: letters, digits, dots, dashes and underscores
 * @returns the table, in the order of the space
 * @throws {UserError} for a name that is no file name, an impossible hyperparameter, or when
 * `results/` cannot be written
 */
export async function sweep(name: string, dataset: Dataset, space: Space): Promise<TrialRow[]> {
  const files = sweepFiles(name, dataset);
  const progress = sweepProgress(name);
  const results = await runSweep(space, dataset, {
    journal: files.journal,
    onProgress: progress.update,
  });
  const rows = results.map(rowOf);
  await writeTable(files.table, rows);
  await writeFileAtomically(files.figure, sweepFigure(rows).svg);
  await progress.finish(`${outcome(rows)} (results/${files.name}.csv, results/${files.name}.svg)`);
  return rows;
}

/** The live display of a sweep; its bar counts images, which pass more evenly than trials. */
function sweepProgress(label: string) {
  let display: LiveProgress | undefined;
  const start = (images: number) =>
    display ??= liveProgress({ label, total: Math.max(images, 1), unit: "images" });
  return {
    update({ finished, trials, images, totalImages, results }: SweepProgress) {
      const text = `${finished} of ${trials} trials`;
      const curve = () => sweepFigure(results.flatMap((result) => result ? [rowOf(result)] : []));
      start(totalImages).update(images, text, finished > 0 ? curve : undefined);
    },
    finish: (text: string) => start(1).finish(text),
  };
}

/** `39 trials: 37 completed, 2 diverged`. */
function outcome(rows: readonly TrialRow[]): string {
  const counts = Map.groupBy(rows, ({ status }) => status);
  const parts = [...counts].map(([status, group]) => `${group.length} ${status}`).sort();
  return `${rows.length} ${rows.length === 1 ? "trial" : "trials"}: ${parts.join(", ")}`;
}
