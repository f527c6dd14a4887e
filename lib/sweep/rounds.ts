import { usageError } from "../base/user_error.ts";
import type { HyperparameterName } from "../training/hyperparameters.ts";
import type { TrialResult } from "../training/trial_result.ts";
import { isOnTest, type Metric } from "./metric.ts";
import { completedSettings, FEWEST, narrowed } from "./narrowed.ts";
import type { TrialRow } from "./row.ts";
import type { Search } from "./search.ts";
import { isDrawn, type Space, wholeEpochs } from "./space.ts";
import type { SweepOptions, SweepPlan, SweepProgress } from "./sweep_options.ts";
import { rowOf } from "./table.ts";

/** A search in rounds. */
export interface Rounds {
  /** Draws the points of each round. */
  readonly search: Search;
  /** How many rounds, 2 to 100. */
  readonly rounds: number;
  /** By which settings are compared; defaults to the validation loss. */
  readonly metric?: Metric;
}

/**
 * Checks the options of a search in rounds.
 *
 * @returns `undefined` without the option `rounds`
 * @throws {UserError} for another number than 2 to 100, without a search, or where rounds would choose on
 * test images
 */
export function roundsIn(
  space: Space,
  { search, rounds, metric }: Pick<SweepOptions, "search" | "rounds" | "metric">,
): Rounds | undefined {
  if (rounds === undefined) return undefined;
  if (!(Number.isInteger(rounds) && rounds >= 2 && rounds <= 100)) {
    throw usageError(`rounds must be a whole number from 2 to 100, got ${rounds}`);
  }
  if (search === undefined) {
    throw usageError(
      `rounds ${rounds} needs a search, whose points each round draws; add, for example, ` +
        "search quasiRandom(25)",
    );
  }
  if ([space.validation ?? "none"].flat().some((one: unknown) => one === "none")) {
    throw usageError(
      `rounds ${rounds} chooses on validation images, and there are none; add, for example, ` +
        "validation 0.1",
    );
  }
  if (metric !== undefined && isOnTest(metric)) {
    throw usageError(
      `rounds ${rounds} chooses on validation images; metric must be validationLoss or ` +
        `validationAccuracy, got ${metric}`,
    );
  }
  return { search, rounds, metric };
}

/**
 * A round of a search, as a sweep of its own: the space {@linkcode narrowed} around the three best so far,
 * and the points of the search that follow those of the earlier rounds, so that no round repeats another.
 * The whole space is drawn from in the first round, and where there is nothing to narrow around or nothing
 * left to draw. (Around three, many rounds of few points are the soonest to come close to the best; around
 * a tenth of all settings they narrow ever more slowly.)
 *
 * @param round from 0
 * @param rows the table of all rounds before it
 */
export function roundAt(
  space: Space,
  { search, metric }: Omit<Rounds, "rounds">,
  round: number,
  rows: readonly TrialRow[],
): { readonly space: Space; readonly search: Search } {
  const settings = completedSettings(rows).length;
  const keep = Math.min(FEWEST / settings, 1);
  const part = settings === 0 ? space : narrowed(space, rows, { metric, keep });
  const before = round * search.points(wholeEpochs(space, search));
  const place: Search["place"] = (dimensions) => {
    const point = search.place(dimensions);
    return (i) => point(before + i);
  };
  return { space: isDrawn(part) ? part : space, search: { ...search, place } };
}

/**
 * Runs a search in rounds, each as a sweep, and returns the results of all in order. They depend on the
 * options alone, so that a search in rounds goes on where it was stopped, and more rounds keep the
 * trials of the first ones.
 *
 * @param run runs a round without the trials that earlier ones had
 */
export async function runRounds(
  space: Space,
  { rounds, ...how }: Rounds,
  options: SweepOptions,
  run: (
    space: Space,
    options: SweepOptions,
    earlier: readonly TrialResult[],
  ) => Promise<TrialResult[]>,
): Promise<TrialResult[]> {
  const { budget, onProgress, onPlan, onEpoch, onRound } = options;
  const end = budget === undefined ? undefined : performance.now() + 1000 * budget;
  const results: TrialResult[] = [];
  let before: Counts = { trials: 0, finished: 0, reused: 0, images: 0, totalImages: 0 };
  let isPlanned = false;
  for (let round = 0; round < rounds; round++) {
    const left = end === undefined ? undefined : Math.max((end - performance.now()) / 1000, 0.001);
    const later = rounds - round - 1, begun = results.length;
    const own = roundAt(space, how, round, results.map(rowOf));
    onRound?.({ round: round + 1, rounds, space: own.space });
    let last: SweepProgress | undefined;
    // What the later rounds draw is not known yet, only how much.
    const planned = onPlan && (({ trials, missing, seconds }: SweepPlan) => {
      if (missing === 0) return;
      isPlanned = true;
      onPlan({
        trials: begun + (1 + later) * trials,
        missing: missing + later * trials,
        seconds: seconds * (1 + later * trials / missing),
      });
    });
    const ended = await run(own.space, {
      ...options,
      search: own.search,
      budget: left,
      onPlan: isPlanned ? undefined : planned,
      onProgress(progress) {
        last = progress;
        onProgress?.({
          ...added(before, progress, 1 + later),
          results: [...results, ...progress.results],
        });
      },
      onEpoch: (trial, record) => onEpoch?.(begun + trial, record),
    }, results);
    results.push(...ended);
    if (last === undefined || last.finished < last.trials) break;
    before = added(before, last, 1);
  }
  return results;
}

type Counts = Omit<SweepProgress, "results">;

/** The progress of earlier rounds and of this one; what is planned counts for so many rounds. */
function added(before: Counts, now: Counts, rounds: number): Counts {
  return {
    trials: before.trials + rounds * now.trials,
    finished: before.finished + now.finished,
    reused: before.reused + now.reused,
    images: before.images + now.images,
    totalImages: before.totalImages + rounds * now.totalImages,
  };
}

/**
 * Same as {@linkcode outsideOf}, of a search in rounds: which hyperparameters of a row are in no round.
 * What a round draws depends on the rows of the earlier ones, which are looked up in the table.
 *
 * @param rows the table, in its order
 * @param outside the rule of a single round
 */
export function outsideOfRounds(
  space: Space,
  { rounds, ...how }: Rounds,
  rows: readonly TrialRow[],
  outside: (space: Space, search: Search) => (row: TrialRow) => HyperparameterName[],
): (row: TrialRow) => HyperparameterName[] {
  const found = new Set<TrialRow>();
  let misfits = new Map<TrialRow, HyperparameterName[]>();
  for (let round = 0; round < rounds; round++) {
    const own = roundAt(space, how, round, rows.filter((row) => found.has(row)));
    const check = outside(own.space, own.search);
    misfits = new Map(
      rows.filter((row) => !found.has(row)).map((row) => [row, check(row)]),
    );
    for (const [row, names] of misfits) if (names.length === 0) found.add(row);
  }
  return (row) => misfits.get(row) ?? [];
}
