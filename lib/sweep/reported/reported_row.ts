import type { Dataset } from "../../dataset/dataset.ts";
import { complete, DEFAULTS, type Hyperparameters } from "../../training/hyperparameters.ts";
import type { TrialResult } from "../../training/trial_result.ts";
import { wilsonInterval } from "../../training/wilson.ts";
import {
  type ComputedFigure,
  datasetNameOf,
  isComputed,
  type ReportedFigure,
  type TrainedFigure,
} from "./reported_figure.ts";
import { type Verdict, verdictOf } from "./verdict.ts";

/**
 * A line of the table of reported figures. Accuracies and error rates are in per cent; what has not
 * been run yet is `null`.
 */
export interface ReportedRow {
  /** The figure's id. */
  readonly row: string;
  readonly source: string;
  readonly variant: string;
  /** Units per layer, joined by dashes. */
  readonly network: string;
  readonly settings: string;
  /** `null` for a computed figure, as are the seeds. */
  readonly dataset: string | null;
  /** How many. */
  readonly seeds: number | null;
  /** Epochs actually run before the figure was read; for a computed one, steps. */
  readonly epochs: number;
  readonly measure: ReportedFigure["measure"];
  readonly reported: number;
  readonly mean: number | null;
  /** Sample standard deviation (n − 1) over the seeds; `null` for one seed. */
  readonly standardDeviation: number | null;
  readonly min: number | null;
  readonly max: number | null;
  /** The 95 % Wilson interval of the mean, for the number of test images. */
  readonly intervalLow: number | null;
  readonly intervalHigh: number | null;
  readonly verdict: Verdict | "not run";
  /** What is open in the report or was done otherwise. */
  readonly remark: string | null;
}

/** Decimals of a percentage: one test image in 10,000 is 0.01, a mean of five seeds 0.002. */
const DECIMALS = 4;
const round = (value: number) => Number(value.toFixed(DECIMALS));

/** The row of a figure that has not been reproduced yet. */
export function rowNotRun(figure: ReportedFigure): ReportedRow {
  const { id, source, variant, measure, reported, remark } = figure;
  return {
    row: id,
    source,
    variant,
    ...(isComputed(figure) ? workOfComputed(figure) : workOfTrained(figure)),
    measure,
    reported,
    mean: null,
    standardDeviation: null,
    min: null,
    max: null,
    intervalLow: null,
    intervalHigh: null,
    verdict: "not run",
    remark: remark ?? null,
  };
}

type Work = Pick<ReportedRow, "network" | "settings" | "dataset" | "seeds" | "epochs">;

function workOfComputed({ network, settings, steps }: ComputedFigure): Work {
  return { network, settings, dataset: null, seeds: null, epochs: steps };
}

function workOfTrained({ settings, parts, seeds, afterEpoch }: TrainedFigure): Work {
  const all = complete(settings);
  return {
    network: all.layers.join("-"),
    settings: settingsText(all),
    dataset: datasetNameOf(parts),
    seeds: seeds.length,
    epochs: afterEpoch ?? all.epochs,
  };
}

/** The row of a figure that was trained for. A trial that diverged counts as no better than chance. */
export function trainedRow(
  figure: TrainedFigure,
  dataset: Dataset,
  results: readonly TrialResult[],
): ReportedRow {
  const row = rowNotRun(figure);
  const { measure, reported } = figure;
  const images = dataset.test.count;
  const guess = 1 / dataset.classes.length;
  const accuracies = results.map(({ status, history }) =>
    100 * (status === "completed" ? history[row.epochs - 1].testAccuracy : guess)
  );
  const values = accuracies.map((accuracy) => measure === "accuracy" ? accuracy : 100 - accuracy);
  const mean = meanOf(values);
  const { low, high } = wilsonInterval(mean / 100 * images, images);
  return {
    ...row,
    mean: round(mean),
    standardDeviation: values.length > 1 ? round(deviationOf(values)) : null,
    min: round(Math.min(...values)),
    max: round(Math.max(...values)),
    intervalLow: round(100 * low),
    intervalHigh: round(100 * high),
    verdict: verdictOf(measure, reported, values.map(round), images),
  };
}

/** The row of a figure that was computed: it holds when every printed digit is the same. */
export function computedRow(figure: ComputedFigure, value: number): ReportedRow {
  const printed = (number: number) => number.toFixed(figure.decimals);
  const verdict = printed(value) === printed(figure.reported) ? "holds" : "not reached";
  const shown = Number(value.toPrecision(12));
  return { ...rowNotRun(figure), mean: shown, min: shown, max: shown, verdict };
}

/** All that a training is told beside layers, epochs and seed, in a line. */
export function settingsText(all: Hyperparameters): string {
  const { activation, leakySlope, outputActivation, schedule, l2, augment } = all;
  const name = (f: string) => f === "leakyRelu" ? `leakyRelu(${leakySlope})` : f;
  return [
    [activation].flat().map(name).join("-"),
    ...(outputActivation === DEFAULTS.outputActivation
      ? []
      : [`outputs ${name(outputActivation)}`]),
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

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function deviationOf(values: readonly number[]): number {
  const mean = meanOf(values);
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return Math.sqrt(squares / (values.length - 1));
}
