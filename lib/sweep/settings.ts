import { mean } from "../base/statistics.ts";
import { entryOf, type HyperparameterName, HYPERPARAMETERS } from "../training/hyperparameters.ts";
import type { Metric } from "./metric.ts";
import type { TrialRow } from "./row.ts";

/** A quantity that a sweep can vary in addition to the seed: a hyperparameter or the dataset. */
export type Factor = Exclude<HyperparameterName, "seed"> | "dataset";

/** Every factor, in the order of tables. */
export const FACTORS: readonly Factor[] = [
  ...HYPERPARAMETERS.filter((name) => name !== "seed"),
  "dataset",
];

/** A combination of values of all factors, and its trials, which differ only in their seeds. */
export interface Setting {
  /** One of the trials, for the values of the factors. */
  readonly row: TrialRow;
  readonly trials: readonly TrialRow[];
  /** The trials that completed. */
  readonly completed: readonly TrialRow[];
}

/** The settings of a sweep, in the order of their first rows. */
export function settingsOf(rows: readonly TrialRow[]): Setting[] {
  const groups = Map.groupBy(rows, (row) => JSON.stringify(FACTORS.map((name) => row[name])));
  return [...groups.values()].map((trials) => ({
    row: trials[0],
    trials,
    completed: trials.filter(({ status }) => status === "completed"),
  }));
}

/** Computes the mean of a metric over the completed trials of a setting; `undefined` if there are none. */
export function meanOf({ completed }: Setting, metric: Metric): number | undefined {
  return mean(completed, (row) => row[metric]);
}

/** Returns the factors with more than one value, in the order of tables. */
export function variedFactors(rows: readonly TrialRow[]): Factor[] {
  return FACTORS.filter((name) => new Set(rows.map((row) => row[name])).size > 1);
}

/** Returns `true` if the values of a factor are ordered, so that a curve can be drawn along them. */
export function isNumeric(factor: Factor): boolean {
  return factor !== "dataset" && entryOf(factor).axis.scale !== "category";
}

/** Returns a factor in words: `batch size`. */
export function factorLabel(factor: Factor): string {
  return factor === "dataset" ? "dataset" : entryOf(factor).axis.label;
}

/**
 * Returns the values of some factors in words: `learning rate 0.1, activation relu`. Numbers have all their
 * digits, for reuse in a command.
 */
export function settingText(row: TrialRow, factors: readonly Factor[]): string {
  return factors.map((name) => `${factorLabel(name)} ${row[name]}`).join(", ");
}

/**
 * Returns the values in words that set a row of a sweep apart from the others: `learning rate 0.1`.
 * Successive halving varies when trials are stopped: that one was not is not said.
 */
export function distinction(row: TrialRow, rows: readonly TrialRow[]): string {
  const factors = variedFactors(rows)
    .filter((name) => !(name === "stopAfter" && row[name] === "all"));
  return settingText(row, factors) || "the only setting";
}
