import { randomStream } from "../base/random.ts";
import type { Dataset } from "../dataset/dataset.ts";
import type { Model } from "../network/architecture.ts";
import { keptImageKind } from "../network/image_kind.ts";
import { createNetwork, initialize, modelOf, weightsDigest } from "../network/network.ts";
import {
  architectureOf,
  complete,
  fitTo,
  type Hyperparameters,
  type Settings,
} from "./hyperparameters.ts";
import { type Threads, trainingKernel } from "./threads.ts";
import { train, type Training, type TrainOptions } from "./train.ts";
import type { TrialResult } from "./trial_result.ts";

/**
 * Version of a trial's arithmetic. Increment it whenever the results for the same hyperparameters and data
 * change, so that results in older journals are not reused. A test pins the digests of each version.
 */
export const TRIAL_VERSION = 2;

/** Callbacks and control of a running trial; they do not affect its result. */
export interface TrialHooks
  extends Pick<TrainOptions, "onStep" | "onEpoch" | "resumeFrom" | "onCheckpoint" | "signal"> {
  /** Threads to train on; defaults to 1. */
  readonly threads?: Threads;
}

/**
 * Trains and tests one network. A pure function of the hyperparameters and the dataset: the result is
 * the same, bit for bit, on any machine and in any worker.
 *
 * @param hyperparameters default to {@linkcode DEFAULTS}
 * @throws {UserError} naming the hyperparameter that is unknown, invalid or does not fit the dataset
 */
export async function runTrial(
  hyperparameters: Partial<Settings>,
  dataset: Dataset,
  hooks: TrialHooks = {},
): Promise<TrialResult> {
  return (await trainModel(hyperparameters, dataset, hooks)).result;
}

/** Same as {@linkcode runTrial}, but also returns the trained model. */
export async function trainModel(
  hyperparameters: Partial<Settings>,
  dataset: Dataset,
  hooks: TrialHooks = {},
): Promise<{ result: TrialResult; model: Model }> {
  const all = fitTo(complete(hyperparameters), dataset);
  const { layers, activation, outputActivation, loss, initializer, seed, batchSize, ...more } = all;
  const { normalization, biasInitializer, labelSmoothing, dropout, ...others } = more;
  const { optimizer, learningRate, schedule, epochs, l2, shuffle, augment, ...unread } = others;
  // Does not compile unless every entry of the registry is used above.
  unread satisfies Nothing;
  const functions = { activation, outputActivation, loss, normalization };
  const architecture = architectureOf({ layers, ...functions });
  const { threads = 1, ...watching } = hooks;
  const images = dataset.train.count;
  const options: TrainOptions = {
    batchSize: batchSize === "full" ? images : batchSize,
    optimizer,
    learningRate,
    schedule,
    epochs,
    l2,
    labelSmoothing,
    dropout,
    shuffle,
    augment,
    seed,
    ...watching,
  };
  const size = { layers, batchSize: options.batchSize, images: epochs * images };
  const { kernel, end } = await trainingKernel(threads, size);
  try {
    const network = createNetwork(kernel, architecture);
    initialize(network, initializer, randomStream(seed, "initializer"), {
      initializer: biasInitializer,
      random: randomStream(seed, "biases"),
    });
    const training = await train(network, dataset, options);
    const kind = keptImageKind(dataset);
    const model: Model = { ...modelOf(network), ...(kind && { images: kind }) };
    return { result: resultOf(all, dataset, training, model), model };
  } finally {
    await end();
  }
}

function resultOf(
  hyperparameters: Hyperparameters,
  dataset: Dataset,
  training: Training,
  model: Model,
): TrialResult {
  const last = training.status === "completed" ? training.history.at(-1) : undefined;
  return {
    hyperparameters,
    dataset: dataset.name,
    ...training,
    trainLoss: last?.trainLoss ?? null,
    testLoss: last?.testLoss ?? null,
    testAccuracy: last?.testAccuracy ?? null,
    weightsDigest: weightsDigest(model),
  };
}

/** An object without properties. */
type Nothing = Record<PropertyKey, never>;
