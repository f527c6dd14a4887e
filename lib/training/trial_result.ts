import type { Hyperparameters } from "./hyperparameters.ts";

/** The values of {@linkcode TrialStatus}. */
export const TRIAL_STATUSES = ["completed", "diverged", "failed"] as const;

/** Outcome of a trial. `diverged`: the loss became infinite or NaN; `failed`: its worker crashed twice. */
export type TrialStatus = typeof TRIAL_STATUSES[number];

/** Metrics after an epoch of training. */
export interface EpochRecord {
  /** Number of the epoch, from 1. */
  readonly epoch: number;
  /** Mean loss on the training images, each measured before the step that used it. */
  readonly trainLoss: number;
  /** Mean loss on the test images, in nats for cross-entropy; absent with a validation set. */
  readonly testLoss?: number;
  /** Fraction of the test images that are classified correctly, 0 to 1; absent with a validation set. */
  readonly testAccuracy?: number;
  /** Mean loss on the validation images; absent without any, as the next. */
  readonly validationLoss?: number;
  /** Fraction of the validation images that are classified correctly, 0 to 1. */
  readonly validationAccuracy?: number;
}

/** Result of a trial as plain JSON; the same on every machine. */
export interface TrialResult {
  readonly hyperparameters: Hyperparameters;
  /** Name of the dataset. */
  readonly dataset: string;
  readonly status: TrialStatus;
  /** Reason for the failure or divergence; absent if it completed. */
  readonly reason?: string;
  /** Number of optimizer steps. */
  readonly steps: number;
  /** One record per finished epoch. */
  readonly history: readonly EpochRecord[];
  /** With early stopping: the epoch whose weights the network has, and whose measures follow. */
  readonly bestEpoch?: number;
  /** Training loss of the last epoch; `null` if the trial did not complete, as those below. */
  readonly trainLoss: number | null;
  /** `null` without a validation set. Absent from results older than validation sets. */
  readonly validationLoss?: number | null;
  readonly validationAccuracy?: number | null;
  /** `null` with a validation set, unless the test set was read at the end. */
  readonly testLoss: number | null;
  readonly testAccuracy: number | null;
  /** SHA-256 of the weights and biases, see `weightsDigest` in network.ts; `null` if it failed. */
  readonly weightsDigest: string | null;
}
