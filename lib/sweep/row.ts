import type { HyperparameterCells } from "../training/hyperparameters.ts";
import type { TrialStatus } from "../training/trial_result.ts";

/**
 * One row of a sweep's table: a trial's hyperparameters and results. Flat (tidy data), as CSV files and
 * Observable Plot need it. Losses are means over the images, accuracies from 0 to 1; `null` if the trial
 * did not complete, or was not measured on these images: with a validation set the test set is not read.
 */
export interface TrialRow extends HyperparameterCells {
  readonly dataset: string;
  readonly status: TrialStatus;
  readonly steps: number;
  readonly trainLoss: number | null;
  readonly validationLoss: number | null;
  readonly validationAccuracy: number | null;
  readonly testLoss: number | null;
  readonly testAccuracy: number | null;
  readonly weightsDigest: string | null;
}
