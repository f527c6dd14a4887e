import * as Plot from "@observablehq/plot";
import type { LearningCurves } from "../sweep/epochs.ts";
import { isAccuracy, METRIC_WORDS } from "../sweep/metric.ts";
import type { TrialRow } from "../sweep/row.ts";
import { settingsOf } from "../sweep/settings.ts";
import { plural } from "../base/number_text.ts";
import { mean } from "../base/statistics.ts";
import { axisLabel, metricAxis } from "./axis_label.ts";
import { axisX, axisY, gridX, gridY } from "./axis_marks.ts";
import { axisOf } from "./curves.ts";
import { type KeyEntry, plotPanel } from "./figure.ts";
import type { Drawing } from "./sweep_curves.ts";
import type { SweepView } from "./sweep_view.ts";
import { SERIES } from "./theme.ts";

/** Whether successive halving ended some trials of a sweep early: they differ in their last epoch. */
export function isHalved(rows: readonly TrialRow[]): boolean {
  return new Set(rows.map(({ stopAfter }) => stopAfter)).size > 1;
}

/**
 * The learning curves of a sweep with successive halving, one per setting, in the colour of the rung that
 * ended it. The best is drawn in bold.
 *
 * @param curves the learning curves of the trials
 */
export function sweepRungs(view: SweepView, curves: LearningCurves): Drawing {
  const { rows, metric, best } = view;
  const lines = settingsOf(rows).map(({ row, trials }) => ({
    end: endOf(row),
    isBest: best !== undefined && trials.includes(best.row),
    words: view.describe(trials),
    points: pointsOf(trials.map((trial) => curves.of(trial)), metric),
  })).filter(({ points }) => points.length > 0);
  const ends = [...new Set(lines.map(({ end }) => end))].sort((a, b) => a - b);
  const color = (end: number) => SERIES[ends.indexOf(end) % SERIES.length].light;
  const axis = metricAxis(metric, rows);
  const x = axisOf({ label: "", scale: "log" }, [1, ...ends]);
  const y = axisOf(axis, lines.flatMap(({ points }) => points.map(({ y }) => y)));
  const described = lines.some(({ words }) => words !== undefined) && { ariaLabel: "words" };
  const ordered = [
    ...lines.filter(({ isBest }) => !isBest),
    ...lines.filter(({ isBest }) => isBest),
  ];
  const panel = plotPanel({
    width: 720,
    height: 400,
    marginLeft: 60,
    marginBottom: 44,
    x: x.scale,
    y: y.scale,
    marks: [
      gridX({ ticks: ends }),
      gridY(y),
      axisX({ ticks: ends, format: String }, axisLabel("epochs")),
      axisY(y, axis.label),
      ...ordered.map(({ points, end, isBest }) =>
        Plot.lineY(points, {
          x: "epoch",
          y: "y",
          stroke: color(end),
          strokeWidth: isBest ? 4 : 1.5,
          strokeOpacity: isBest ? 1 : 0.7,
        })
      ),
      Plot.dot(ordered.map(({ points, ...line }) => ({ ...line, ...points.at(-1)! })), {
        x: "epoch",
        y: "y",
        fill: ({ end }) => color(end),
        r: ({ isBest }) => isBest ? 6 : 3.5,
        ...described,
      }),
    ],
  });
  const last = ends.at(-1);
  const key = ends.map((end): KeyEntry => {
    const count = lines.filter((line) => line.end === end).length;
    const settings = plural(count, "setting");
    const when = `after ${plural(end, "epoch")}`;
    return {
      sign: "●",
      color: color(end),
      label: end === last ? `${settings} trained to the end` : `${settings} ended ${when}`,
    };
  });
  const word = METRIC_WORDS[metric];
  return {
    title: `${word[0].toUpperCase()}${word.slice(1)} by rung of successive halving`,
    subtitle: ["each line: a setting, mean over its seeds; in bold: the best"],
    key,
    panel,
  };
}

/** The last epoch that a trial may reach. */
function endOf({ epochs, stopAfter }: TrialRow): number {
  return stopAfter === "all" ? epochs : stopAfter;
}

/** The means over seeds after each epoch that all of them reached. */
function pointsOf(
  curves: readonly ReturnType<LearningCurves["of"]>[],
  metric: SweepView["metric"],
) {
  const epochs = Math.min(...curves.map((records) => records.length));
  return Array.from({ length: epochs }, (_, e) => ({
    epoch: e + 1,
    y: mean(curves, (records) => records[e][metric]) ?? NaN,
  })).filter(({ y }) => Number.isFinite(y) && (isAccuracy(metric) || y > 0));
}
