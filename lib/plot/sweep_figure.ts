import { usageError } from "../base/user_error.ts";
import { bestSentence, metricNote } from "../sweep/best.ts";
import type { TrialRow } from "../sweep/row.ts";
import {
  NUMERIC_HYPERPARAMETERS,
  type NumericHyperparameter,
} from "../training/hyperparameters.ts";
import { type Figure, figure } from "./figure.ts";
import { chooseDrawing } from "./sweep_choice.ts";
import { sweepContour } from "./sweep_contour.ts";
import { type Drawing, sweepCurves } from "./sweep_curves.ts";
import { sweepHeatMap } from "./sweep_heat_map.ts";
import { sweepParallel } from "./sweep_parallel.ts";
import { isHalved, sweepRungs } from "./sweep_rungs.ts";
import { sweepSlices } from "./sweep_slices.ts";
import { sweepStrip } from "./sweep_strip.ts";
import {
  commonSettings,
  type SweepFigureOptions,
  type SweepView,
  unfinishedText,
  viewOf,
} from "./sweep_view.ts";

/**
 * Draws a sweep. The kind of figure depends on the varied hyperparameters:
 *
 * - one number, such as the learning rate: a curve with the range over the seeds; an axis with the value 0 is
 *   symmetric logarithmic, and `full` is at the end of the axis
 * - one name, such as the activation: a line for each value with every seed and the mean
 * - a number and a name: a curve for each name, or a panel for each if there are more than six
 * - two numbers, or two names: a heat map
 * - numbers that a search drew, and more: a scatter for each of them, with how much it matters
 * - what successive halving ended early: the learning curves, by rung
 * - more: parallel coordinates, and a heat map of the two that explain most of the variance
 *
 * Trials that diverged or failed are always marked. Losses of different kinds or datasets are never
 * compared: the test accuracy is used instead.
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
  return toFigure(view, drawingOf(view, options), options);
}

/**
 * A scatter of a sweep's settings along each hyperparameter that it varies, and how much each matters.
 *
 * @param rows a sweep's table
 */
export function slices(rows: readonly TrialRow[], options: SweepFigureOptions = {}): Figure {
  const view = viewOf(rows, options);
  return toFigure(view, sweepSlices(view), options);
}

/**
 * Lines of equal loss, or accuracy, over two hyperparameters that a search drew.
 *
 * @param across the number on the x axis
 * @param up the number on the y axis
 * @param rows a sweep's table
 * @throws {UserError} if one of the two does not vary
 */
export function contour(
  across: NumericHyperparameter,
  up: NumericHyperparameter,
  rows: readonly TrialRow[],
  options: SweepFigureOptions = {},
): Figure {
  const view = viewOf(rows, options);
  return toFigure(view, sweepContour(view, across, up), options);
}

/**
 * Draws losses along a numeric hyperparameter, with a curve for each combination of the others that vary.
 *
 * @param column the hyperparameter on the x axis
 * @param rows a sweep's table
 * @throws {UserError} if the hyperparameter is not a number
 */
export function lossBy(
  column: NumericHyperparameter,
  rows: readonly TrialRow[],
  options: SweepFigureOptions = {},
): Figure {
  if (!NUMERIC_HYPERPARAMETERS.includes(column)) {
    throw usageError(
      `${column} is not a number that sweeps vary; there are ${NUMERIC_HYPERPARAMETERS.join(", ")}`,
    );
  }
  const view = viewOf(rows, options);
  return toFigure(view, sweepCurves(view, column), options);
}

/**
 * Draws losses along the learning rate, see {@linkcode lossBy}.
 *
 * @param rows a sweep's table
 */
export function lossByLearningRate(
  rows: readonly TrialRow[],
  options: SweepFigureOptions = {},
): Figure {
  return lossBy("learningRate", rows, options);
}

/** The drawing of the chosen kind. */
function drawingOf(view: SweepView, { curves }: SweepFigureOptions): Drawing {
  if (isHalved(view.rows) && curves !== undefined) return sweepRungs(view, curves);
  const choice = chooseDrawing(view);
  switch (choice.kind) {
    case "strip":
      return sweepStrip(view, choice.factor);
    case "curves":
      return sweepCurves(view, choice.along);
    case "heat map":
      return sweepHeatMap(view, choice.across, choice.up);
    case "parallel":
      return sweepParallel(view);
    case "slices":
      return sweepSlices(view);
  }
}

/** Adds the common heading of all sweep figures to a drawing. */
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
