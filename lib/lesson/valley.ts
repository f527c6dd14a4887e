import { logspace } from "../sweep/spacing.ts";
import type { EpochRecord } from "../training/trial_result.ts";
import type { TrialOutcome } from "./messages.ts";

/** A training of the valley, which may not have ended. */
export interface ValleyTrial {
  readonly rate: number;
  readonly history: readonly EpochRecord[];
  /** Absent while it trains. */
  readonly outcome?: TrialOutcome;
}

/** The rates of the valley, evenly spaced on a logarithmic scale. */
export const RATES: readonly number[] = logspace(0.001, 10, 13);

/**
 * The order in which the rates are trained: first the ends and the middle, then those between, so that
 * the valley is seen early.
 */
export function spreadOrder(count: number): number[] {
  const order: number[] = [];
  const add = (index: number) => {
    if (!order.includes(index)) order.push(index);
  };
  for (let parts = 1; order.length < count; parts *= 2) {
    for (let i = 0; i <= parts; i++) add(Math.round(i * (count - 1) / parts));
  }
  return order;
}

/** The loss at a trial's point: after its last epoch; `undefined` before the first or if it diverged. */
export function lossAt({ history, outcome }: ValleyTrial): number | undefined {
  return outcome?.status === "diverged" ? undefined : history.at(-1)?.testLoss;
}

/** The completed trial with the lowest loss. */
export function bottom(trials: readonly ValleyTrial[]): ValleyTrial | undefined {
  const completed = trials.filter(({ outcome }) => outcome?.status === "completed");
  return completed.toSorted((a, b) => lossAt(a)! - lossAt(b)!)[0];
}
