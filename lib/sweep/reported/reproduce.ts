import { UserError } from "../../base/user_error.ts";
import type { Dataset } from "../../dataset/dataset.ts";
import { complete } from "../../training/hyperparameters.ts";
import type { TrialResult } from "../../training/trial_result.ts";
import type { Engine } from "../engine.ts";
import { runSweep, type SweepProgress } from "../sweep.ts";
import { isComputed, partsOf, type ReportedFigure, type TrainedFigure } from "./reported_figure.ts";
import { REPORTED_FIGURES } from "./reported_figures.ts";
import { computedRow, type ReportedRow, trainedRow } from "./reported_row.ts";

/** How to reproduce a figure. */
export interface ReproduceOptions {
  /** The folder of the journals; without it nothing is kept for the next time. */
  readonly folder?: string;
  readonly engine?: Engine;
  readonly onProgress?: (progress: SweepProgress) => void;
  readonly signal?: AbortSignal;
}

/** A figure got again, or not. */
export interface Reproduction {
  readonly row: ReportedRow;
  /** The trials, one a seed; none where the figure was computed. */
  readonly results: readonly TrialResult[];
}

/**
 * Trains what a reported figure describes, once for each seed, and compares.
 *
 * Trials that the journal holds are not run again; figures that are read from the same trials share it.
 *
 * @param mnist the real one, not a stand-in; a figure that is only computed does not look at it
 * @throws {UserError} when the dataset is not MNIST or a trial failed
 */
export async function reproduce(
  figure: ReportedFigure,
  mnist: Dataset | undefined,
  options: ReproduceOptions = {},
): Promise<Reproduction> {
  if (isComputed(figure)) return { row: computedRow(figure, figure.compute()), results: [] };
  const { folder, ...rest } = options;
  if (mnist?.name !== "mnist") {
    const other = mnist ? `on ${mnist.name}` : "without it";
    throw new UserError(
      `the reported figures are about MNIST: ${figure.id} cannot be reproduced ${other}`,
    );
  }
  const dataset = figure.parts ? partsOf(mnist, figure.parts) : mnist;
  const results = await runSweep({ ...figure.settings, seed: figure.seeds }, dataset, {
    ...rest,
    journal: folder && `${folder}/reproduce-${journalOf(figure)}.jsonl`,
  });
  const failed = results.find(({ status }) => status === "failed");
  if (failed) {
    const { seed } = failed.hyperparameters;
    throw new UserError(`${figure.id}, seed ${seed}: ${failed.reason}; run again to try again`);
  }
  return { row: trainedRow(figure, dataset, results), results };
}

/** The id of the first figure with the same trials. */
function journalOf(figure: TrainedFigure): string {
  const trials = ({ settings, parts }: TrainedFigure) =>
    JSON.stringify([complete(settings), parts ?? null]);
  const own = trials(figure);
  return REPORTED_FIGURES.find((other) => !isComputed(other) && trials(other) === own)?.id ??
    figure.id;
}
