import type { Dataset } from "../dataset/dataset.ts";
import type { Model } from "../network/architecture.ts";
import { keptImageKind } from "../network/image_kind.ts";
import { modelOf, weightsDigest } from "../network/network.ts";
import type { Checkpoint } from "./checkpoint.ts";
import { evaluate, type Evaluation } from "./evaluate.ts";
import {
  complete,
  fitTo,
  type Hyperparameters,
  lastEpoch,
  type Settings,
} from "./hyperparameters.ts";
import { type Threads, trainingKernel } from "./threads.ts";
import { trainingOf } from "./start.ts";
import { train, type Training, type TrainOptions } from "./train.ts";
import type { EpochRecord, TrialResult } from "./trial_result.ts";
import { trainedOn } from "./validation.ts";

/**
 * Version of a trial's arithmetic. Increment it whenever the results for the same hyperparameters and data
 * change, so that results in older journals are not reused. A test pins the digests of each version.
 */
export const TRIAL_VERSION = 2;

/** Callbacks and control of a running trial; the training does not depend on them. */
export interface TrialHooks
  extends Pick<TrainOptions, "onStep" | "onEpoch" | "resumeFrom" | "onCheckpoint" | "signal"> {
  /** Threads to train on; defaults to 1. */
  readonly threads?: Threads;
  /**
   * Evaluates the trained network on the test images even if there is a validation set: for the setting
   * that was chosen, once it is.
   */
  readonly readTest?: boolean;
  /** Trials whose whole training is the beginning of this one, see `sharesStart`. */
  readonly readings?: readonly Hyperparameters[];
  /** Called with the result of one of the `readings`, by its index, when the training has come to its end. */
  readonly onReading?: (reading: number, result: TrialResult) => void;
  /** The most threads of `auto`; defaults to the number of cores. */
  readonly cores?: number;
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
  const { threads = 1, cores, readTest = false, readings = [], onReading, ...watching } = hooks;
  const described = trainingOf(all, dataset);
  const options: TrainOptions = {
    ...described.options,
    ...watching,
    resumeFrom: usable(hooks.resumeFrom, all, readings),
  };
  const { layers } = all, { batchSize } = options;
  const images = lastEpoch(all) * trainedOn(all.validation, dataset.train.count);
  const size = { layers, batchSize, images };
  const { kernel, end } = await trainingKernel(threads, size, cores);
  try {
    const network = described.start(kernel);
    const read = reader(readings, options, (reading, training) => {
      onReading?.(
        reading,
        resultOf(readings[reading], dataset, training, modelOf(network), undefined),
      );
    });
    const training = await train(network, dataset, { ...options, onEpoch: read.epoch });
    if (training.status === "diverged") read.rest(training);
    const test = readTest && all.validation !== "none"
      ? evaluate(network, dataset.test)
      : undefined;
    const kind = keptImageKind(dataset);
    const model: Model = { ...modelOf(network), ...(kind && { images: kind }) };
    return { result: resultOf(all, dataset, training, model, test), model };
  } finally {
    await end();
  }
}

function resultOf(
  hyperparameters: Hyperparameters,
  dataset: Dataset,
  training: Training,
  model: Model,
  test: Evaluation | undefined,
): TrialResult {
  const { status, history, bestEpoch = history.length } = training;
  const last = status === "completed" ? history[bestEpoch - 1] : undefined;
  const tested = last && test;
  return {
    hyperparameters,
    dataset: dataset.name,
    ...training,
    trainLoss: last?.trainLoss ?? null,
    validationLoss: last?.validationLoss ?? null,
    validationAccuracy: last?.validationAccuracy ?? null,
    testLoss: tested?.loss ?? last?.testLoss ?? null,
    testAccuracy: tested?.accuracy ?? last?.testAccuracy ?? null,
    weightsDigest: weightsDigest(model),
  };
}

/** A checkpoint, unless it is later than what is to be read: then the training starts anew. */
function usable(
  checkpoint: Checkpoint | undefined,
  all: Hyperparameters,
  readings: readonly Hyperparameters[],
): Checkpoint | undefined {
  if (checkpoint === undefined) return undefined;
  const epochs = checkpoint.history.length;
  const isEarly = epochs <= lastEpoch(all) && readings.every((one) => epochs < lastEpoch(one));
  return isEarly ? checkpoint : undefined;
}

/** Reports the trainings that end before the present one. */
function reader(
  readings: readonly Hyperparameters[],
  { onEpoch, resumeFrom }: TrainOptions,
  report: (reading: number, training: Training) => void,
) {
  const history = [...resumeFrom?.history ?? []];
  return {
    epoch(record: EpochRecord, steps: number) {
      onEpoch?.(record, steps);
      history.push(record);
      readings.forEach((one, r) => {
        if (lastEpoch(one) !== record.epoch) return;
        report(r, { status: "completed", steps, history: [...history] });
      });
    },
    /** A training that diverged, so that those that have not come to their end did too. */
    rest(training: Training) {
      readings.forEach((one, r) => {
        if (lastEpoch(one) > history.length) report(r, training);
      });
    },
  };
}
