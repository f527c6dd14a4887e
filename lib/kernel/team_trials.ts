/** Calls after which the faster way is chosen, and choices after which the other way is tried again. */
const CALLS = 64, CHOICES = 32;

/** How calls are carried out: by all threads or by the calling thread alone. */
export type Mode = "together" | "alone";

/** Finds out which of two ways to carry out calls is the faster. */
export interface Trials {
  /** The way for the next call. */
  readonly mode: Mode;
  /** Takes down how long a call took; `cost` is how much work it was, in any unit. */
  record(cost: number, milliseconds: number): void;
}

/**
 * Measures both ways in turn, goes on with the faster, and tries the other again from time to time, as the
 * load of the machine may have changed.
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
