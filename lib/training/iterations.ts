import type { Dataset } from "../dataset/dataset.ts";
import type { Network } from "../network/network.ts";
import { type Evaluation, evaluator } from "./evaluate.ts";
import { complete, fitTo, type Hyperparameters, type Settings } from "./hyperparameters.ts";
import type { StepProgress } from "./train.ts";
import { runTrial, type TrialHooks } from "./trial.ts";

/** Metrics after a training step. */
export interface IterationRecord {
  /** Number of steps, from 1. */
  readonly iteration: number;
  /** Number of training images processed, counted once per epoch. */
  readonly images: number;
  /** Mean loss on all training images. */
  readonly trainLoss: number;
  /** Fraction of all training images that are classified correctly, 0 to 1. */
  readonly trainAccuracy: number;
  /** Mean loss on all test images. */
  readonly testLoss: number;
  /** Fraction of all test images that are classified correctly, 0 to 1. */
  readonly testAccuracy: number;
}

/** Options of {@linkcode iterationHistory}. */
export interface IterationOptions extends Pick<TrialHooks, "onStep" | "signal"> {
  /** Steps from one record to the next; the first and the last step are always recorded. */
  readonly every: number;
  /** Step after which training ends; defaults to the last step of the last epoch. */
  readonly last?: number;
}

/**
 * Records metrics during training at a finer resolution than epochs. Evaluating all images takes time, so
 * only some steps are recorded. The training is the same as `runTrial`'s, bit for bit.
 *
 * @returns the records up to the last step, or to the step before the training diverged
 * @throws {UserError} naming the hyperparameter that is unknown or invalid
 */
export async function iterationHistory(
  hyperparameters: Partial<Settings>,
  dataset: Dataset,
  options: IterationOptions,
): Promise<IterationRecord[]> {
  const { every, last = Infinity } = options;
  const all = fitTo(complete(hyperparameters), dataset);
  const records: IterationRecord[] = [];
  const enough = new AbortController();
  const signals = [enough.signal, ...(options.signal ? [options.signal] : [])];
  let look: ReturnType<typeof looker> | undefined;
  const training = runTrial(all, dataset, {
    signal: AbortSignal.any(signals),
    onStep(progress, network) {
      options.onStep?.(progress, network);
      const { step, steps } = progress;
      const isLast = step === Math.min(steps, last);
      if (step === 1 || step % every === 0 || isLast) {
        look ??= looker(network, dataset);
        records.push({
          iteration: step,
          images: imagesAfter(progress, all, dataset.train.count),
          ...look(),
        });
      }
      if (isLast) enough.abort(enough);
    },
  });
  await training.catch((error) => {
    if (error !== enough) throw error;
  });
  return records;
}

/** Returns a function that evaluates the network in its current state. */
function looker(network: Network, { train, test }: Dataset) {
  const onTrain: () => Evaluation = evaluator(network, train);
  const onTest: () => Evaluation = evaluator(network, test);
  return () => {
    const seen = onTrain(), unseen = onTest();
    return {
      trainLoss: seen.loss,
      trainAccuracy: seen.accuracy,
      testLoss: unseen.loss,
      testAccuracy: unseen.accuracy,
    };
  };
}

/** Number of images processed after a step; an epoch's last batch may be smaller than the others. */
function imagesAfter(
  { step, steps, epoch }: StepProgress,
  { batchSize, epochs }: Hyperparameters,
  count: number,
): number {
  const stepOfEpoch = step - (epoch - 1) * (steps / epochs);
  const size = batchSize === "full" ? count : batchSize;
  return (epoch - 1) * count + Math.min(stepOfEpoch * size, count);
}
