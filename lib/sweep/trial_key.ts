import { sha256 } from "../base/sha256.ts";
import { type Dataset, datasetDigest } from "../dataset/dataset.ts";
import { type Hyperparameters, keyValues } from "../training/hyperparameters.ts";
import { TRIAL_VERSION } from "../training/trial.ts";

/** Identifies a trial: a digest of its hyperparameters, the data's bytes and {@linkcode TRIAL_VERSION}. */
export function trialKey(hyperparameters: Hyperparameters, dataset: Dataset): string {
  return sha256(
    JSON.stringify([TRIAL_VERSION, datasetDigest(dataset), keyValues(hyperparameters)]),
  );
}
