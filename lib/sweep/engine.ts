import { Worker } from "node:worker_threads";
import type { Dataset } from "../dataset/dataset.ts";
import { type SharedDataset, toShared } from "../dataset/shared.ts";
import type { Hyperparameters } from "../training/hyperparameters.ts";
import { runTrial } from "../training/trial.ts";
import type { StepProgress } from "../training/train.ts";
import type { EpochRecord, TrialResult } from "../training/trial_result.ts";
import { checkpointHooks } from "./checkpoint_file.ts";

/** What an engine tells while it runs trials, each named by its place in the list. */
export interface EngineHooks {
  /** A trial has ended; it counts as done when this has returned. */
  readonly onResult: (trial: number, result: TrialResult) => void;
  /** A trial has made steps. */
  readonly onStep?: (trial: number, progress: StepProgress) => void;
  /** A trial has finished an epoch. */
  readonly onEpoch?: (trial: number, record: EpochRecord) => void;
  /** The file in which a trial may leave how far it is, to go on from there another time. */
  readonly checkpoint?: (trial: number) => string;
  /** Ends the work; the promise is rejected with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** Where trials run. The results do not depend on it, nor on the order in which they come. */
export type Engine = (
  trials: readonly Hyperparameters[],
  dataset: Dataset,
  hooks: EngineHooks,
) => Promise<void>;

/** Runs one trial after another in this thread. */
export const inThisThread: Engine = async (trials, dataset, { onResult, ...hooks }) => {
  for (let t = 0; t < trials.length; t++) {
    const result = await runTrial(trials[t], dataset, {
      ...(hooks.checkpoint && checkpointHooks(hooks.checkpoint(t))),
      onStep: (progress) => hooks.onStep?.(t, progress),
      onEpoch: (record) => hooks.onEpoch?.(t, record),
      signal: hooks.signal,
    });
    onResult(t, result);
  }
};

/** What a worker is sent first. */
export interface WorkerStart {
  readonly dataset: SharedDataset;
}

/** What a worker is sent for each trial. */
export interface WorkerTask {
  readonly hyperparameters: Hyperparameters;
  /** The trial's checkpoint file, if it is to have one. */
  readonly checkpoint?: string;
}

/** What a worker answers. */
export type WorkerMessage =
  | { readonly type: "step"; readonly progress: StepProgress }
  | { readonly type: "epoch"; readonly record: EpochRecord }
  | { readonly type: "result"; readonly result: TrialResult }
  | { readonly type: "error"; readonly reason: string };

/** How often a trial is begun before it counts as failed. */
const ATTEMPTS = 2;

/**
 * Runs trials on worker threads. The dataset's bytes are shared with them, not copied. A worker that
 * dies is replaced and its trial begun once more; if that fails too, the trial's result says why.
 *
 * @param count how many workers, 1 or more
 * @param script what a worker runs
 */
export function onWorkers(count: number, script = new URL("worker.ts", import.meta.url)): Engine {
  return async (trials, dataset, hooks) => {
    const queue = trials.map((_, t) => t);
    const stop = new AbortController();
    const signal = AbortSignal.any([stop.signal, ...(hooks.signal ? [hooks.signal] : [])]);

    /** One worker's life: trial after trial, a new thread after a death. */
    async function serve() {
      let worker: Worker | undefined;
      try {
        for (let t = queue.shift(); t !== undefined; t = queue.shift()) {
          let result: TrialResult | undefined;
          let reason = "";
          for (let attempt = 1; attempt <= ATTEMPTS && result === undefined; attempt++) {
            signal.throwIfAborted();
            worker ??= startWorker(script, dataset);
            try {
              result = await runOn(worker, t, trials[t], hooks, signal);
            } catch (error) {
              signal.throwIfAborted();
              reason = error instanceof Error ? error.message : String(error);
              await worker.terminate();
              worker = undefined;
            }
          }
          hooks.onResult(t, result ?? failed(trials[t], dataset, reason));
        }
      } catch (error) {
        stop.abort(error);
        throw error;
      } finally {
        await worker?.terminate();
      }
    }

    signal.throwIfAborted();
    const lives = Array.from({ length: Math.min(count, trials.length) }, serve);
    // All of them are over before the error of the first is passed on.
    const ends = await Promise.allSettled(lives);
    const error = ends.find((end) => end.status === "rejected");
    if (error) throw error.reason;
  };
}

function startWorker(script: URL, dataset: Dataset): Worker {
  const worker = new Worker(script);
  worker.postMessage({ dataset: toShared(dataset) } satisfies WorkerStart);
  return worker;
}

/** Has a worker run a trial; rejects when the worker dies, reports an error, or the signal ends it. */
function runOn(
  worker: Worker,
  trial: number,
  hyperparameters: Hyperparameters,
  hooks: EngineHooks,
  signal: AbortSignal,
): Promise<TrialResult> {
  const { promise, resolve, reject } = Promise.withResolvers<TrialResult>();
  const onMessage = (message: WorkerMessage) => {
    if (message.type === "step") hooks.onStep?.(trial, message.progress);
    else if (message.type === "epoch") hooks.onEpoch?.(trial, message.record);
    else if (message.type === "result") resolve(message.result);
    else reject(new Error(message.reason));
  };
  const onError = (error: Error) => reject(new Error(`its worker died: ${error.message}`));
  const onExit = (code: number) => reject(new Error(`its worker ended with exit status ${code}`));
  const onAbort = () => reject(signal.reason);
  worker.on("message", onMessage).on("error", onError).on("exit", onExit);
  signal.addEventListener("abort", onAbort);
  const checkpoint = hooks.checkpoint?.(trial);
  worker.postMessage({ hyperparameters, checkpoint } satisfies WorkerTask);
  return promise.finally(() => {
    worker.off("message", onMessage).off("error", onError).off("exit", onExit);
    signal.removeEventListener("abort", onAbort);
  });
}

/** The result of a trial whose workers died. */
function failed(
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
    testLoss: null,
    testAccuracy: null,
    weightsDigest: null,
  };
}
