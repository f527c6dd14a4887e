import type { EpochRecord, TrialResult } from "../training/trial_result.ts";
import type { Engine } from "./engine.ts";
import type { RungReport } from "./halving.ts";
import type { Metric } from "./metric.ts";
import type { Search } from "./search.ts";
import type { Space } from "./space.ts";

/** Options of `runSweep`. */
export interface SweepOptions {
  /** Path of the journal; without one, results are not stored. */
  readonly journal?: string;
  /** Worker threads, 1 or more; defaults to one per core. */
  readonly workers?: number;
  /** Runs the trials; defaults to `onWorkers`. */
  readonly engine?: Engine;
  /** Called before the first trial begins; an error thrown here ends the sweep. */
  readonly onPlan?: (plan: SweepPlan) => void;
  /** Called with a description of damage in the journal; defaults to `console.warn`. */
  readonly onNotice?: (notice: string) => void;
  /** Called on every change, up to tens of times a second. */
  readonly onProgress?: (progress: SweepProgress) => void;
  /** Called after each epoch of each trial that is trained; `trial` is its index in the space. */
  readonly onEpoch?: (trial: number, record: EpochRecord) => void;
  /**
   * Evaluates each trained network on the test images too: for a setting that was chosen on a validation
   * set. Such results are kept apart from the others in the journal.
   */
  readonly readTest?: boolean;
  /** Chooses points in a space with distributions. */
  readonly search?: Search;
  /**
   * Successive halving: all settings train for a few epochs, one of so many goes on, 2 to 100. It needs a
   * validation set.
   */
  readonly halving?: number;
  /**
   * Draws the points of the search in so many rounds, 2 to 100: other points in each, and from the second
   * on in the part of the space around the best so far, see `narrowed`. It needs a validation
   * set. More rounds keep the trials of the first ones.
   */
  readonly rounds?: number;
  /** The measure that successive halving and rounds choose by; defaults to the validation loss. */
  readonly metric?: Metric;
  /** Called when a round begins. */
  readonly onRound?: (report: RoundReport) => void;
  /** Called when a rung of successive halving has ended. */
  readonly onRung?: (report: RungReport) => void;
  /**
   * Seconds after which the sweep ends with what is finished, above 0. The same sweep continues from
   * there.
   */
  readonly budget?: number;
  /** Stops the sweep with an error, as an interrupt does; finished trials stay in the journal. */
  readonly signal?: AbortSignal;
}

/** Progress of a sweep. */
export interface SweepProgress {
  /** Number of trials in the space; with successive halving, each counts in every rung that it reaches. */
  readonly trials: number;
  /** Trials that have ended, including those from the journal. */
  readonly finished: number;
  /** Trials whose results were in the journal. */
  readonly reused: number;
  /** Training images processed in the trials that were not reused, counted once per epoch. */
  readonly images: number;
  /** Final value of `images`. A trial that ends early counts in full. */
  readonly totalImages: number;
  /** The results so far, in the order of the space; `undefined` for trials that have not ended. */
  readonly results: readonly (TrialResult | undefined)[];
}

/** The work that a sweep is about to do. */
export interface SweepPlan {
  /** Number of trials in the space. */
  readonly trials: number;
  /** Trials to train, whose results are not in the journal. */
  readonly missing: number;
  /** Estimated time in seconds, see `estimateSeconds`. */
  readonly seconds: number;
}

/** A round that is about to begin. */
export interface RoundReport {
  /** Its number, from 1. */
  readonly round: number;
  readonly rounds: number;
  /** The space that it draws from. */
  readonly space: Space;
}
