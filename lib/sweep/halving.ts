import { mean } from "../base/statistics.ts";
import { usageError } from "../base/user_error.ts";
import type { Hyperparameters } from "../training/hyperparameters.ts";
import type { TrialResult } from "../training/trial_result.ts";
import { type Bracket, halvingRungs } from "./brackets.ts";
import { compareValues, isAccuracy, isOnTest, type Metric, METRIC_WORDS } from "./metric.ts";
import type { Search } from "./search.ts";

/** A rung of successive halving that has ended. */
export interface RungReport {
  /** Number of the bracket and of its rung, from 1. */
  readonly bracket: number;
  readonly rung: number;
  /** Epochs at the end of the rung. */
  readonly epochs: number;
  /** Settings that were trained in it. */
  readonly settings: number;
  /** Settings that go on; 0 after the last rung. */
  readonly goingOn: number;
}

/** How trials are ended early. */
export interface Halving {
  readonly brackets: readonly Bracket[];
  /** The measure that decides who goes on. */
  readonly metric: Metric;
}

/** A trial, by its index, in a rung. */
export interface RungTrial {
  readonly trial: number;
  readonly hyperparameters: Hyperparameters;
}

/** Runs the trials of a rung, which go on where those of `begun` epochs ended, and returns their results. */
export type RunRung = (
  trials: readonly RungTrial[],
  begun: number,
) => Promise<readonly TrialResult[]>;

/** Events of {@linkcode halve}. */
export interface HalvingHooks {
  readonly onRung?: (report: RungReport) => void;
  /** Called with the indices of trials that do not go on. */
  readonly onEnd?: (trials: readonly number[]) => void;
}

/**
 * Plans the rungs of a sweep.
 *
 * @param trials of the sweep, which differ in more than their seeds
 * @param eta one of so many settings goes on; `undefined` where the search or nothing decides
 * @returns `undefined` if all trials train to the end
 * @throws {UserError} if the trials have no validation set or differ in their epochs
 */
export function planHalving(
  trials: readonly Hyperparameters[],
  search: Search | undefined,
  eta: number | undefined,
  metric: Metric = "validationLoss",
): Halving | undefined {
  if (search?.brackets === undefined && eta === undefined) return undefined;
  const what = search?.brackets ? search.text : `halving ${eta}`;
  if (search?.brackets && eta !== undefined) {
    throw usageError(`${search.text} has its own rungs; leave out halving ${eta}`);
  }
  if (eta !== undefined && !(eta >= 2 && eta <= 100)) {
    throw usageError(`halving must be a number from 2 to 100, got ${eta}`);
  }
  if (trials.some(({ validation }) => validation === "none")) {
    throw usageError(
      `${what} chooses on validation images, and there are none; add, for example, validation 0.1`,
    );
  }
  if (isOnTest(metric)) {
    throw usageError(
      `${what} chooses on validation images; metric must be validationLoss or ` +
        `validationAccuracy, got ${metric}`,
    );
  }
  const lengths = new Set(trials.map(({ epochs }) => epochs));
  if (lengths.size > 1 || trials.some(({ stopAfter }) => stopAfter !== "all")) {
    throw usageError(
      `${what} decides how long each setting trains; give epochs one number, those of the last ` +
        `rung, and no stopAfter`,
    );
  }
  if (!isAccuracy(metric) && new Set(trials.map(({ loss }) => loss)).size > 1) {
    throw usageError(
      `${what} cannot compare the ${METRIC_WORDS[metric]} of different loss functions; ` +
        `take the metric validationAccuracy`,
    );
  }
  const [epochs] = lengths;
  const brackets = search?.brackets?.(epochs) ??
    [halvingRungs(groupsOf(trials).length, epochs, eta!)];
  return { brackets, metric };
}

/**
 * Successive halving, one bracket after another: each rung trains its settings for some epochs, and those
 * with the best means over their seeds go on in the next. A rung begins when the one before it has ended,
 * so the result does not depend on the number of workers. Settings that diverge do not go on; ties go to
 * the first.
 *
 * Li et al. 2018, "Hyperband", JMLR 18, sections 2 and 3.
 *
 * @param trials of the sweep; with several brackets, each takes its share in order
 * @returns the last result of each trial, in their order
 */
export async function halve(
  trials: readonly Hyperparameters[],
  { brackets, metric }: Halving,
  run: RunRung,
  { onRung, onEnd }: HalvingHooks = {},
): Promise<TrialResult[]> {
  const results: TrialResult[] = [];
  const groups = groupsOf(trials);
  const points = brackets.reduce((sum, [first]) => sum + first.settings, 0);
  let taken = 0;
  for (const [b, bracket] of brackets.entries()) {
    const start = Math.round(groups.length * taken / points);
    taken += bracket[0].settings;
    // Lists beside the points make more settings, and points that are repeated fewer.
    let going = groups.slice(start, Math.round(groups.length * taken / points));
    const scale = going.length / bracket[0].settings;
    for (const [r, { epochs }] of bracket.entries()) {
      if (going.length === 0) break;
      const rung = going.flat().map((trial): RungTrial => ({
        trial,
        hyperparameters: stoppedAfter(trials[trial], epochs),
      }));
      const ended = await run(rung, bracket[r - 1]?.epochs ?? 0);
      rung.forEach(({ trial }, i) => results[trial] = ended[i]);
      const next = r + 1 < bracket.length
        ? Math.max(Math.floor(bracket[r + 1].settings * scale + 1e-9), 1)
        : 0;
      const best = bestOf(going, results, metric).slice(0, next);
      onRung?.({
        ...{ bracket: b + 1, rung: r + 1, epochs },
        ...{ settings: going.length, goingOn: best.length },
      });
      onEnd?.(going.filter((group) => !best.includes(group)).flat());
      // In their own order, so that the journal does not depend on the ranks.
      going = going.filter((group) => best.includes(group));
    }
  }
  return results;
}

/** The settings that completed, the best first; ties in their order. */
function bestOf(
  settings: readonly number[][],
  results: readonly TrialResult[],
  metric: Metric,
): number[][] {
  return settings.flatMap((group) => {
    const values = group.map((trial) => results[trial][metric] ?? null);
    // A trial that did not complete has no measures.
    return values.every((value) => value !== null) ? [{ group, value: mean(values)! }] : [];
  }).sort((a, b) => compareValues(metric, a.value, b.value)).map(({ group }) => group);
}

/** The indices of trials that differ in their seeds alone, in the order of their first ones. */
function groupsOf(trials: readonly Hyperparameters[]): number[][] {
  return [
    ...Map.groupBy(trials.keys(), (t) => JSON.stringify({ ...trials[t], seed: 0 })).values(),
  ];
}

function stoppedAfter(trial: Hyperparameters, epochs: number): Hyperparameters {
  return { ...trial, stopAfter: epochs >= trial.epochs ? "all" : epochs };
}
