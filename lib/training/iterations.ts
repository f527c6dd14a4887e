import type { Dataset } from "../dataset/dataset.ts";
import type { Network } from "../network/network.ts";
import { type Evaluation, evaluator } from "./evaluate.ts";
import { complete, type Hyperparameters } from "./hyperparameters.ts";
import type { StepProgress } from "./train.ts";
import { runTrial, type TrialHooks } from "./trial.ts";

/** What is known after a step of training. */
export interface IterationRecord {
  /** Steps made, from 1. */
  readonly iteration: number;
  /** Training images gone through, every epoch counted anew. */
  readonly images: number;
  /** Mean loss on all training images. */
  readonly trainLoss: number;
  /** Part of all training images that are classified right, 0 to 1. */
  readonly trainAccuracy: number;
  readonly testLoss: number;
  readonly testAccuracy: number;
}

/** Which steps are recorded. */
export interface IterationOptions extends Pick<TrialHooks, "onStep" | "signal"> {
  /** One in so many steps; the first and the last are recorded too. */
  readonly every: number;
  /** The training ends after this step; after its epochs unless given. */
  readonly last?: number;
}

/**
 * The history of a training step by step, where epochs are too coarse to see what happens. To look at
 * all images takes some time, so that only some steps are recorded; the training is `runTrial`'s, bit
 * for bit.
 *
 * @returns the records up to the end, or to the step at which the training diverged
 * @throws {UserError} naming the hyperparameter that is unknown or impossible
 */
export async function iterationHistory(
  hyperparameters: Partial<Hyperparameters>,
  dataset: Dataset,
  options: IterationOptions,
): Promise<IterationRecord[]> {
  const { every, last = Infinity } = options;
  const all = complete(hyperparameters);
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

/** A function that measures the network as it is. */
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

/** The images gone through after a step; an epoch's last batch may be smaller than the others. */
function imagesAfter(
  { step, steps, epoch }: StepProgress,
  { batchSize, epochs }: Hyperparameters,
  count: number,
): number {
  const stepOfEpoch = step - (epoch - 1) * (steps / epochs);
  const size = batchSize === "full" ? count : batchSize;
  return (epoch - 1) * count + Math.min(stepOfEpoch * size, count);
}
