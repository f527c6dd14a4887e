import { UserError } from "../../base/user_error.ts";
import type { Dataset } from "../../dataset/dataset.ts";
import { complete } from "../../training/hyperparameters.ts";
import type { TrialResult } from "../../training/trial_result.ts";
import { onWorkers } from "../engine.ts";
import { runSweep, type SweepProgress } from "../sweep.ts";
import { type Draw, drawImages } from "./draw.ts";
import { isComputed, type ReportedFigure, type TrainedFigure } from "./reported_figure.ts";
import { REPORTED_FIGURES } from "./reported_figures.ts";
import { type ReportedRow, rowOfValues, valuesOf } from "./reported_row.ts";

/** How to reproduce a figure. */
export interface ReproduceOptions {
  /** The folder of the journals; without it nothing is kept for the next time. */
  readonly folder?: string;
  /** Trainings at a time; defaults to one per core. */
  readonly workers?: number;
  readonly onProgress?: (progress: ReproduceProgress) => void;
  readonly signal?: AbortSignal;
}

/** How far a figure's trainings are. */
export type ReproduceProgress = Omit<SweepProgress, "results">;

/** A figure and what came out here. */
export interface Reproduction {
  readonly row: ReportedRow;
  /** The trials, one per seed; none where the figure was computed. */
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
  if (isComputed(figure)) return { row: rowOfValues(figure, [figure.compute()]), results: [] };
  if (mnist?.name !== "mnist") {
    const other = mnist ? `on ${mnist.name}` : "without it";
    throw new UserError(
      `the reported figures are about MNIST: ${figure.id} cannot be reproduced ${other}`,
    );
  }
  const results = figure.draw === undefined
    ? await sweepSeeds(figure, mnist, figure.seeds, options)
    : await drawAndTrain(figure, figure.draw, mnist, options);
  const failed = results.find(({ status }) => status === "failed");
  if (failed) {
    const { seed } = failed.hyperparameters;
    throw new UserError(`${figure.id}, seed ${seed}: ${failed.reason}; run again to try again`);
  }
  return { row: rowOfValues(figure, valuesOf(figure, results)), results };
}

/** All seeds on the same images. */
function sweepSeeds(
  figure: TrainedFigure,
  dataset: Dataset,
  seeds: readonly number[],
  { folder, workers = navigator.hardwareConcurrency, onProgress, signal }: ReproduceOptions,
  journal = `reproduce-${trialsOf(figure)}`,
): Promise<TrialResult[]> {
  return runSweep({ ...figure.settings, seed: seeds }, dataset, {
    engine: onWorkers(workers),
    onProgress,
    signal,
    journal: folder && `${folder}/${journal}.jsonl`,
  });
}

/** Each seed on images of its own: a sweep, and a journal, per seed, several of them at a time. */
async function drawAndTrain(
  figure: TrainedFigure,
  draw: Draw,
  mnist: Dataset,
  options: ReproduceOptions,
): Promise<TrialResult[]> {
  const { seeds } = figure;
  const { workers = navigator.hardwareConcurrency, onProgress } = options;
  const stop = new AbortController();
  const signal = AbortSignal.any([stop.signal, ...(options.signal ? [options.signal] : [])]);
  const progress = seeds.map((): ReproduceProgress => ({
    trials: 1,
    finished: 0,
    reused: 0,
    images: 0,
    totalImages: complete(figure.settings).epochs * draw.train,
  }));
  const results: TrialResult[] = [];
  const queue = [...seeds.keys()];
  const serve = async () => {
    for (let s = queue.shift(); s !== undefined; s = queue.shift()) {
      signal.throwIfAborted();
      [results[s]] = await sweepSeeds(figure, drawImages(mnist, draw, seeds[s]), [seeds[s]], {
        ...options,
        workers: 1,
        signal,
        onProgress(now) {
          progress[s] = now;
          onProgress?.(sumOf(progress));
        },
      }, `reproduce-${trialsOf(figure)}-seed-${seeds[s]}`);
    }
  };
  const lives = Array.from(
    { length: Math.min(workers, seeds.length) },
    () =>
      serve().catch((error) => {
        stop.abort(error);
        throw error;
      }),
  );
  // All of them are over before the first error is passed on.
  await Promise.allSettled(lives);
  await Promise.all(lives);
  return results;
}

function sumOf(all: readonly ReproduceProgress[]): ReproduceProgress {
  const sum = (key: keyof ReproduceProgress) => all.reduce((sum, one) => sum + one[key], 0);
  return {
    trials: sum("trials"),
    finished: sum("finished"),
    reused: sum("reused"),
    images: sum("images"),
    totalImages: sum("totalImages"),
  };
}

/** The id of the first figure with the same trials. */
export function trialsOf(figure: TrainedFigure): string {
  const trials = ({ settings, draw }: TrainedFigure) =>
    JSON.stringify([complete(settings), draw ?? null]);
  const own = trials(figure);
  return REPORTED_FIGURES.find((other) => !isComputed(other) && trials(other) === own)?.id ??
    figure.id;
}

/**
 * About how many minutes the trainings of some figures take on one core. Trials that several figures
 * are read from count once; those in a journal count too.
 */
export function minutesOf(figures: readonly ReportedFigure[]): number {
  const trained = figures.filter((figure) => !isComputed(figure));
  const trials = new Map(trained.map((figure) => [trialsOf(figure), figure]));
  return [...trials.values()].reduce((sum, { minutes, seeds }) => sum + minutes * seeds.length, 0);
}
