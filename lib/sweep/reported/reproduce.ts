import { sum } from "../../base/statistics.ts";
import { UserError } from "../../base/user_error.ts";
import type { Dataset } from "../../dataset/dataset.ts";
import { complete } from "../../training/hyperparameters.ts";
import type { TrialResult } from "../../training/trial_result.ts";
import { onWorkers } from "../engine.ts";
import { runSweep } from "../sweep.ts";
import type { SweepProgress } from "../sweep_options.ts";
import { type Draw, drawImages } from "./draw.ts";
import { isComputed, type ReportedFigure, type TrainedFigure } from "./reported_figure.ts";
import { REPORTED_FIGURES } from "./reported_figures.ts";
import { type ReportedRow, rowOfValues, valuesOf } from "./reported_row.ts";

/** Options of {@linkcode reproduce}. */
export interface ReproduceOptions {
  /** Folder of the journals; without one, results are not stored. */
  readonly folder?: string;
  /** Number of trainings at a time; defaults to one per core. */
  readonly workers?: number;
  readonly onProgress?: (progress: ReproduceProgress) => void;
  readonly signal?: AbortSignal;
}

/** Progress of a figure's trainings. */
export type ReproduceProgress = Omit<SweepProgress, "results">;

/** Result of reproducing a figure. */
export interface Reproduction {
  readonly row: ReportedRow;
  /** The trials, one per seed; empty for a computed figure. */
  readonly results: readonly TrialResult[];
}

/**
 * Trains the network of a reported figure once per seed and compares the results with the report.
 *
 * Trials in the journal are not run again; figures with the same trials share a journal.
 *
 * @param mnist the real MNIST; not needed for a computed figure
 * @throws {UserError} if the dataset is not MNIST or a trial failed
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

/** Trains all seeds on the same images. */
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

/** Trains each seed on its own images: one sweep and journal per seed, several at a time. */
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
  const servers = Array.from(
    { length: Math.min(workers, seeds.length) },
    () =>
      serve().catch((error) => {
        stop.abort(error);
        throw error;
      }),
  );
  // Wait for all of them before the first error is thrown.
  await Promise.allSettled(servers);
  await Promise.all(servers);
  return results;
}

function sumOf(all: readonly ReproduceProgress[]): ReproduceProgress {
  const of = (key: keyof ReproduceProgress) => sum(all, (one) => one[key]);
  return {
    trials: of("trials"),
    finished: of("finished"),
    reused: of("reused"),
    images: of("images"),
    totalImages: of("totalImages"),
  };
}

/** Returns the id of the first figure with the same trials. */
export function trialsOf(figure: TrainedFigure): string {
  const trials = ({ settings, draw }: TrainedFigure) =>
    JSON.stringify([complete(settings), draw ?? null]);
  const own = trials(figure);
  return REPORTED_FIGURES.find((other) => !isComputed(other) && trials(other) === own)?.id ??
    figure.id;
}

/**
 * Estimates how many minutes the trainings of figures take on one core. Trials shared by several figures
 * count once; those already in a journal count too.
 */
export function minutesOf(figures: readonly ReportedFigure[]): number {
  const trained = figures.filter((figure) => !isComputed(figure));
  const trials = new Map(trained.map((figure) => [trialsOf(figure), figure]));
  return sum(trials.values(), ({ minutes, seeds }) => minutes * seeds.length);
}
