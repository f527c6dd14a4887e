import { basename, dirname, join } from "node:path";
import { breather } from "../base/breather.ts";
import { memoryJournal, openJournal } from "../base/journal.ts";
import type { Dataset } from "../dataset/dataset.ts";
import { checkAgainst } from "../training/hyperparameters.ts";
import type { EpochRecord, TrialResult } from "../training/trial_result.ts";
import { type Engine, onWorkers } from "./engine.ts";
import { estimateSeconds } from "./estimate.ts";
import { grid, type Space } from "./space.ts";
import { trialKey } from "./trial_key.ts";

/** How to run a sweep. */
export interface SweepOptions {
  /** The journal's file; without one nothing is kept for the next time. */
  readonly journal?: string;
  /** Worker threads, 1 or more; defaults to one per core. */
  readonly workers?: number;
  /** Where the trials run instead of on worker threads. */
  readonly engine?: Engine;
  /** Called before the first trial begins; what it throws ends the sweep. */
  readonly onPlan?: (plan: SweepPlan) => void;
  /** Called with a sentence on damage in the journal; a warning on the console by default. */
  readonly onNotice?: (notice: string) => void;
  /** Called whenever something has happened, up to tens of times a second. */
  readonly onProgress?: (progress: SweepProgress) => void;
  /** Called after each epoch of each trial that runs. */
  readonly onEpoch?: (trial: number, record: EpochRecord) => void;
  /** Ends the sweep; what is finished stays in the journal. */
  readonly signal?: AbortSignal;
}

/** How much of a sweep is done. */
export interface SweepProgress {
  /** Trials in the space. */
  readonly trials: number;
  /** Trials that have ended, those from the journal among them. */
  readonly finished: number;
  /** Trials whose results were in the journal. */
  readonly reused: number;
  /** Training images gone through, every epoch counted anew, in the trials that were not reused. */
  readonly images: number;
  /** How many they will be in all. A trial that ends early counts in full. */
  readonly totalImages: number;
  /** The results so far, in the order of the space; `undefined` where there is none yet. */
  readonly results: readonly (TrialResult | undefined)[];
}

/** More trials than these are trained only when the user says so. */
export const MANY_TRIALS = 10_000;

/** What a sweep is about to do. */
export interface SweepPlan {
  /** Trials in the space. */
  readonly trials: number;
  /** Trials that are to be trained: their results are not in the journal. */
  readonly missing: number;
  /** About how long they take, in seconds, from a short measurement. */
  readonly seconds: number;
}

/**
 * Runs every trial of a space and gives their results in the order of the space: the same ones whatever
 * the number of workers, the order in which they finish and the number of interruptions.
 *
 * A trial that was interrupted goes on from its last checkpoint, a file beside the journal.
 * Each result is in the journal before the next trial of its worker begins. Trials found there, from an
 * earlier run or another space, are not run again; those that failed are.
 *
 * @throws {UserError} before any work, when a hyperparameter is impossible or does not fit the data
 */
export async function runSweep(
  space: Space,
  dataset: Dataset,
  options: SweepOptions = {},
): Promise<TrialResult[]> {
  const { onNotice = console.warn, signal } = options;
  const breathe = breather();
  const trials = grid(space), keys: string[] = [];
  for (const trial of trials) {
    checkAgainst(trial, dataset);
    keys.push(trialKey(trial, dataset));
    await breathe();
    signal?.throwIfAborted();
  }
  const journal = options.journal === undefined
    ? memoryJournal<TrialResult>()
    : openJournal(options.journal, isTrialResult);
  try {
    journal.notices.forEach((notice) => onNotice(notice));
    if (options.journal !== undefined) removePartials(options.journal);
    const results = keys.map((key, t): TrialResult | undefined => {
      const known = journal.get(key);
      // A result from before some hyperparameter existed gets it here, with the value of that time.
      return known && { ...known, hyperparameters: trials[t], dataset: dataset.name };
    });
    const missing = [...trials.keys()].filter((t) => results[t] === undefined);
    const missingTrials = missing.map((t) => trials[t]);
    if (options.onPlan) {
      const workers = options.workers ?? navigator.hardwareConcurrency;
      const seconds = await estimateSeconds(missingTrials, dataset, workers);
      options.onPlan({ trials: trials.length, missing: missing.length, seconds });
    }
    const reused = trials.length - missing.length;
    const images = counter(missingTrials.map(({ epochs }) => epochs * dataset.train.count));
    let finished = reused;
    const report = () =>
      options.onProgress?.({
        trials: trials.length,
        finished,
        reused,
        images: Math.round(images.done()),
        totalImages: images.total,
        results,
      });

    report();
    const checkpointOf = options.journal === undefined
      ? undefined
      : (m: number) => `${options.journal}.${keys[missing[m]]}.checkpoint`;
    const engine = options.engine ??
      onWorkers(options.workers ?? navigator.hardwareConcurrency);
    await engine(missingTrials, dataset, {
      onResult(m, result) {
        const t = missing[m];
        if (result.status !== "failed") {
          journal.append(keys[t], result);
          if (checkpointOf) removeIfThere(checkpointOf(m));
        }
        results[t] = result;
        finished++;
        images.set(m, 1);
        report();
      },
      onStep(m, { step, steps }) {
        images.set(m, step / steps);
        report();
      },
      checkpoint: checkpointOf,
      onEpoch: (m, record) => options.onEpoch?.(missing[m], record),
      signal,
    });
    return results as TrialResult[];
  } finally {
    journal.close();
  }
}

function isTrialResult(value: unknown): value is TrialResult {
  const result = value as TrialResult | null;
  return typeof result?.status === "string" && Array.isArray(result.history) &&
    typeof result.hyperparameters === "object";
}

/** Removes what a process that was killed has left of a checkpoint; the journal is this one's now. */
function removePartials(journal: string): void {
  const folder = dirname(journal), start = `${basename(journal)}.`;
  for (const { name } of Deno.readDirSync(folder)) {
    if (name.startsWith(start) && name.endsWith(".partial")) removeIfThere(join(folder, name));
  }
}

function removeIfThere(path: string): void {
  try {
    Deno.removeSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

/** Adds up how much of each piece of work is done, in constant time for each change. */
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
