import { usageError } from "../base/user_error.ts";
import type { Dataset } from "../dataset/dataset.ts";
import { sweepFigure } from "../plot/sweep_figure.ts";
import type { Engine } from "../sweep/engine.ts";
import { bestSentence } from "../sweep/best.ts";
import { aboutTime } from "../sweep/estimate.ts";
import { formatEpochs, learningCurves } from "../sweep/epochs.ts";
import { type SweepFiles, sweepFiles } from "../sweep/files.ts";
import { checkContainsFormer, whyNotWritten, writeResultFiles } from "../sweep/result_files.ts";
import { checkMetric, type Metric } from "../sweep/metric.ts";
import type { TrialRow } from "../sweep/row.ts";
import type { Space } from "../sweep/space.ts";
import { MANY_TRIALS, runSweep } from "../sweep/sweep.ts";
import type { SweepOptions, SweepPlan, SweepProgress } from "../sweep/sweep_options.ts";
import { formatTable, rowOf } from "../sweep/table.ts";
import type { EpochRecord, TrialResult } from "../training/trial_result.ts";
import { type LiveProgress, liveProgress } from "./progress.ts";
import { asRows, type Rows } from "./rows.ts";
import { stoppable } from "./stoppable.ts";

/** Options of a sweep in a notebook. */
export interface NotebookSweepOptions
  extends Pick<SweepOptions, "search" | "halving" | "rounds" | "budget" | "workers" | "signal"> {
  /** The measure of the figure, and by which the best is chosen; defaults to the validation loss, or else the test loss. */
  readonly metric?: Metric;
  /** Replaces a table of that name even if the new one lacks some of its rows. */
  readonly replace?: boolean;
  /** Trains more than 10,000 trials. */
  readonly yes?: boolean;
  /**
   * Runs the trials on a Ray cluster, the same bits: `local` for one on this machine, `auto` for the
   * one that this machine belongs to, or `host:port` of its head. Needs `deno task cluster --setup`.
   */
  readonly cluster?: string;
  /** Most cores of the cluster; defaults to all. */
  readonly clusterCpus?: number;
  /** Called with the row of each trial when it has ended, also of those that an earlier call ran. */
  readonly onTrial?: (row: TrialRow) => void;
}

/** The most rows for which the curve is updated during training; more take too long to draw. */
const DRAWN = 2000;

/** Shown when the curve is not updated any more. */
const NOT_DRAWN = `more than ${DRAWN} trials: the curve is next updated at the end`;

/**
 * Runs a sweep in a notebook: every trial of the space on all cores, with a bar and a curve that is
 * updated during training (with more than 2,000 trials, only at the end). The table goes to
 * `results/NAME.csv`, the figure to `results/NAME.svg`.
 *
 * Each finished trial is kept at once. After an interruption, or with more values, the same call
 * runs only what is missing. A table of that name with rows that are not in this sweep is replaced
 * only with `{ replace: true }`; it is then kept in `results/.journal`, and its own call restores
 * it without training. With the synthetic stand-in for MNIST, NAME ends in `-synthetic`, so that no
 * real result is overwritten.
 *
 * With distributions in the space, `search` chooses the points, `rounds` of them each around the
 * best so far; `halving` ends the worse settings early; `budget`, in seconds, ends the sweep with
 * what is finished, and the same call continues.
 *
 * @param name of the files: letters, digits, dots, dashes and underscores
 * @returns the table, in the order of the space; as a cell's value it shows itself, the best first
 * @throws {UserError} for an invalid file name, an impossible hyperparameter, a table that would be
 * replaced, more than 10,000 trials without `{ yes: true }`, or when `results/` cannot be written
 */
