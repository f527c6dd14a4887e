import type { Hyperparameters } from "./hyperparameters.ts";

/** How a trial ended. `diverged`: its loss was no longer finite; `failed`: its worker died twice. */
export type TrialStatus = "completed" | "diverged" | "failed";

/** What is known after an epoch of training. */
export interface EpochRecord {
  /** 1 after the first pass. */
  readonly epoch: number;
  /** Mean loss of the training images as they were met, each before the step it took part in. */
  readonly trainLoss: number;
  /** Mean loss on the test images after the epoch, in nats for cross-entropy. */
  readonly testLoss: number;
  /** Part of the test images that are classified right, 0 to 1. */
  readonly testAccuracy: number;
}

/** What a trial gave: plain JSON, the same on every machine. */
export interface TrialResult {
  readonly hyperparameters: Hyperparameters;
  /** Name of the dataset. */
  readonly dataset: string;
  readonly status: TrialStatus;
  /** Why it failed or where it diverged, otherwise absent. */
  readonly reason?: string;
  /** Optimizer steps made. */
  readonly steps: number;
  /** One record per finished epoch. */
  readonly history: readonly EpochRecord[];
  /** The last epoch's losses and accuracy, `null` when the trial did not complete. */
  readonly trainLoss: number | null;
  readonly testLoss: number | null;
  readonly testAccuracy: number | null;
  /** SHA-256 of the trained numbers: little-endian float32, W1, b1, W2, …; `null` if it failed. */
  readonly weightsDigest: string | null;
}
