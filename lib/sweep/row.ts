import type { HyperparameterCells } from "../training/hyperparameters.ts";
import type { TrialStatus } from "../training/trial_result.ts";

/**
 * One line of a sweep's table: a trial's hyperparameters beside what it gave. Tidy and flat, which is
 * what CSV files, Observable Plot and people take as they are.
 */
export interface TrialRow extends HyperparameterCells {
  readonly dataset: string;
  readonly status: TrialStatus;
  readonly steps: number;
  readonly trainLoss: number | null;
  readonly testLoss: number | null;
  readonly testAccuracy: number | null;
  readonly weightsDigest: string | null;
}
