import * as Plot from "@observablehq/plot";
import { type BestSetting, bestSetting } from "../sweep/best.ts";
import type { TrialRow } from "../sweep/row.ts";
import { axisText } from "../training/hyperparameter.ts";
import {
  type HyperparameterName,
  NUMERIC_HYPERPARAMETERS,
  type NumericHyperparameter,
  REGISTRY,
} from "../training/hyperparameters.ts";
import { curveKey, curvePanel, formatNumber, type Observation } from "./curves.ts";
import { type Figure, figure } from "./figure.ts";
import { THEME } from "./theme.ts";

/** How a column is written on an axis: a hyperparameter in words, another as it is. */
export function axisLabel(column: string): string {
  return Object.hasOwn(REGISTRY, column)
    ? axisText(REGISTRY[column as HyperparameterName].axis)
    : column;
}

/** Columns that a trial's settings do not stand in. */
const RESULTS = ["status", "steps", "trainLoss", "testLoss", "testAccuracy", "weightsDigest"];

/**
 * Loss against learning rate on logarithmic axes, with mean and spread over the seeds, the trials
 * that diverged, and the best rate. Where only rates and seeds differ, training and test loss are
 * shown; where other hyperparameters differ as well, the test loss for each setting of those.
 *
 * @param rows a sweep's table
 */
export function lossByLearningRate(rows: readonly TrialRow[]): Figure {
  return lossBy("learningRate", rows);
}

/**
 * The figure of a sweep: loss against the first of the {@linkcode NUMERIC_HYPERPARAMETERS} that
 * differs, or against the learning rate where none does.
 *
 * @param rows a sweep's table
 */
export function sweepFigure(rows: readonly TrialRow[]): Figure {
  const swept = NUMERIC_HYPERPARAMETERS.find((column) => differs(rows, column));
  return lossBy(swept ?? "learningRate", rows);
}

/**
 * Loss against any numeric hyperparameter; all else is as in {@linkcode lossByLearningRate}.
 *
 * @param column the hyperparameter on the x axis; trials whose value is a word (`full`) are left out
 * @param rows a sweep's table
 */
export function lossBy(column: NumericHyperparameter, rows: readonly TrialRow[]): Figure {
  const trials = rows.filter((row) => typeof row[column] === "number");
  const others = otherColumns(trials, column);
  const observations = observe(trials, column, others);
  const ended = unfinished(trials, column);
  const best = bestSetting(trials);
  const { scale } = REGISTRY[column].axis;
  const label = axisLabel(column);
  const panel = curvePanel(observations, {
    x: { label, scale },
    y: { label: lossLabel(trials), scale: "log", padLow: 0.14 },
    marginTop: ended.length > 0 ? 36 : 8,
    alsoX: ended.map(({ x }) => x),
    marks: [...unfinishedMarks(ended), ...bestMarks(best, column)],
  });
  return figure({
    title: `Loss against ${REGISTRY[column].axis.label}`,
    subtitle: [settings(trials, column, others), bestSentence(best, column, others)],
    key: curveKey(observations),
  }, [panel]);
}

/**
 * The label of an axis of losses: cross-entropy has a unit, a mean square error has none. Where there
 * are both, the label says that their curves cannot be compared.
 */
export function lossLabel(rows: readonly { readonly loss?: unknown }[]): string {
  const kinds = new Set(rows.map(({ loss }) => loss));
  if (kinds.size > 1) return "loss (different kinds, not comparable)";
  return rows.every(({ loss }) => loss === "crossEntropy") ? "loss (nats)" : "loss";
}

/** Whether the rows have more than one value in a column. */
function differs(rows: readonly TrialRow[], column: keyof TrialRow): boolean {
  return new Set(rows.map((row) => row[column])).size > 1;
}

/** The settings, beside x and the seed, that are not the same in all rows. */
function otherColumns(rows: readonly TrialRow[], column: keyof TrialRow): (keyof TrialRow)[] {
  const columns = Object.keys(rows[0] ?? {}) as (keyof TrialRow)[];
  return columns.filter((other) =>
    other !== column && other !== "seed" && !RESULTS.includes(other) && differs(rows, other)
  );
}

