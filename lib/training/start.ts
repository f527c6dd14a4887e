import { randomStream } from "../base/random.ts";
import type { Dataset } from "../dataset/dataset.ts";
import type { Kernel } from "../kernel/kernel.ts";
import { createNetwork, initialize, type Network } from "../network/network.ts";
import { architectureOf, type Hyperparameters } from "./hyperparameters.ts";
import type { TrainOptions } from "./train.ts";
import { trainedOn } from "./validation.ts";

/** A training that has not begun. */
export interface DescribedTraining {
  /** For `train`, without callbacks. */
  readonly options: TrainOptions;
  /** Creates the network with its initial parameters, the same for every kernel of 32 bits. */
  readonly start: (kernel: Kernel) => Network;
}

/**
 * Returns the training that hyperparameters describe: every one of them is used here, so that a trial
 * and a training that is watched elsewhere have the same bits.
 *
 * @param all fitted to the dataset, see `fitTo`
 */
export function trainingOf(all: Hyperparameters, dataset: Dataset): DescribedTraining {
  const { layers, activation, outputActivation, loss, initializer, seed, batchSize, ...more } = all;
  const { normalization, biasInitializer, labelSmoothing, dropout, ...penalised } = more;
  const { l1, weightDecay, maxNorm, clipValue, clipNorm, ...others } = penalised;
  const { optimizer, learningRate, schedule, epochs, patience, stopAfter, l2, shuffle, ...rest } =
    others;
  const { validation, augment, ...unread } = rest;
  // Does not compile unless every entry of the registry is used above.
  unread satisfies Nothing;
  const functions = { activation, outputActivation, loss, normalization };
  const architecture = architectureOf({ layers, ...functions });
  const options: TrainOptions = {
    batchSize: batchSize === "full" ? trainedOn(validation, dataset.train.count) : batchSize,
    optimizer,
    learningRate,
    schedule,
    epochs,
    patience,
    stopAfter,
    l2,
    labelSmoothing,
    dropout,
    l1,
    weightDecay,
    maxNorm,
    clipValue,
    clipNorm,
    shuffle,
    augment,
    validation,
    seed,
  };
  const start = (kernel: Kernel) => {
    const network = createNetwork(kernel, architecture);
    initialize(network, initializer, randomStream(seed, "initializer"), {
      initializer: biasInitializer,
      random: randomStream(seed, "biases"),
    });
    return network;
  };
  return { options, start };
}

/** An object without properties. */
type Nothing = Record<PropertyKey, never>;
