import { basename, dirname, join } from "node:path";
import { breather } from "../base/breather.ts";
import { interruptible } from "../base/interrupt.ts";
import { memoryJournal } from "../base/journal.ts";
import type { Dataset } from "../dataset/dataset.ts";
import { fitTo, type Hyperparameters, lastEpoch } from "../training/hyperparameters.ts";
import type { TrialResult } from "../training/trial_result.ts";
import { longestOf } from "./courses.ts";
import { onWorkers } from "./engine.ts";
import { estimateSeconds } from "./estimate.ts";
import { halve, type Halving, planHalving } from "./halving.ts";
import {
  finishedTrial,
  imagesOf,
  openTrialJournal,
  removeCheckpoint,
  type RunOptions,
  type RunProgress,
  runTrials,
} from "./run_trials.ts";
import { roundsIn, runRounds } from "./rounds.ts";
import { settingsIn, type Space } from "./space.ts";
import type { SweepOptions } from "./sweep_options.ts";
import { trialKey } from "./trial_key.ts";

/** Sweeps that train more trials than this need the user's consent, such as `--yes`. */
export const MANY_TRIALS = 10_000;

/**
 * Runs the trials of a space and returns the results in the order of the space. They do not depend on the
 * number of workers, the order in which trials finish or the number of interruptions.
 *
 * Each result is written to the journal as soon as it is there. Trials found in the journal, from an earlier
 * run or another space, are not run again, unless they failed. An interrupted trial resumes from its last
 * checkpoint, a file next to the journal. Trials that are the beginning of another's training, such as fewer
 * epochs with a constant rate, are read from it.
 *
 * @returns one result per trial; when the budget was spent, those of the finished trials
 * @throws {UserError} before any work, if a hyperparameter is invalid or does not fit the data or the search
 */
export async function runSweep(
  space: Space,
  dataset: Dataset,
  options: SweepOptions = {},
): Promise<TrialResult[]> {
  const rounds = roundsIn(space, options);
  if (rounds === undefined) return await runRound(space, dataset, options, []);
  return await runRounds(
    space,
    rounds,
    options,
    (part, own, earlier) => runRound(part, dataset, own, earlier),
  );
}

/** {@linkcode runSweep}, or a round of it, without the trials of earlier ones. */
async function runRound(
  space: Space,
  dataset: Dataset,
  options: SweepOptions,
  earlier: readonly TrialResult[],
): Promise<TrialResult[]> {
  const { onNotice = console.warn, journal: path } = options;
  const trials = await trialsOf(space, dataset, options, earlier);
  const halving = planHalving(trials, options.search, options.halving, options.metric);
  const budget = startBudget(options.budget);
  const journal = path === undefined ? memoryJournal<TrialResult>() : openTrialJournal(path);
  // Replaced in each rung; a trial that was ended early keeps its last result.
  const results: (TrialResult | undefined)[] = trials.map(() => undefined);
  try {
    journal.notices.forEach((notice) => onNotice(notice));
    if (path !== undefined) removePartials(path);
    const run: RunOptions = {
      engine: options.engine ?? onWorkers(options.workers ?? navigator.hardwareConcurrency),
      journal,
      checkpoints: path,
      readTest: options.readTest,
      signal: interruptible(options.signal, budget?.signal),
      onProgress: () => {},
    };
    await plan(trials, dataset, halving, run, options);
    if (halving === undefined) await runAll(trials, dataset, run, results, options);
    else await runRungs(trials, dataset, halving, run, results, options);
    if (results.includes(undefined)) throw new Error("the engine has left out a trial");
  } catch (error) {
    if (error !== BUDGET_SPENT) throw error;
  } finally {
    budget?.end();
    journal.close();
  }
  return results.filter((result) => result !== undefined);
}

/** The trials of a space, in order, without those of earlier rounds. */
async function trialsOf(
  space: Space,
  dataset: Dataset,
  { search, signal: outer }: SweepOptions,
  earlier: readonly TrialResult[],
): Promise<Hyperparameters[]> {
  const signal = interruptible(outer);
  const breathe = breather();
  const trials: Hyperparameters[] = [];
  // A halving may have ended them early.
  const key = (trial: Hyperparameters) => trialKey({ ...trial, stopAfter: "all" }, dataset);
  const had = new Set(earlier.map(({ hyperparameters }) => key(hyperparameters)));
  for (const settings of settingsIn(space, dataset, search)) {
    const trial = fitTo(settings, dataset);
    if (had.size === 0 || !had.has(key(trial))) trials.push(trial);
    await breathe();
    signal.throwIfAborted();
  }
  return trials;
}

