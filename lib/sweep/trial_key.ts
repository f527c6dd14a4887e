import { sha256 } from "../base/sha256.ts";
import { type Dataset, datasetDigest } from "../dataset/dataset.ts";
import { type Hyperparameters, keyValues } from "../training/hyperparameters.ts";
import { TRIAL_VERSION } from "../training/trial.ts";

/** What makes a trial the same trial: its hyperparameters, the data's bytes and the arithmetic. */
export function trialKey(hyperparameters: Hyperparameters, dataset: Dataset): string {
  return sha256(
    JSON.stringify([TRIAL_VERSION, datasetDigest(dataset), keyValues(hyperparameters)]),
  );
}
