import { deviation, extent, sum } from "../base/statistics.ts";
import { entryOf } from "../training/hyperparameters.ts";
import { explainedShare } from "./explained.ts";
import { compareValues, type Metric } from "./metric.ts";
import {
  type Factor,
  isNumeric,
  meanOf,
  type Setting,
  settingsOf,
  variedFactors,
} from "./settings.ts";
import type { TrialRow } from "./row.ts";

/** How much a hyperparameter matters in a sweep. */
export interface Importance {
  readonly factor: Factor;
  /** 0 to 1. */
  readonly share: number;
}

/** The importance of everything that a sweep varies, and what it measures. */
export interface Importances {
  /**
   * `variance`: the share of the variance that the factor explains alone; what is missing to 1 are
   * interactions. `best`: how much the factor alone decides whether a setting is among the best, all
   * together 1.
   */
  readonly of: "variance" | "best";
  /** The most important first; ties in the order of tables. */
  readonly factors: readonly Importance[];
}

/**
 * The importance of each factor of a sweep. In a full grid it is the main effect of functional analysis of
 * variance (Hutter, Hoos & Leyton-Brown 2014), which the grid gives without a model, see
 * {@linkcode explainedShare}. Elsewhere it is that of PED-ANOVA (Watanabe, Bansal & Hutter 2023,
 * "PED-ANOVA: Efficiently Quantifying Hyperparameter Importance in Arbitrary Subspaces"): how far the
 * distribution of a factor's values among the best tenth of the settings, at least five, is from that among
 * all.
 */
export function importances(rows: readonly TrialRow[], metric: Metric): Importances {
  const factors = searchedFactors(rows);
  const isFull = isFullGrid(rows);
  const shares = isFull
    ? factors.map((factor) => explainedShare(rows, factor, metric))
    : bestShares(rows, factors, metric);
  const order = factors.map((factor, i): Importance => ({ factor, share: shares[i] }))
    .sort((a, b) => b.share - a.share);
  return { of: isFull ? "variance" : "best", factors: order };
}

/** The factors that a sweep varies itself: successive halving decides when a trial is stopped. */
export function searchedFactors(rows: readonly TrialRow[]): Factor[] {
  return variedFactors(rows).filter((factor) => factor !== "stopAfter");
}

/** Whether the settings of a sweep are all combinations of their values. */
export function isFullGrid(rows: readonly TrialRow[]): boolean {
  const combinations = variedFactors(rows)
    .reduce((product, factor) => product * new Set(rows.map((row) => row[factor])).size, 1);
  return settingsOf(rows).length === combinations;
}

/** The share of the settings that are called the best, and their least number. */
const BEST = 0.1, LEAST_BEST = 5;

/** The Pearson divergences of PED-ANOVA, all together 1; 0 where no factor matters. */
function bestShares(
  rows: readonly TrialRow[],
  factors: readonly Factor[],
  metric: Metric,
): number[] {
  const all = settingsOf(rows);
  const ended = all.filter(({ trials, completed }) => trials.length === completed.length)
    .sort((a, b) => compareValues(metric, meanOf(a, metric) ?? NaN, meanOf(b, metric) ?? NaN));
  const best = ended.slice(0, Math.max(Math.ceil(BEST * all.length), LEAST_BEST));
  if (best.length === 0 || best.length === all.length) return factors.map(() => 0);
  const divergences = factors.map((factor) => {
    const density = densities(factor, all);
    const [among, overall] = [density(best), density(all)];
    return sum(among, (p, i) => overall[i] * (p / overall[i] - 1) ** 2);
  });
  const total = sum(divergences);
  return divergences.map((divergence) => total > 0 ? divergence / total : 0);
}

/** The number of places of a numeric factor's range at which its density is taken. */
const PLACES = 50;

/** A function that estimates how likely each value of a factor is among some settings. */
function densities(factor: Factor, all: readonly Setting[]) {
  const valueOf = ({ row }: Setting) => row[factor];
  if (!isNumeric(factor) || all.some((setting) => typeof valueOf(setting) !== "number")) {
    const kinds = [...new Set(all.map((setting) => kindOf(valueOf(setting))))];
    return (settings: readonly Setting[]) => {
      const counts = kinds.map((kind) =>
        settings.filter((setting) => kindOf(valueOf(setting)) === kind).length
      );
      // One more observation, spread evenly, as below.
      return counts.map((count) => (count + 1 / kinds.length) / (settings.length + 1));
    };
  }
  const numbers = (settings: readonly Setting[]) => settings.map(valueOf) as unknown as number[];
  const [low = 0, high = 1] = extent(numbers(all));
  const isLog = factor !== "dataset" && entryOf(factor).axis.scale === "log" && low > 0;
  const bend = (value: number) => isLog ? Math.log(value) : value;
  const place = (value: number) => (bend(value) - bend(low)) / (bend(high) - bend(low));
  return (settings: readonly Setting[]) => {
    const points = numbers(settings).map(place);
    // Scott's rule (1992), and no finer than the places.
    const width = Math.max((deviation(points) ?? 0) * points.length ** -0.2, 1 / (PLACES - 1));
    const kernels = points.map((point) => {
      const heights = Array.from(
        { length: PLACES },
        (_, i) => Math.exp(-(((i / (PLACES - 1) - point) / width) ** 2) / 2),
      );
      const total = sum(heights);
      return heights.map((height) => height / total);
    });
    return Array.from(
      { length: PLACES },
      (_, i) => (sum(kernels, (kernel) => kernel[i]) + 1 / PLACES) / (points.length + 1),
    );
  };
}

/** A value of a name without the numbers in its brackets, which a search may draw. */
export function kindOf(value: unknown): string {
  return String(value).replace(/\([^()]*\)/g, "");
}
