import type { Dataset } from "../dataset/dataset.ts";
import type { Network } from "../network/network.ts";
import { evaluator } from "./evaluate.ts";
import {
  complete,
  fitTo,
  type Hyperparameters,
  lastEpoch,
  type Settings,
} from "./hyperparameters.ts";
import type { StepProgress } from "./train.ts";
import { runTrial, type TrialHooks } from "./trial.ts";
import { holdOut, trainedOn } from "./validation.ts";

/** Metrics after a training step. */
export interface IterationRecord {
  /** Number of steps, from 1. */
  readonly iteration: number;
  /** Number of training images processed, counted once per epoch. */
  readonly images: number;
  /** Mean loss on all images that are trained on. */
  readonly trainLoss: number;
  /** Fraction of all images that are trained on that are classified correctly, 0 to 1. */
  readonly trainAccuracy: number;
  /** Mean loss on the validation images; absent without any, as the next. */
  readonly validationLoss?: number;
  /** Fraction of the validation images that are classified correctly, 0 to 1. */
  readonly validationAccuracy?: number;
  /** Mean loss on all test images; absent with a validation set, as the next. */
  readonly testLoss?: number;
  /** Fraction of all test images that are classified correctly, 0 to 1. */
  readonly testAccuracy?: number;
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
        look ??= looker(network, dataset, all);
        records.push({
          iteration: step,
          images: imagesAfter(progress, all, trainedOn(all.validation, dataset.train.count)),
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
function looker(
  network: Network,
  { train, test }: Dataset,
  { validation, seed }: Hyperparameters,
): () => Omit<IterationRecord, "iteration" | "images"> {
  const split = holdOut(validation, train.count, seed);
  const onTrain = evaluator(network, train, split.train);
  const onHeldOut = split.validation
    ? evaluator(network, train, split.validation)
    : evaluator(network, test);
  return () => {
    const seen = onTrain(), unseen = onHeldOut();
    return {
      trainLoss: seen.loss,
      trainAccuracy: seen.accuracy,
      ...split.validation
        ? { validationLoss: unseen.loss, validationAccuracy: unseen.accuracy }
        : { testLoss: unseen.loss, testAccuracy: unseen.accuracy },
    };
  };
}

/** Number of images processed after a step; an epoch's last batch may be smaller than the others. */
function imagesAfter(
  { step, steps, epoch }: StepProgress,
  { batchSize, ...all }: Hyperparameters,
  count: number,
): number {
  const stepOfEpoch = step - (epoch - 1) * (steps / lastEpoch(all));
  const size = batchSize === "full" ? count : batchSize;
  return (epoch - 1) * count + Math.min(stepOfEpoch * size, count);
}
