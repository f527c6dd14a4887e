/** A rung: how many settings it trains, and until which epoch. */
export interface Rung {
  readonly settings: number;
  /** Epochs at its end, from the beginning of the training. */
  readonly epochs: number;
}

/** Rungs one after another: the best settings of one go on to the next. */
export type Bracket = readonly Rung[];

/**
 * The rungs of successive halving (Jamieson & Talwalkar 2016; Li et al. 2018, section 2): all settings
 * train for a few epochs, the best of every `eta` go on for `eta` times as many, and so on up to the
 * last rung, with as many epochs as the training has.
 *
 * @param settings how many begin, 1 or more
 * @param epochs of the last rung, 1 or more: the R of the paper
 * @param eta above 1: the η of the paper
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { halvingRungs } from "./brackets.ts";
 * assert.deepEqual(halvingRungs(27, 9, 3), [
 *   { settings: 27, epochs: 1 },
 *   { settings: 9, epochs: 3 },
 *   { settings: 3, epochs: 9 },
 * ]);
 * ```
 */
export function halvingRungs(settings: number, epochs: number, eta: number): Bracket {
  return rungs(settings, epochs, eta, Math.min(wholeLog(epochs, eta), wholeLog(settings, eta)));
}

/**
 * The brackets of Hyperband (Li et al. 2018, "Hyperband: A Novel Bandit-Based Approach to
 * Hyperparameter Optimization", JMLR 18, algorithm 1): successive halving from many settings with few
 * epochs each to a few settings with all epochs, about the same work in each.
 *
 * @param epochs the R of the paper, 1 or more
 * @param eta the η of the paper, above 1
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { hyperbandBrackets } from "./brackets.ts";
 * assert.deepEqual(hyperbandBrackets(9, 3).map(([first]) => first), [
 *   { settings: 9, epochs: 1 },
 *   { settings: 5, epochs: 3 },
 *   { settings: 3, epochs: 9 },
 * ]);
 * ```
 */
export function hyperbandBrackets(epochs: number, eta: number): Bracket[] {
  const most = wholeLog(epochs, eta);
  return Array.from({ length: most + 1 }, (_, b) => {
    const s = most - b;
    // B/R = most + 1: each bracket may train as many epochs as that many whole trainings.
    return rungs(Math.ceil((most + 1) * eta ** s / (s + 1) - 1e-9), epochs, eta, s);
  });
}

/** Rungs 0 to `last`; in the last, the settings that are left train to the end. */
function rungs(settings: number, epochs: number, eta: number, last: number): Bracket {
  return Array.from({ length: last + 1 }, (_, i) => ({
    settings: Math.max(Math.floor(settings / eta ** i + 1e-9), 1),
    epochs: Math.max(Math.round(epochs / eta ** (last - i)), 1),
  }));
}

/** The greatest whole number that is at most log_base(x); x is 1 or more. */
function wholeLog(x: number, base: number): number {
  let power = 0;
  for (let bound = base; bound <= x * (1 + 1e-12); bound *= base) power++;
  return power;
}
