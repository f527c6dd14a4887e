import { randomStream } from "../base/random.ts";
import type { Dataset } from "../dataset/dataset.ts";
import { simdKernel } from "../kernel/simd.ts";
import type { Model } from "../network/architecture.ts";
import { createNetwork, initialize, modelOf, weightsDigest } from "../network/network.ts";
import { architectureOf, checkAgainst, complete, type Hyperparameters } from "./hyperparameters.ts";
import { train, type TrainOptions } from "./train.ts";
import type { TrialResult } from "./trial_result.ts";

/**
 * Raised whenever a trial's numbers change for the same hyperparameters and data, so that no journal
 * hands on results of the old arithmetic. A test pins the digests that belong to it.
 */
export const TRIAL_VERSION = 2;

/** What to watch while a trial runs. Nothing here changes its result. */
export type TrialHooks = Pick<
  TrainOptions,
  "onStep" | "onEpoch" | "resumeFrom" | "onCheckpoint" | "signal"
>;

/**
 * Trains and tests one network: a pure function of its hyperparameters and the dataset. It gives the
 * same result, bit for bit, on any machine, in any worker, at any time.
 *
 * @param hyperparameters those left out take the defaults of {@linkcode DEFAULTS}
 * @throws {UserError} naming the hyperparameter that is unknown or impossible
 */
export async function runTrial(
  hyperparameters: Partial<Hyperparameters>,
  dataset: Dataset,
  hooks: TrialHooks = {},
): Promise<TrialResult> {
  return (await trainModel(hyperparameters, dataset, hooks)).result;
}

/** {@linkcode runTrial}, and the trained network with it. */
export async function trainModel(
  hyperparameters: Partial<Hyperparameters>,
  dataset: Dataset,
  hooks: TrialHooks = {},
): Promise<{ result: TrialResult; model: Model }> {
  const all = complete(hyperparameters);
  checkAgainst(all, dataset);
  const { layers, activation, outputActivation, loss, initializer, seed, batchSize, ...more } = all;
  const { optimizer, learningRate, schedule, epochs, l2, shuffle, augment, ...unread } = more;
  // Does not compile while the registry has an entry that is not taken up in the lines above.
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
  const model = modelOf(network);
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