export async function sweep(
  name: string,
  dataset: Dataset,
  space: Space,
  { metric, replace = false, yes = false, onTrial, cluster, clusterCpus, ...how }:
    NotebookSweepOptions = {},
): Promise<Rows> {
  const files = sweepFiles(name, dataset);
  checkMetric(metric, space.validation);
  if (!replace) {
    const advice = "choose another name, or add { replace: true } after the space";
    await checkContainsFormer(files, space, dataset, advice, { ...how, metric });
  }
  const progress = sweepProgress(name, metric);
  const engine = await clusterEngine(cluster, clusterCpus);
  const tell = newResults((result) => onTrial?.(rowOf(result)));
  let left = 0;
  const results = await stoppable("trials", (report) =>
    runSweep(space, dataset, {
      ...how,
      metric,
      journal: files.journal,
      onPlan(plan) {
        if (!yes) requireFew(plan);
        report({ finished: plan.trials - plan.missing, trials: plan.trials });
        progress.plan(plan);
      },
      onProgress(now) {
        left = now.trials - now.finished;
        report(now);
        tell(now.results);
        progress.update(now);
      },
      engine,
    }));
  const rows = asRows(results.map(rowOf), metric);
  rows.forEach((row, i) => courses.set(row, results[i].history));
  const why = left > 0 ? await whyNotWritten(files, rows.length, replace) : undefined;
  const kept = why ?? await writeResultFiles(
    files,
    formatTable(rows),
    sweepFigure(rows, { metric, curves: learningCurves(results) }).svg,
    formatEpochs(results),
  );
  const places = why ? "" : ` (results/${files.name}.csv, results/${files.name}.svg)`;
  await progress.finish(
    `${left > 0 ? `the budget is spent, ${left} trials are left; ` : ""}${outcome(rows)}; ` +
      bestSentence(rows, metric) + places,
  );
  if (kept !== undefined) console.warn(kept);
  sweeps.set(rows, { dataset, files, metric });
  return rows;
}

/** Origin of a sweep's rows. */
interface KnownSweep {
  readonly dataset: Dataset;
  readonly files: SweepFiles;
  readonly metric?: Metric;
}

const sweeps = new WeakMap<readonly TrialRow[], KnownSweep>();

/** The learning curves of the rows of sweeps. */
const courses = new WeakMap<TrialRow, readonly EpochRecord[]>();

/** The learning curve of a row that a sweep returned; `undefined` for any other row. */
export function courseOf(row: TrialRow): readonly EpochRecord[] | undefined {
  return courses.get(row);
}

/** A function that passes on the results that it has not seen before. */
function newResults(onResult: (result: TrialResult) => void) {
  const seen: (TrialResult | undefined)[] = [];
  return (results: readonly (TrialResult | undefined)[]) =>
    results.forEach((result, t) => {
      if (result === undefined || seen[t] === result) return;
      seen[t] = result;
      onResult(result);
    });
}

/** The sweep that returned these very rows. */
export function sweepOf(rows: readonly TrialRow[]): KnownSweep | undefined {
  return sweeps.get(rows);
}

/** The engine of a sweep on a cluster; `undefined` for worker threads. */
async function clusterEngine(address?: string, cpus?: number): Promise<Engine | undefined> {
  if (address === undefined) return undefined;
  const { checkClusterAddress, onCluster } = await import("../cluster/engine.ts");
  return onCluster({ address: checkClusterAddress(address), cpus });
}

function requireFew({ missing, seconds }: SweepPlan): void {
  if (missing <= MANY_TRIALS) return;
  throw usageError(
    `${missing} trials to train, ${aboutTime(seconds)}: add { yes: true } after the space to begin`,
  );
}

/** The live display of a sweep; its bar counts images, which progress more evenly than trials. */
function sweepProgress(label: string, metric: Metric | undefined) {
  let display: LiveProgress | undefined;
  let planned: string | undefined;
  const start = (images: number) =>
    display ??= liveProgress({ label, total: Math.max(images, 1), unit: "images" });
  return {
    plan({ trials, missing, seconds }: SweepPlan) {
      if (missing > 0) planned = `${missing} of ${trials} trials to train, ${aboutTime(seconds)}`;
    },
    update({ finished, trials, images, totalImages, results }: SweepProgress) {
      const state = images === 0 && planned || `${finished} of ${trials} trials`;
      const text = finished > DRAWN ? `${state}; ${NOT_DRAWN}` : state;
      const curve = () => {
        const ended = results.filter((result) => result !== undefined);
        return sweepFigure(ended.map(rowOf), { metric, curves: learningCurves(ended) });
      };
      start(totalImages).update(
        images,
        text,
        finished > 0 && finished <= DRAWN ? curve : undefined,
        Math.max(totalImages, 1),
      );
    },
    finish: (text: string) => start(1).finish(text),
  };
}

/** `39 trials: 37 completed, 2 diverged`. */
function outcome(rows: readonly TrialRow[]): string {
  const counts = Map.groupBy(rows, ({ status }) => status);
  const parts = [...counts].map(([status, group]) => `${group.length} ${status}`).sort();
  return `${rows.length} ${rows.length === 1 ? "trial" : "trials"}: ${parts.join(", ")}`;
}
