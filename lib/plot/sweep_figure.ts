import { bestSentence, metricNote } from "../sweep/best.ts";
import type { TrialRow } from "../sweep/row.ts";
import { isNumeric } from "../sweep/settings.ts";
import type { NumericHyperparameter } from "../training/hyperparameters.ts";
import { type Figure, figure } from "./figure.ts";
import { type Drawing, sweepCurves } from "./sweep_curves.ts";
import { sweepHeatMap } from "./sweep_heat_map.ts";
import { sweepParallel } from "./sweep_parallel.ts";
import { sweepStrip } from "./sweep_strip.ts";
import {
  commonSettings,
  type SweepFigureOptions,
  type SweepView,
  unfinishedText,
  viewOf,
} from "./sweep_view.ts";

/** The most values of a name beside a number that have a panel each. */
const MOST_PANELS = 24;

/**
 * The figure of a sweep. What the sweep varies decides its kind:
 *
 * - one number, such as the learning rate: a curve with its spread over the seeds; an axis with 0 among its
 *   values is symmetric logarithmic, and `full` has a place at the end of the axis
 * - one name, such as the activation: a line for each value with every seed and the mean
 * - a number and a name: a curve for each name, or a panel for each where there are more than six
 * - two numbers, or two names: a heat map
 * - more: parallel coordinates, and a heat map of the two that explain most of the variance
 *
 * Trials that diverged or failed are always marked. Losses of different kinds or datasets are never
 * compared: the test accuracy takes their place.
 *
 * @param rows a sweep's table
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { syntheticDigits } from "../dataset/synthetic.ts";
 * import { rowOf } from "../sweep/table.ts";
 * import { runTrial } from "../training/trial.ts";
 * import { sweepFigure } from "./sweep_figure.ts";
 * const digits = syntheticDigits({ train: 100, test: 50 });
 * const trials = (["relu", "tanh"] as const).map((activation) => ({ layers: [784, 8, 10], activation }));
 * const results = await Promise.all(trials.map((trial) => runTrial(trial, digits)));
 * const { title } = sweepFigure(results.map(rowOf), { metric: "testAccuracy" });
 * assert.equal(title, "Test accuracy by activation");
 * ```
 */
export function sweepFigure(rows: readonly TrialRow[], options: SweepFigureOptions = {}): Figure {
  const view = viewOf(rows, options);
  return toFigure(view, drawingOf(view), options);
}

/**
 * Losses along any numeric hyperparameter, with a curve for each combination of all else that varies.
 *
 * @param column the hyperparameter on the x axis
 * @param rows a sweep's table
 */
export function lossBy(
  column: NumericHyperparameter,
  rows: readonly TrialRow[],
  options: SweepFigureOptions = {},
): Figure {
  const view = viewOf(rows, options);
  return toFigure(view, sweepCurves(view, column), options);
}

/**
 * Losses along the learning rate, see {@linkcode lossBy}.
 *
 * @param rows a sweep's table
 */
export function lossByLearningRate(
  rows: readonly TrialRow[],
  options: SweepFigureOptions = {},
): Figure {
  return lossBy("learningRate", rows, options);
}

/** Chooses the kind of drawing. */
function drawingOf(view: SweepView): Drawing {
  const { factors, rows } = view;
  const numbers = factors.filter(isNumeric) as NumericHyperparameter[];
  const names = factors.filter((name) => !isNumeric(name));
  if (factors.length === 0) return sweepStrip(view, undefined);
  if (factors.length === 1) {
    return numbers.length === 1 ? sweepCurves(view, numbers[0]) : sweepStrip(view, names[0]);
  }
  if (factors.length > 2) return sweepParallel(view);
  if (numbers.length === 1) {
    const values = new Set(rows.map((row) => row[names[0]])).size;
    return values <= MOST_PANELS
      ? sweepCurves(view, numbers[0])
      : sweepHeatMap(view, numbers[0], names[0]);
  }
  return sweepHeatMap(view, factors[0], factors[1]);
}

/** The drawing below what all figures of sweeps say. */
function toFigure(view: SweepView, drawing: Drawing, { metric }: SweepFigureOptions): Figure {
  return figure({
    title: drawing.title,
    subtitle: [
      ...commonSettings(view),
      bestSentence(view.rows, metric),
      metricNote(view.rows, metric),
      unfinishedText(view.rows),
      ...drawing.subtitle ?? [],
    ].filter(Boolean),
    key: drawing.key,
  }, [drawing.panel]);
}