/** The losses of the completed trials as points of curves. */
function observe(
  rows: readonly TrialRow[],
  column: NumericHyperparameter,
  others: readonly (keyof TrialRow)[],
): Observation[] {
  const points = (series: (row: TrialRow) => string, loss: "testLoss" | "trainLoss") =>
    rows.flatMap((row) => {
      const y = row[loss];
      return y === null ? [] : [{ series: series(row), x: Number(row[column]), y }];
    });
  if (others.length > 0) return points((row) => settingName(row, others), "testLoss");
  return [...points(() => "test loss", "testLoss"), ...points(() => "training loss", "trainLoss")];
}

function settingName(row: TrialRow, columns: readonly (keyof TrialRow)[]): string {
  return columns.map((column) => `${column} ${row[column]}`).join(", ");
}

/** Places where trials did not complete, and how many of how many. */
function unfinished(rows: readonly TrialRow[], column: NumericHyperparameter) {
  return [...Map.groupBy(rows, (row) => Number(row[column]))].flatMap(([x, group]) => {
    const count = group.filter(({ status }) => status !== "completed").length;
    const failed = group.some(({ status }) => status === "failed");
    return count > 0 ? [{ x, count, of: group.length, failed }] : [];
  });
}

/** A strip above the curves: a cross where trials diverged, and how many did. */
function unfinishedMarks(places: ReturnType<typeof unfinished>): Plot.Markish[] {
  const at = { x: "x", frameAnchor: "top" } as const;
  const word = places.some(({ failed }) => failed) ? "incomplete" : "diverged";
  return [
    Plot.dot(places, {
      ...at,
      dy: -10,
      symbol: "times",
      r: 5,
      stroke: THEME.text.light,
      strokeWidth: 2,
    }),
    Plot.text(places, {
      ...at,
      dy: -25,
      text: ({ count, of }) => `${count}/${of}`,
      fill: THEME.text.light,
      fontSize: 11,
    }),
    Plot.text(places.length > 0 ? [word] : [], {
      frameAnchor: "top-left",
      dy: -16,
      dx: -44,
      fill: THEME.text.light,
      fontSize: 11,
    }),
  ];
}

/** A ring around the best mean and its value of x below it. */
function bestMarks(
  best: BestSetting | undefined,
  column: NumericHyperparameter,
): Plot.Markish[] {
  if (best === undefined) return [];
  const place = { x: Number(best.row[column]), loss: best.loss };
  const at = { x: "x", y: "loss" } as const;
  return [
    Plot.dot([place], { ...at, r: 7, stroke: THEME.text.light, strokeWidth: 2 }),
    Plot.text([place], {
      ...at,
      dy: 20,
      text: ({ x }) => `best: ${formatNumber(x)}${column === "epochs" ? " epochs" : ""}`,
      fill: THEME.text.light,
      stroke: THEME.background.light,
      strokeWidth: 4,
      fontSize: 12,
      fontWeight: 600,
    }),
  ];
}

function bestSentence(
  best: BestSetting | undefined,
  column: NumericHyperparameter,
  others: readonly (keyof TrialRow)[],
): string {
  if (best === undefined) return "no setting completed all its trials";
  const { row, trials, by } = best;
  const repeats = trials > 1 ? ` (means of ${trials} seeds)` : "";
  const measures = [
    `test loss ${best.loss.toFixed(4)}`,
    `test accuracy ${(best.accuracy * 100).toFixed(2)} %`,
  ];
  const measured = by === "loss" ? measures : [`${measures[1]}, the highest`, measures[0]];
  return `best: ${REGISTRY[column].axis.label} ${formatNumber(Number(row[column]))}` +
    `${others.length > 0 ? `, ${settingName(row, others)}` : ""}: ${measured.join(", ")}${repeats}`;
}

/** What the trials have in common, in a line. */
function settings(
  rows: readonly TrialRow[],
  column: keyof TrialRow,
  others: readonly (keyof TrialRow)[],
): string {
  if (rows.length === 0) return "no trials yet";
  const words: [keyof TrialRow, string][] = [
    ["dataset", `${rows[0].dataset}`],
    ["layers", rows[0].layers],
    ["activation", rows[0].activation],
    ["batchSize", `batch ${rows[0].batchSize}`],
    ["learningRate", `learning rate ${rows[0].learningRate}`],
    ["epochs", `${rows[0].epochs} ${rows[0].epochs === 1 ? "epoch" : "epochs"}`],
  ];
  const seeds = new Set(rows.map(({ seed }) => seed)).size;
  return [
    ...words.filter(([name]) => name !== column && !others.includes(name)).map(([, word]) => word),
    seeds === 1 ? "1 seed" : `${seeds} seeds: mean, and band from the least to the greatest`,
  ].join(" · ");
}
