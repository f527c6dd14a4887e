import { breather } from "../base/breather.ts";
import { runOnWorkers } from "../base/worker_pool.ts";
import type { Dataset } from "../dataset/dataset.ts";
import { type SharedDataset, toShared } from "../dataset/shared.ts";
import type { Hyperparameters } from "../training/hyperparameters.ts";
import { runTrial } from "../training/trial.ts";
import type { StepProgress } from "../training/train.ts";
import type { EpochRecord, TrialResult } from "../training/trial_result.ts";
import { checkpointFile } from "./checkpoint_file.ts";

/** Events of an engine that runs trials; a trial is identified by its index in the list. */
export interface EngineHooks {
  /** Called when a trial has ended; it counts as finished once this returns. */
  readonly onResult: (trial: number, result: TrialResult) => void;
  /** Called when a trial has made steps. */
  readonly onStep?: (trial: number, progress: StepProgress) => void;
  /** Called when a trial has finished an epoch. */
  readonly onEpoch?: (trial: number, record: EpochRecord) => void;
  /** Returns the path of a trial's checkpoint file, from which an interrupted trial resumes. */
  readonly checkpoint?: (trial: number) => string;
  /** Keeps the checkpoint of a trial at its end, for a later trial that goes on from there. */
  readonly keepCheckpoints?: boolean;
  /** Returns the trials whose whole training is the beginning of a trial's, see `sharesStart`. */
  readonly readings?: (trial: number) => readonly Hyperparameters[];
  /** Called with the result of one of the `readings` of a trial, by its index. */
  readonly onReading?: (trial: number, reading: number, result: TrialResult) => void;
  /** Evaluates each trained network on the test images too, see {@linkcode TrialHooks}. */
  readonly readTest?: boolean;
  /** Stops the work; the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** Runs trials. The results do not depend on the engine or on the order in which they arrive. */
export type Engine = (
  trials: readonly Hyperparameters[],
  dataset: Dataset,
  hooks: EngineHooks,
) => Promise<void>;

/** Runs one trial after another in this thread. */
export const inThisThread: Engine = async (trials, dataset, { onResult, ...hooks }) => {
  const breathe = breather();
  for (let t = 0; t < trials.length; t++) {
    const file = hooks.checkpoint && checkpointFile(hooks.checkpoint(t));
    const result = await runTrial(trials[t], dataset, {
      ...file?.hooks,
      onStep: (progress) => hooks.onStep?.(t, progress),
      onEpoch: (record) => hooks.onEpoch?.(t, record),
      readings: hooks.readings?.(t),
      onReading: (reading, result) => hooks.onReading?.(t, reading, result),
      readTest: hooks.readTest,
      signal: hooks.signal,
    });
    if (hooks.keepCheckpoints) await file?.keep();
    onResult(t, result);
    await breathe();
    hooks.signal?.throwIfAborted();
  }
};

/** First message to a worker. */
export interface WorkerStart {
  readonly dataset: SharedDataset;
}

/** A trial, as a message to a worker. */
export interface WorkerTask {
  readonly hyperparameters: Hyperparameters;
  /** The trial's checkpoint file, if it has one. */
  readonly checkpoint?: string;
  /** Whether to keep the checkpoint at the end, see {@linkcode EngineHooks}, as the next. */
  readonly keepCheckpoint?: boolean;
  readonly readings?: readonly Hyperparameters[];
  /** `true` to evaluate on the test set at the end, see {@linkcode EngineHooks}. */
  readonly readTest?: boolean;
}

/** Progress report of a worker. */
export type WorkerNews =
  | { readonly type: "step"; readonly progress: StepProgress }
  | { readonly type: "epoch"; readonly record: EpochRecord }
  | { readonly type: "reading"; readonly reading: number; readonly result: TrialResult };

/**
 * Runs trials on worker threads. The dataset's bytes are shared with them, not copied. When fewer trials
 * are left than workers, a large one takes the cores of several, while that is faster. A worker that
 * crashes is replaced and its trial retried once; if that fails too, the trial's result is `failed` and
 * gives the reason.
 *
 * @param count number of workers, 1 or more
 * @param script the worker's module
 */
export function onWorkers(count: number, script = new URL("worker.ts", import.meta.url)): Engine {
  return (trials, dataset, hooks) =>
    runOnWorkers<WorkerStart, WorkerTask, TrialResult, WorkerNews>(
      trials.map((hyperparameters, t) => ({
        hyperparameters,
        checkpoint: hooks.checkpoint?.(t),
        keepCheckpoint: hooks.keepCheckpoints,
        readings: hooks.readings?.(t),
        readTest: hooks.readTest,
      })),
      {
        script,
        start: { dataset: toShared(dataset) },
        workers: count,
        onResult: hooks.onResult,
        onFailure: (t, reason) => hooks.onResult(t, failedTrial(trials[t], dataset, reason)),
        onNews(t, news) {
          if (news.type === "step") hooks.onStep?.(t, news.progress);
          else if (news.type === "epoch") hooks.onEpoch?.(t, news.record);
          else hooks.onReading?.(t, news.reading, news.result);
        },
        signal: hooks.signal,
      },
    );
}

/** The result of a trial whose workers crashed. */
export function failedTrial(
  hyperparameters: Hyperparameters,
  dataset: Dataset,
  reason: string,
): TrialResult {
  return {
    hyperparameters,
    dataset: dataset.name,
    status: "failed",
    reason,
    steps: 0,
    history: [],
    trainLoss: null,
    validationLoss: null,
    validationAccuracy: null,
    testLoss: null,
    testAccuracy: null,
    weightsDigest: null,
  };
}
