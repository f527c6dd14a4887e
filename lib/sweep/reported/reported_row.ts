import { deviation, max, mean, min } from "../../base/statistics.ts";
import { complete, DEFAULTS, type Hyperparameters } from "../../training/hyperparameters.ts";
import type { TrialResult } from "../../training/trial_result.ts";
import { drawName, testImages } from "./draw.ts";
import {
  type ComputedFigure,
  isComputed,
  type ReportedFigure,
  type TrainedFigure,
} from "./reported_figure.ts";
import { judge, type Verdict } from "./verdict.ts";

/**
 * A row of the table of reported figures. Accuracies and error rates are in percent; results are `null`
 * until the figure has been run.
 */
export interface ReportedRow {
  /** The figure's id. */
  readonly row: string;
  readonly source: string;
  readonly variant: string;
  /** Units per layer, joined by dashes. */
  readonly network: string;
  readonly settings: string;
  /** `null` for a computed figure. */
  readonly dataset: string | null;
  /** Number of seeds; `null` for a computed figure. */
  readonly seeds: number | null;
  /** Number of epochs before the figure is read; for a computed figure, of steps. */
  readonly epochs: number;
  readonly measure: ReportedFigure["measure"];
  /** The report as printed: `97.65`, `about 85`. */
  readonly printed: string;
  /** The report as a number. */
  readonly reported: number;
  readonly mean: number | null;
  /** Sample standard deviation (n − 1) over the seeds; `null` for one seed. */
  readonly standardDeviation: number | null;
  readonly min: number | null;
  readonly max: number | null;
  /** Prediction interval of one more training, see `prediction.ts`. */
  readonly predictedLow: number | null;
  readonly predictedHigh: number | null;
  /** Estimated share of trainings, 0 to 1, whose result rounds to the report or is better. */
  readonly asGood: number | null;
  readonly verdict: Verdict | "not run";
  /** The result of each seed, separated by spaces; for a computed figure, the number. */
  readonly values: string | null;
  /** Settings that the report leaves open, or that differ from it. */
  readonly remark: string | null;
}

/** Decimal places of a percentage: one of 10,000 images is 0.01 %, 0.0005 % in a mean of 20 seeds. */
const DECIMALS = 4;
const round = (value: number) => Number(value.toFixed(DECIMALS));

/** Returns the row of a figure that has not been reproduced yet. */
export function rowNotRun(figure: ReportedFigure): ReportedRow {
  const { id, source, variant, measure, report, remark } = figure;
  return {
    row: id,
    source,
    variant,
    ...(isComputed(figure) ? workOfComputed(figure) : workOfTrained(figure)),
    measure,
    printed: report.text,
    reported: report.value,
    mean: null,
    standardDeviation: null,
    min: null,
    max: null,
    predictedLow: null,
    predictedHigh: null,
    asGood: null,
    verdict: "not run",
    values: null,
    remark: remark ?? null,
  };
}

type Work = Pick<ReportedRow, "network" | "settings" | "dataset" | "seeds" | "epochs">;

function workOfComputed({ network, settings, steps }: ComputedFigure): Work {
  return { network, settings, dataset: null, seeds: null, epochs: steps };
}

function workOfTrained({ settings, draw, seeds, afterEpoch }: TrainedFigure): Work {
  const all = complete(settings);
  return {
    network: all.layers.join("-"),
    settings: settingsText(all),
    dataset: drawName(draw),
    seeds: seeds.length,
    epochs: afterEpoch ?? all.epochs,
  };
}

/**
 * Returns the result of each training in percent: an accuracy or an error rate. A training that diverged
 * counts as guessing.
 */
export function valuesOf(figure: TrainedFigure, results: readonly TrialResult[]): number[] {
  const { epochs } = workOfTrained(figure);
  return results.map(({ status, history, hyperparameters: { layers } }) => {
    const guess = 1 / layers[layers.length - 1];
    const accuracy = 100 * (status === "completed" ? history[epochs - 1].testAccuracy! : guess);
    return round(figure.measure === "accuracy" ? accuracy : 100 - accuracy);
  });
}

/**
 * Returns the row of a figure, given the value of each seed, or the computed number. All statistics and
 * the verdict are derived here.
 */
export function rowOfValues(figure: ReportedFigure, values: readonly number[]): ReportedRow {
  return isComputed(figure) ? computedRow(figure, values[0]) : trainedRow(figure, values);
}

function trainedRow(figure: TrainedFigure, values: readonly number[]): ReportedRow {
  const { draw, reportedImages } = figure;
  const images = reportedImages === undefined
    ? undefined
    : [reportedImages, testImages(draw)] as const;
  const { predicted, asGood, verdict } = judge({ ...figure, images }, values);
  return {
    ...rowNotRun(figure),
    mean: round(mean(values)!),
    standardDeviation: round(deviation(values)!),
    min: min(values)!,
    max: max(values)!,
    predictedLow: round(predicted.low),
    predictedHigh: round(predicted.high),
    asGood: round(asGood),
    verdict,
    values: values.join(" "),
  };
}

/** Compares a computed number with the printed one digit by digit. */
function computedRow(figure: ComputedFigure, value: number): ReportedRow {
  const { text, decimals } = figure.report;
  const verdict = value.toFixed(decimals) === text ? "same digits" : "other digits";
  const shown = Number(value.toPrecision(12));
  return {
    ...rowNotRun(figure),
    mean: shown,
    min: shown,
    max: shown,
    verdict,
    values: String(shown),
  };
}

/** Lists all hyperparameters of a training except layers, epochs and seed in one line. */
function settingsText(all: Hyperparameters): string {
  const { activation, outputActivation, schedule, l2, augment } = all;
  return [
    [activation].flat().join("-"),
    ...(outputActivation === DEFAULTS.outputActivation ? [] : [`outputs ${outputActivation}`]),
    all.initializer,
    all.loss,
    all.optimizer,
    `rate ${all.learningRate}`,
    ...(schedule === "constant" ? [] : [schedule]),
    `batch ${all.batchSize}`,
    ...(l2 === 0 ? [] : [`L2 ${l2}`]),
    all.shuffle ? "shuffled" : "file order",
    ...(augment === "none" ? [] : [augment]),
  ].join("; ");
}
