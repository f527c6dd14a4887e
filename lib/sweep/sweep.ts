import { basename, dirname, join } from "node:path";
import { breather } from "../base/breather.ts";
import { memoryJournal, openJournal } from "../base/journal.ts";
import type { Dataset } from "../dataset/dataset.ts";
import { fitTo, type Hyperparameters } from "../training/hyperparameters.ts";
import type { EpochRecord, TrialResult } from "../training/trial_result.ts";
import { trainedOn } from "../training/validation.ts";
import { type Engine, onWorkers } from "./engine.ts";
import { estimateSeconds } from "./estimate.ts";
import { fitSpace, grid, type Space } from "./space.ts";
import { trialKey } from "./trial_key.ts";

/** Options of {@linkcode runSweep}. */
export interface SweepOptions {
  /** Path of the journal; without one, results are not stored. */
  readonly journal?: string;
  /** Worker threads, 1 or more; defaults to one per core. */
  readonly workers?: number;
  /** Runs the trials; defaults to {@linkcode onWorkers}. */
  readonly engine?: Engine;
  /** Called before the first trial begins; an error thrown here ends the sweep. */
  readonly onPlan?: (plan: SweepPlan) => void;
  /** Called with a description of damage in the journal; defaults to `console.warn`. */
  readonly onNotice?: (notice: string) => void;
  /** Called on every change, up to tens of times a second. */
  readonly onProgress?: (progress: SweepProgress) => void;
  /** Called after each epoch of each trial that is trained; `trial` is its index in the space. */
  readonly onEpoch?: (trial: number, record: EpochRecord) => void;
  /**
   * Evaluates each trained network on the test images too: for a setting that was chosen on a validation
   * set. Such results are kept apart from the others in the journal.
   */
  readonly readTest?: boolean;
  /** Stops the sweep; finished trials stay in the journal. */
  readonly signal?: AbortSignal;
}

/** Progress of a sweep. */
export interface SweepProgress {
  /** Number of trials in the space. */
  readonly trials: number;
  /** Trials that have ended, including those from the journal. */
  readonly finished: number;
  /** Trials whose results were in the journal. */
  readonly reused: number;
  /** Training images processed in the trials that were not reused, counted once per epoch. */
  readonly images: number;
  /** Final value of `images`. A trial that ends early counts in full. */
  readonly totalImages: number;
  /** The results so far, in the order of the space; `undefined` for trials that have not ended. */
  readonly results: readonly (TrialResult | undefined)[];
}

/** Sweeps that train more trials than this need the user's consent, such as `--yes`. */
export const MANY_TRIALS = 10_000;

/** The work that a sweep is about to do. */
export interface SweepPlan {
  /** Number of trials in the space. */
  readonly trials: number;
  /** Trials to train, whose results are not in the journal. */
  readonly missing: number;
  /** Estimated time in seconds, see {@linkcode estimateSeconds}. */
  readonly seconds: number;
}

/**
 * Runs every trial of a space and returns the results in the order of the space. They do not depend on
 * the number of workers, the order in which trials finish or the number of interruptions.
 *
 * Each result is written to the journal before its worker begins another trial. Trials found in the
 * journal, from an earlier run or another space, are not run again, unless they failed. An interrupted
 * trial resumes from its last checkpoint, a file next to the journal.
 *
 * @throws {UserError} before any work, if a hyperparameter is invalid or does not fit the data
 */
export async function runSweep(
  space: Space,
  dataset: Dataset,
  options: SweepOptions = {},
): Promise<TrialResult[]> {
  const { onNotice = console.warn, readTest = false, signal } = options;
  const breathe = breather();
  const trials: Hyperparameters[] = [], keys: string[] = [];
  for (const settings of grid(fitSpace(space, dataset))) {
    const trial = fitTo(settings, dataset);
    trials.push(trial);
    keys.push(trialKey(trial, dataset) + (readTest ? "-tested" : ""));
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
      // Results older than some hyperparameter lack it; this fills it in.
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
    const images = counter(missingTrials.map((trial) => imagesOf(trial, dataset)));
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
      readTest,
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

/** Removes partial checkpoints of a killed process; safe because this process has locked the journal. */
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

/** Number of images that a trial processes, counted once per epoch. */
function imagesOf({ epochs, validation }: Hyperparameters, { train }: Dataset): number {
  return epochs * trainedOn(validation, train.count);
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
