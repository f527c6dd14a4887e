import { log } from "../base/elementary.ts";
import { deviation, mean } from "../base/statistics.ts";
import { bestSetting } from "./best.ts";
import { isWorse, meanSummary, seedsNeeded } from "./compare.ts";
import {
  comparedBy,
  compareValues,
  isAccuracy,
  type Metric,
  METRIC_WORDS,
  metricText,
} from "./metric.ts";
import type { TrialRow } from "./row.ts";
import { distinction, type Factor, type Setting, settingsOf, variedFactors } from "./settings.ts";

/** Comparison of a setting with the best one of its sweep. */
export type Standing = "best" | "cannot be told from the best" | "worse" | "not completed";

/** A setting of a sweep: the values of the varied factors, and its mean over the seeds. */
export type SettingSummary = Readonly<Partial<Pick<TrialRow, Factor>>> & {
  readonly trials: number;
  /** Trials that completed; the mean is theirs. */
  readonly completed: number;
  /** The measure that is summarised. */
  readonly metric: Metric;
  readonly mean: number | null;
  /** Standard error of the mean over the seeds; `null` for one seed, as the interval. */
  readonly standardError: number | null;
  /** Ends of the 95 % confidence interval of the mean over the seeds, Student's t. */
  readonly low: number | null;
  readonly high: number | null;
  readonly standing: Standing;
  /** Seeds with which the difference to the best, if it is as large as it looks, would be found. */
  readonly seedsNeeded: number | null;
};

/**
 * Summarises a sweep: a row for each setting, the best first, those that did not complete last.
 *
 * A setting is `worse` if a paired t test over the seeds that it shares with the best says so, for losses
 * of their logarithms, corrected for the number of settings: the truly best setting is called worse in
 * at most 5 % of sweeps. With few seeds that proves little: what cannot be told from the best may still be
 * worse. `seedsNeeded` estimates how many seeds would show it, in four of five cases, if these two
 * settings alone were compared.
 *
 * The seeds vary the first weights, the order of the images and a random validation set. They do not vary
 * the training images, so that an interval is about this dataset.
 *
 * @param metric defaults to the validation loss, or to the test loss without a validation set
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { syntheticDigits } from "../dataset/synthetic.ts";
 * import { runSweep } from "./sweep.ts";
 * import { summary } from "./summary.ts";
 * import { rowOf } from "./table.ts";
 * const space = { layers: [784, 10], learningRate: [1e-6, 0.1], epochs: 9, validation: 0.5, seed: [1, 2, 3] };
 * const results = await runSweep(space, syntheticDigits({ train: 200, test: 10 }), { workers: 1 });
 * const [best, other] = summary(results.map(rowOf));
 * assert.deepEqual([best.standing, best.learningRate], ["best", 0.1]);
 * assert.equal(other.standing, "worse");
 * ```
 */
export function summary(rows: readonly TrialRow[], metric?: Metric): SettingSummary[] {
  const by = comparedBy(rows, metric);
  const settings = settingsOf(rows);
  const bestRow = bestSetting(rows, metric)?.row;
  const best = settings.find(({ row }) => row === bestRow);
  const candidates = settings.filter(isComplete).length;
  const factors = variedFactors(rows);
  const worst = isAccuracy(by) ? -Infinity : Infinity;
  return settings.map((setting) => summaryOf(setting, best, candidates, factors, by))
    .sort((a, b) =>
      Number(b.standing === "best") - Number(a.standing === "best") ||
      Number(a.standing === "not completed") - Number(b.standing === "not completed") ||
      compareValues(by, a.mean ?? worst, b.mean ?? worst)
    );
}

const isComplete = ({ trials, completed }: Setting) => trials.length === completed.length;

function summaryOf(
  setting: Setting,
  best: Setting | undefined,
  candidates: number,
  factors: readonly Factor[],
  metric: Metric,
): SettingSummary {
  const { row, trials, completed } = setting;
  const values = completed.flatMap((row) => row[metric] ?? []);
  const { mean, standardError, interval } = values.length > 0
    ? meanSummary(values)
    : { mean: null, standardError: null, interval: null };
  return {
    ...Object.fromEntries(factors.map((name) => [name, row[name]])),
    trials: trials.length,
    completed: completed.length,
    metric,
    mean,
    standardError,
    low: interval?.low ?? null,
    high: interval?.high ?? null,
    ...standingOf(setting, best, candidates, metric),
  };
}

function standingOf(
  setting: Setting,
  best: Setting | undefined,
  candidates: number,
  metric: Metric,
): Pick<SettingSummary, "standing" | "seedsNeeded"> {
  if (!isComplete(setting)) return { standing: "not completed", seedsNeeded: null };
  if (best === undefined || setting === best) return { standing: "best", seedsNeeded: null };
  const differences = differencesFrom(best, setting, metric);
  if (isWorse(differences, candidates)) return { standing: "worse", seedsNeeded: null };
  const seeds = differences.length < 2
    ? undefined
    : seedsNeeded(mean(differences)!, deviation(differences)!);
  return { standing: "cannot be told from the best", seedsNeeded: seeds ?? null };
}

/**
 * By how much a setting is worse than another, for each seed that both have. Losses, which span powers of
 * ten and vary in proportion to their size, count by their logarithm.
 */
function differencesFrom(best: Setting, other: Setting, metric: Metric): number[] {
  const values = new Map(best.completed.map((row) => [row.seed, row[metric]]));
  return other.completed.flatMap((row) => {
    const [a, b] = [values.get(row.seed) ?? null, row[metric]];
    if (a === null || b === null) return [];
    if (isAccuracy(metric)) return [a - b];
    return [a > 0 && b > 0 ? log(b / a) : b - a];
  });
}

/** Maximum number of named settings. */
const MOST_NAMED = 5;

/**
 * Summarises a sweep in sentences for the terminal: the accuracy of the best mean, the settings that cannot
 * be distinguished from it, and the number of seeds needed. Empty for a single setting and seed.
 */
export function summarySentences(rows: readonly TrialRow[], metric?: Metric): string[] {
  const all = summary(rows, metric);
  const [best] = all;
  if (best?.standing !== "best" || all.length < 2 && best.trials < 2) return [];
  if (best.standardError === null) {
    return ["one seed cannot show which settings differ by more than chance: try --seed 1,2,3"];
  }
  const value = (x: number) => metricText(best.metric, x);
  const mean = `${METRIC_WORDS[best.metric]} ${value(best.mean!)} ± ${value(best.standardError)} ` +
    `(standard error); 95 % interval over the seeds: ${value(best.low!)} to ${value(best.high!)}`;
  const open = all.filter(({ standing }) => standing === "cannot be told from the best");
  const others = all.filter(({ standing }) => standing === "worse").length;
  if (open.length + others === 0) return [mean];
  const named = open.slice(0, MOST_NAMED).map((setting) => {
    const seeds = setting.seedsNeeded === null
      ? ""
      : `, about ${setting.seedsNeeded} seeds to tell`;
    return `${distinction(setting as unknown as TrialRow, rows)} (${value(setting.mean!)}${seeds})`;
  });
  const more = open.length > MOST_NAMED ? ` and ${open.length - MOST_NAMED} more` : "";
  return [
    mean,
    open.length === 0
      ? "every other setting is worse"
      : `cannot be told from it: ${named.join("; ")}${more}`,
    `paired t tests over ${best.trials} seeds; the truly best setting is called worse in at most ` +
    `5 % of sweeps`,
  ];
}