/** Tells the caller how much is to be done. */
async function plan(
  trials: readonly Hyperparameters[],
  dataset: Dataset,
  halving: Halving | undefined,
  { journal, readTest }: RunOptions,
  { onPlan, workers = navigator.hardwareConcurrency }: SweepOptions,
): Promise<void> {
  if (onPlan === undefined) return;
  const known = (trial: Hyperparameters) => finishedTrial(journal, trial, dataset, readTest);
  const planned = halving === undefined
    ? { count: trials.length, missing: trials.filter((trial) => known(trial) === undefined) }
    : await plannedRungs(trials, halving, known);
  const seconds = await estimateSeconds(longestOf(planned.missing, dataset), dataset, workers);
  onPlan({ trials: planned.count, missing: planned.missing.length, seconds });
}

/** The trainings of all rungs and those that are not known, as short as what is left of them. */
async function plannedRungs(
  trials: readonly Hyperparameters[],
  halving: Halving,
  known: (trial: Hyperparameters) => TrialResult | undefined,
) {
  let count = 0;
  const missing: Hyperparameters[] = [];
  await halve(trials, halving, (rung, begun) => {
    count += rung.length;
    return Promise.resolve(rung.map(({ hyperparameters }) => {
      const result = known(hyperparameters);
      if (result !== undefined) return result;
      missing.push({ ...hyperparameters, stopAfter: lastEpoch(hyperparameters) - begun });
      return { ...UNKNOWN, hyperparameters };
    }));
  });
  return { count, missing };
}

/** Stands for a result while it is planned how many there will be; the best, so that it goes on. */
const UNKNOWN: Omit<TrialResult, "hyperparameters"> = {
  ...{ dataset: "", status: "completed", steps: 0, history: [], weightsDigest: null },
  ...{ trainLoss: 0, validationLoss: 0, validationAccuracy: 1, testLoss: 0, testAccuracy: 0 },
};

/** Runs all trials to their end. */
async function runAll(
  trials: readonly Hyperparameters[],
  dataset: Dataset,
  run: RunOptions,
  results: (TrialResult | undefined)[],
  { onProgress, onEpoch }: SweepOptions,
): Promise<void> {
  let last: RunProgress["results"] = results;
  try {
    await runTrials(trials, dataset, {
      ...run,
      onEpoch,
      onProgress(progress) {
        // Copying them here would take time in proportion to the square of their number.
        last = progress.results;
        onProgress?.({ ...progress, trials: trials.length });
      },
    });
  } finally {
    last.forEach((result, t) => results[t] = result);
  }
}

/** Runs the rungs of successive halving; its trials go on from checkpoints, which it removes. */
async function runRungs(
  trials: readonly Hyperparameters[],
  dataset: Dataset,
  halving: Halving,
  run: RunOptions,
  results: (TrialResult | undefined)[],
  { onProgress, onEpoch, onRung }: SweepOptions,
): Promise<void> {
  const total = await plannedRungs(
    trials,
    halving,
    (trial) => finishedTrial(run.journal, trial, dataset, run.readTest),
  );
  const totalImages = total.missing.reduce((sum, trial) => sum + imagesOf(trial, dataset), 0);
  const before = { finished: 0, reused: 0, images: 0 };
  await halve(trials, halving, async (rung, begun) => {
    let last: RunProgress | undefined;
    const ended = await runTrials(rung.map(({ hyperparameters }) => hyperparameters), dataset, {
      ...run,
      begun,
      keepCheckpoints: true,
      onEpoch: (i, record) => onEpoch?.(rung[i].trial, record),
      onProgress(progress) {
        last = progress;
        progress.results.forEach((result, i) => {
          if (result !== undefined) results[rung[i].trial] = result;
        });
        onProgress?.({
          trials: total.count,
          finished: before.finished + progress.finished,
          reused: before.reused + progress.reused,
          images: before.images + progress.images,
          totalImages,
          results,
        });
      },
    });
    before.finished += last!.finished;
    before.reused += last!.reused;
    before.images += last!.images;
    return ended;
  }, {
    onRung,
    onEnd(ended) {
      if (run.checkpoints === undefined) return;
      for (const t of ended) removeCheckpoint(run.checkpoints, trials[t], dataset, run.readTest);
    },
  });
  // Fewer than planned where settings diverged.
  onProgress?.({ ...before, trials: before.finished, totalImages: before.images, results });
}

/** What a budget aborts the work with. */
const BUDGET_SPENT = new Error("the budget is spent");

function startBudget(seconds: number | undefined) {
  if (seconds === undefined) return undefined;
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(BUDGET_SPENT), 1000 * seconds);
  return { signal: controller.signal, end: () => clearTimeout(timer) };
}

/** Removes partial checkpoints of a killed process; safe because this process has locked the journal. */
function removePartials(journal: string): void {
  const folder = dirname(journal), start = `${basename(journal)}.`;
  for (const { name } of Deno.readDirSync(folder)) {
    if (name.startsWith(start) && name.endsWith(".partial")) removeIfThere(join(folder, name));
  }
}

function removeIfThere(path: string): void {
  try {
    Deno.removeSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
