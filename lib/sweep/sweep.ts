import { basename, dirname, join } from "node:path";
import { memoryJournal, openJournal } from "../base/journal.ts";
import type { Dataset } from "../dataset/dataset.ts";
import { checkAgainst } from "../training/hyperparameters.ts";
import type { EpochRecord, TrialResult } from "../training/trial_result.ts";
import { type Engine, onWorkers } from "./engine.ts";
import { grid, type Space } from "./space.ts";
import { trialKey } from "./trial_key.ts";

/** How to run a sweep. */
export interface SweepOptions {
  /** The journal's file; without one nothing is kept for the next time. */
  readonly journal?: string;
  /** Where the trials run: one worker per core unless told otherwise. */
  readonly engine?: Engine;
  /** Called whenever something has happened, up to tens of times a second. */
  readonly onProgress?: (progress: SweepProgress) => void;
  /** Called after each epoch of each trial that runs. */
  readonly onEpoch?: (trial: number, record: EpochRecord) => void;
  /** Ends the sweep; what is finished stays in the journal. */
  readonly signal?: AbortSignal;
}

/** How far a sweep is. */
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

/**
 * Runs every trial of a space and gives their results in the order of the space: the same ones whatever
 * the number of workers, the order in which they finish and the number of interruptions.
 *
 * A trial that was interrupted goes on from its last checkpoint, which lies beside the journal.
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
  const trials = grid(space);
  for (const trial of trials) checkAgainst(trial, dataset);
  const keys = trials.map((trial) => trialKey(trial, dataset));
  const journal = options.journal === undefined
    ? memoryJournal<TrialResult>()
    : openJournal(options.journal, isTrialResult);
  try {
    if (options.journal !== undefined) removePartials(options.journal);
    const results = keys.map((key): TrialResult | undefined => {
      const known = journal.get(key);
      return known && { ...known, dataset: dataset.name };
    });
    const missing = [...trials.keys()].filter((t) => results[t] === undefined);
    const counted = counter(missing.map((t) => trials[t].epochs * dataset.train.count));
    const report = () =>
      options.onProgress?.({
        trials: trials.length,
        finished: results.filter((result) => result !== undefined).length,
        reused: trials.length - missing.length,
        ...counted.state(),
        results,
      });

    report();
    const checkpointOf = options.journal === undefined
      ? undefined
      : (m: number) => `${options.journal}.${keys[missing[m]]}.checkpoint`;
    const engine = options.engine ?? onWorkers(navigator.hardwareConcurrency);
    await engine(missing.map((t) => trials[t]), dataset, {
      onResult(m, result) {
        const t = missing[m];
        if (result.status !== "failed") {
          journal.append(keys[t], result);
          if (checkpointOf) removeIfThere(checkpointOf(m));
        }
        results[t] = result;
        counted.set(m, 1);
        report();
      },
      onStep(m, { step, steps }) {
        counted.set(m, step / steps);
        report();
      },
      checkpoint: checkpointOf,
      onEpoch: (m, record) => options.onEpoch?.(missing[m], record),
      signal: options.signal,
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

/** Adds up how much of each piece of work is done. */
function counter(sizes: readonly number[]) {
  const done = sizes.map(() => 0);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  return {
    set: (piece: number, part: number) => void (done[piece] = part * sizes[piece]),
    state: () => ({
      images: Math.round(done.reduce((sum, images) => sum + images, 0)),
      totalImages: total,
    }),
  };
}
