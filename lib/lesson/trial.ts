import type { Dataset } from "../dataset/dataset.ts";
import { simdKernel } from "../kernel/simd.ts";
import { modelOf, weightsDigest } from "../network/network.ts";
import { complete, fitTo, type Settings } from "../training/hyperparameters.ts";
import { trainingOf } from "../training/start.ts";
import { train } from "../training/train.ts";
import type { EpochRecord } from "../training/trial_result.ts";
import type { TrialOutcome } from "./messages.ts";

/**
 * Trains a network to its end on one thread, in a page: with the bits of `runTrial`, without what that
 * needs of Deno.
 *
 * @param onEpoch called after every epoch
 * @throws {UserError} if a setting is invalid or does not fit the data
 */
export async function trial(
  settings: Partial<Settings>,
  dataset: Dataset,
  onEpoch: (record: EpochRecord) => void,
): Promise<TrialOutcome> {
  const { options, start } = trainingOf(fitTo(complete(settings), dataset), dataset);
  const network = start(simdKernel());
  const { status, history } = await train(network, dataset, { ...options, onEpoch });
  return { status, history, digest: weightsDigest(modelOf(network)) };
}
