import type { Dataset } from "../dataset/dataset.ts";
import type { Settings } from "../training/hyperparameters.ts";
import type { EpochRecord } from "../training/trial_result.ts";
import type { Goal, Report } from "./live_training.ts";

/** A message to the worker. */
export type Request =
  /** The digits to train on from now on; the first message. */
  | { readonly kind: "digits"; readonly dataset: Dataset }
  /** A new training with these settings, which waits. */
  | { readonly kind: "start"; readonly settings: Partial<Settings> }
  | { readonly kind: "change"; readonly settings: Partial<Settings> }
  | { readonly kind: "run"; readonly goal: Goal }
  | { readonly kind: "pause" }
  /** The digit to show, 784 bytes. */
  | { readonly kind: "show"; readonly pixels: Uint8Array }
  /** A trial of a sweep, from its beginning to its end. */
  | { readonly kind: "trial"; readonly settings: Partial<Settings> };

/** A message from the worker. */
export type Reply =
  /** The worker has been started; what is sent before is lost. */
  | { readonly kind: "ready" }
  | { readonly kind: "report"; readonly report: Report }
  | { readonly kind: "epoch"; readonly record: EpochRecord }
  | { readonly kind: "trial"; readonly result: TrialOutcome }
  /** A setting was invalid, or something failed. */
  | { readonly kind: "error"; readonly message: string };

/** Outcome of a trial. */
export interface TrialOutcome {
  readonly status: "completed" | "diverged";
  readonly history: readonly EpochRecord[];
  /** SHA-256 of the weights. */
  readonly digest: string;
}
