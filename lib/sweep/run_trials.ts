import { existsSync } from "node:fs";
import { type Journal, openJournal } from "../base/journal.ts";
import type { Dataset } from "../dataset/dataset.ts";
import { type Hyperparameters, lastEpoch } from "../training/hyperparameters.ts";
import type { EpochRecord, TrialResult } from "../training/trial_result.ts";
import { trainedOn } from "../training/validation.ts";
import { coursesOf } from "./courses.ts";
import type { Engine } from "./engine.ts";
import { isTrialResult } from "./is_trial_result.ts";
import { trialKey } from "./trial_key.ts";

/** Options of {@linkcode runTrials}. */
export interface RunOptions {
  readonly engine: Engine;
  /** The finished trials. */
  readonly journal: TrialJournal;
  /** Start of the paths of checkpoint files; without it, an interrupted trial starts anew. */
  readonly checkpoints?: string;
  /** Evaluates each trained network on the test images too. */
  readonly readTest?: boolean;
  /** Epochs that were trained earlier, from whose checkpoints the trials go on, 0 or more. */
  readonly begun?: number;
  /** Keeps the checkpoints at the end of the trials; remove them by {@linkcode removeCheckpoint}. */
  readonly keepCheckpoints?: boolean;
  /** Called at the start and on every change. */
  readonly onProgress: (progress: RunProgress) => void;
  /** Called after each epoch of each trial that is trained, with its index. */
  readonly onEpoch?: (trial: number, record: EpochRecord) => void;
  readonly signal?: AbortSignal;
}

/** Progress of {@linkcode runTrials}. */
export interface RunProgress {
  /** Trials that have ended, including those from the journal. */
  readonly finished: number;
  readonly reused: number;
  /** Training images processed so far and at the end, in the trials that were not reused. */
  readonly images: number;
  readonly totalImages: number;
  /** The results so far; `undefined` for trials that have not ended. */
  readonly results: readonly (TrialResult | undefined)[];
}

/**
 * Runs trials, except those in the journal, and returns their results in order. Trials that are the
 * beginning of another's training are read from it, see {@linkcode coursesOf}.
 */
export async function runTrials(
  trials: readonly Hyperparameters[],
  dataset: Dataset,
  options: RunOptions,
): Promise<TrialResult[]> {
  const { journal, checkpoints, readTest = false, begun = 0, onProgress, signal } = options;
  const results = trials.map((trial) => finishedTrial(journal, trial, dataset, readTest));
  const missing = [...trials.keys()].filter((t) => results[t] === undefined);
  const courses = readTest
    ? missing.map((trial) => ({ trial, readings: [] }))
    : coursesOf(missing.map((t) => trials[t]), dataset).map(({ trial, readings }) => ({
      trial: missing[trial],
      readings: readings.map((reading) => missing[reading]),
    }));
  const images = counter(courses.map(({ trial }) => imagesOf(trials[trial], dataset, begun)));
  const reused = trials.length - missing.length;
  let finished = reused;
  const report = () =>
    onProgress({
      finished,
      reused,
      images: Math.round(images.done()),
      totalImages: images.total,
      results,
    });
  const take = (t: number, result: TrialResult) => {
    if (result.status !== "failed") journal.append(resultKey(trials[t], dataset, readTest), result);
    results[t] = result;
    finished++;
  };
  report();
  await options.engine(courses.map(({ trial }) => trials[trial]), dataset, {
    onResult(c, result) {
      const { trial, readings } = courses[c];
      take(trial, result);
      if (result.status === "failed") {
        const unread = readings.filter((reading) => results[reading] === undefined);
        unread.forEach((t) => take(t, { ...result, hyperparameters: trials[t] }));
      } else if (checkpoints !== undefined && !options.keepCheckpoints) {
        removeCheckpoint(checkpoints, trials[trial], dataset, readTest);
      }
      images.set(c, 1);
      report();
    },
    onReading(c, reading, result) {
      const t = courses[c].readings[reading];
      // A trial whose worker died is tried again, and reads again.
      if (results[t] === undefined) take(t, result);
      report();
    },
    onStep(c, { step, steps }) {
      const before = begun / lastEpoch(trials[courses[c].trial]);
      images.set(c, Math.max(step / steps - before, 0) / (1 - before));
      report();
    },
    onEpoch(c, record) {
      const { trial, readings } = courses[c];
      [trial, ...readings].filter((t) => lastEpoch(trials[t]) >= record.epoch)
        .forEach((t) => options.onEpoch?.(t, record));
    },
    readings: (c) => courses[c].readings.map((t) => trials[t]),
    checkpoint: checkpoints === undefined
      ? undefined
      : (c) => checkpointPath(checkpoints, trials[courses[c].trial], dataset, readTest),
    keepCheckpoints: options.keepCheckpoints,
    readTest,
    signal,
  });
  return results as TrialResult[];
}

/** The key of a trial's result in the journal. */
function resultKey(trial: Hyperparameters, dataset: Dataset, readTest: boolean): string {
  return trialKey(trial, dataset) + (readTest ? "-tested" : "");
}

/** A result whose settings the sweep knows: a million of them need not be in memory twice. */
type Outcome = Omit<TrialResult, "hyperparameters"> & {
  readonly hyperparameters?: Hyperparameters;
};

/** The journal of a sweep. */
export type TrialJournal = Journal<TrialResult, Outcome>;

/** Opens the journal of a sweep, see {@linkcode openJournal}. */
export function openTrialJournal(path: string): TrialJournal {
  return openJournal(path, isTrialResult, (result) => ({ ...result, hyperparameters: undefined }));
}

/** The result of a trial in a journal; `undefined` if it has not finished. */
export function finishedTrial(
  journal: TrialJournal,
  trial: Hyperparameters,
  dataset: Dataset,
  readTest = false,
): TrialResult | undefined {
  const known = journal.get(resultKey(trial, dataset, readTest));
  // In its place: copies of a million results would take 200 MB.
  return known && Object.assign(known, { hyperparameters: trial, dataset: dataset.name });
}

/** Removes the checkpoint that a trial left for a longer one. */
export function removeCheckpoint(
  checkpoints: string,
  trial: Hyperparameters,
  dataset: Dataset,
  readTest = false,
): void {
  const path = checkpointPath(checkpoints, trial, dataset, readTest);
  // Most trials are too short for one, and an error takes long.
  if (existsSync(path)) Deno.removeSync(path);
}

/** The path of a trial's checkpoint: the same for all that stop the same training, early or not. */
function checkpointPath(
  checkpoints: string,
  trial: Hyperparameters,
  dataset: Dataset,
  readTest: boolean,
): string {
  return `${checkpoints}.${
    resultKey({ ...trial, stopAfter: "all" }, dataset, readTest)
  }.checkpoint`;
}

/** Number of images that a trial processes after `begun` epochs, counted once per epoch. */
export function imagesOf(trial: Hyperparameters, { train }: Dataset, begun = 0): number {
  return (lastEpoch(trial) - begun) * trainedOn(trial.validation, train.count);
}

/** Sums the finished part of each piece of work, in constant time per update. */
function counter(sizes: readonly number[]) {
  const done = new Float64Array(sizes.length);
  let sum = 0;
  return {
    total: sizes.reduce((total, size) => total + size, 0),
    set(piece: number, part: number) {
      sum += part * sizes[piece] - done[piece];
      done[piece] = part * sizes[piece];
    },
    done: () => sum,
  };
}
