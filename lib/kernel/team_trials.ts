/** Calls per choice of the faster mode, and choices after which the other mode is tried again. */
const CALLS = 64, CHOICES = 32;

/** Calls run on all threads or on the calling thread alone. */
export type Mode = "together" | "alone";

/** Determines the faster of two modes. */
export interface Trials {
  /** Mode of the next call. */
  readonly mode: Mode;
  /** Records the duration of a call; `cost` is its amount of work, in any unit. */
  record(cost: number, milliseconds: number): void;
}

/**
 * Measures both modes in turn, continues with the faster, and retries the other from time to time, as the
 * load of the machine may change.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { createTrials } from "./team_trials.ts";
 * const trials = createTrials();
 * for (let i = 0; i < 1000; i++) trials.record(1, trials.mode === "alone" ? 2 : 1);
 * assert.equal(trials.mode, "together");
 * ```
 */
export function createTrials(): Trials {
  const pace: Record<Mode, number> = { together: 0, alone: 0 };
  let mode: Mode = "together", calls = 0, cost = 0, time = 0, choices = 0;
  return {
    get mode() {
      return mode;
    },
    record(moreCost, moreTime) {
      cost += moreCost;
      time += moreTime;
      if (++calls < CALLS) return;
      pace[mode] = time / cost;
      calls = cost = time = 0;
      const faster = pace.together < pace.alone ? "together" : "alone";
      const other = faster === "alone" ? "together" : "alone";
      mode = pace[other] === 0 || ++choices % CHOICES === 0 ? other : faster;
    },
  };
}
