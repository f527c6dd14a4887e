import { randomStream } from "../base/random.ts";
import type { Dataset } from "../dataset/dataset.ts";
import { simdKernel } from "../kernel/simd.ts";
import type { Model } from "../network/architecture.ts";
import { keptImageKind } from "../network/image_kind.ts";
import { createNetwork, initialize, modelOf, weightsDigest } from "../network/network.ts";
import { architectureOf, complete, fitTo, type Settings } from "./hyperparameters.ts";
import { train, type TrainOptions } from "./train.ts";
import type { TrialResult } from "./trial_result.ts";

/**
 * Version of a trial's arithmetic. Increment it whenever the results for the same hyperparameters and data
 * change, so that results in older journals are not reused. A test pins the digests of each version.
 */
export const TRIAL_VERSION = 2;

/** Callbacks and control of a running trial; they do not affect its result. */
export type TrialHooks = Pick<
  TrainOptions,
  "onStep" | "onEpoch" | "resumeFrom" | "onCheckpoint" | "signal"
>;

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
  const { optimizer, learningRate, schedule, epochs, l2, shuffle, augment, ...unread } = more;
  // Does not compile unless every entry of the registry is used above.
  unread satisfies Nothing;
  const architecture = architectureOf({ layers, activation, outputActivation, loss });
  const network = createNetwork(simdKernel(), architecture);
  initialize(network, initializer, randomStream(seed, "initializer"));
  const training = await train(network, dataset, {
    batchSize: batchSize === "full" ? dataset.train.count : batchSize,
    optimizer,
    learningRate,
    schedule,
    epochs,
    l2,
    shuffle,
    augment,
    seed,
    ...hooks,
  });
  const images = keptImageKind(dataset);
  const model: Model = { ...modelOf(network), ...(images && { images }) };
  const last = training.status === "completed" ? training.history.at(-1) : undefined;
  const result: TrialResult = {
    hyperparameters: all,
    dataset: dataset.name,
    ...training,
    trainLoss: last?.trainLoss ?? null,
    testLoss: last?.testLoss ?? null,
    testAccuracy: last?.testAccuracy ?? null,
    weightsDigest: weightsDigest(model),
  };
  return { result, model };
}

/** An object without properties. */
type Nothing = Record<PropertyKey, never>;
