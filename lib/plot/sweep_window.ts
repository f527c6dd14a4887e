import { extent, min } from "../base/statistics.ts";
import { bestSentence, metricNote } from "../sweep/best.ts";
import { explainedShare } from "../sweep/explained.ts";
import type { Metric } from "../sweep/metric.ts";
import type { TrialRow } from "../sweep/row.ts";
import { type Factor, factorLabel, meanOf, settingsOf, variedFactors } from "../sweep/settings.ts";
import { type NumericHyperparameter, REGISTRY } from "../training/hyperparameters.ts";
import { axisLabel, metricAxis } from "./axis_label.ts";
import { axisOf } from "./curves.ts";
import { chooseDrawing } from "./sweep_choice.ts";
import { hasBothLosses, sweepObservations } from "./sweep_curves.ts";
import { formatValue, heatMapOf, strengthOf } from "./sweep_heat_map.ts";
import { axisValues, isComplete, valueName } from "./sweep_parallel.ts";
import { stripLines } from "./sweep_strip.ts";
import { describeTrials, type SweepView, unfinishedText, viewOf } from "./sweep_view.ts";
import { SERIES, THEME } from "./theme.ts";
import {
  curveTraces,
  hoverText,
  type InteractiveFigure,
  titleLines,
  windowLayout,
} from "./window_figure.ts";

/** The traces and axes of a drawing. */
interface Drawing {
  readonly data: InteractiveFigure["data"];
  readonly layout: Readonly<Record<string, unknown>>;
}

/**
 * Creates the figure of a sweep to zoom and pan, with the drawings and axes of `sweepFigure`; the heading
 * counts the trials that did not complete. As plotly.js has no symmetric logarithmic axis, values that
 * include 0 or a word, such as `full`, are equally spaced.
 *
 * @param title above the figure, such as the file's name
 * @param metric defaults to the test loss
 */
export function sweepWindow(
  title: string,
  rows: readonly TrialRow[],
  metric?: Metric,
): InteractiveFigure {
  const view = viewOf(rows, { metric, describe: describeTrials(variedFactors(rows)) });
  const { data, layout } = drawingOf(view);
  const lines = [bestSentence(rows, metric), metricNote(rows, metric), unfinishedText(rows)];
  const head = titleLines(title, lines.filter(Boolean));
  return { data, layout: windowLayout(title, { ...head, ...layout }) };
}

/** Returns the drawing of the chosen kind. */
function drawingOf(view: SweepView): Drawing {
  const choice = chooseDrawing(view);
  switch (choice.kind) {
    case "strip":
      return strip(view, choice.factor);
    case "curves":
      return curves(view, choice.along);
    case "heat map":
      return heatMap(view, choice.across, choice.up);
    // A range on each axis shows the same as the scatter along it.
    case "slices":
    case "parallel":
      return parallel(view);
  }
}

/** Returns the metric's values as on its axis, and the axis. */
function measureOf({ metric, rows }: SweepView, values: readonly number[], word?: string) {
  const { label, scale, percent } = metricAxis(metric, rows, word);
  const isLog = scale === "log" && (min(values) ?? 1) > 0;
  return {
    axis: { title: label, type: isLog ? "log" : "linear" },
    shown: (value: number) => percent ? 100 * value : value,
  };
}

/** Draws a metric along a hyperparameter, with a curve for each value of the other factors. */
function curves(view: SweepView, along: NumericHyperparameter): Drawing {
  const observations = sweepObservations(view, along);
  const word = hasBothLosses(view, along) ? "loss" : undefined;
  const { axis, shown } = measureOf(view, observations.map(({ y }) => y), word);
  const values = axisValues(view, along);
  const { scale } = REGISTRY[along].axis;
  const least = scale === "log" ? Number.MIN_VALUE : -Infinity;
  const isNumbers = values.every((value) => typeof value === "number" && value >= least);
  const place = (x: number | string) => isNumbers ? x : String(x);
  return {
    data: curveTraces(
      observations.map((point) => ({ ...point, x: place(point.x), y: shown(point.y) })),
    ),
    layout: {
      xaxis: {
        title: axisLabel(along),
        ...isNumbers
          ? { type: scale === "log" ? "log" : "linear" }
          : { type: "category", categoryorder: "array", categoryarray: values.map(String) },
      },
      yaxis: axis,
    },
  };
}

/** Draws a metric for each value of a name: a dot per seed, a bar at the mean. */
function strip(view: SweepView, factor: Factor | undefined): Drawing {
  const { lines } = stripLines(view, factor);
  const points = lines.flatMap(({ name, trials }) =>
    trials.flatMap((row) => {
      const value = row[view.metric];
      return value === null ? [] : [{ name, value, words: view.describe([row])! }];
    })
  );
  const { axis, shown } = measureOf(view, points.map(({ value }) => value));
  const means = lines.flatMap(({ name, mean }) => mean === undefined ? [] : [{ name, mean }]);
  const color = SERIES[0].light;
  return {
    data: [{
      type: "scatter",
      mode: "markers",
      name: "a seed",
      x: points.map(({ value }) => shown(value)),
      y: points.map(({ name }) => name),
      text: points.map(({ words }) => hoverText(words)),
      hoverinfo: "text",
      marker: { color, size: 8, opacity: 0.75 },
    }, {
      type: "scatter",
      mode: "markers",
      name: "mean",
      x: means.map(({ mean }) => shown(mean)),
      y: means.map(({ name }) => name),
      hoverinfo: "skip",
      marker: { color, symbol: "line-ns-open", size: 22, line: { width: 3 } },
    }],
    layout: {
      xaxis: axis,
      yaxis: {
        type: "category",
        automargin: true,
        categoryorder: "array",
        categoryarray: lines.map(({ name }) => name),
        autorange: "reversed",
      },
      height: Math.max(360, 200 + 30 * lines.length),
    },
  };
}

/** Colours from the worst to the best. */
const COLORS = [[0, THEME.grid.light], [1, SERIES[0].light]];

/** Draws a metric for each pair of values: better cells have a stronger colour, the best is framed. */
function heatMap(view: SweepView, across: Factor, up: Factor): Drawing {
  const { columns, rows, cells, lowest, highest } = heatMapOf(view, across, up);
  const strength = strengthOf(view.metric, lowest, highest);
  const grid = <T>(empty: T) => rows.map(() => columns.map(() => empty));
  const z = grid<number | null>(null), text = grid("");
  for (const { row, column, value, trials } of cells) {
    z[row][column] = value === undefined ? null : strength(value);
    text[row][column] = hoverText(view.describe(trials)!);
  }
  const best = cells.find(({ trials }) => trials.includes(view.best?.row as TrialRow));
  return {
    data: [{
      type: "heatmap",
      z,
      text,
      hoverinfo: "text",
      hoverongaps: true,
      colorscale: COLORS,
      ...{ zmin: 0, zmax: 1, showscale: false, xgap: 2, ygap: 2 },
    }],
    layout: {
      xaxis: { title: axisLabel(across), ...tickNames(columns), automargin: true },
      yaxis: {
        title: axisLabel(up),
        ...tickNames(rows),
        automargin: true,
        autorange: "reversed",
      },
      annotations: cells.map(({ row, column, value, ended, trials }) => ({
        x: column,
        y: row,
        text: [
          ...value === undefined ? [] : [formatValue(view.metric, value)],
          ...ended > 0 ? [`✕ ${ended}/${trials.length}`] : [],
        ].join("<br>"),
        showarrow: false,
        font: {
          color: value !== undefined && strength(value) > 0.62
            ? THEME.background.light
            : THEME.text.light,
        },
      })),
      shapes: best === undefined ? [] : [{
        type: "rect",
        ...{ x0: best.column - 0.5, x1: best.column + 0.5 },
        ...{ y0: best.row - 0.5, y1: best.row + 0.5 },
        line: { color: THEME.text.light, width: 3 },
      }],
    },
  };
}

/** An axis with names at 0, 1, 2, …. */
function tickNames(bins: readonly { readonly name: string }[]) {
  const ticktext = bins.map(({ name }) => name);
  return { tickvals: bins.map((_, i) => i), ticktext, showgrid: false, zeroline: false };
}

/** Draws settings as lines through an axis for each factor to the metric's axis; ranges can be selected. */
function parallel(view: SweepView): Drawing {
  const { factors, metric, rows } = view;
  const settings = settingsOf(rows).filter(isComplete);
  const values = settings.map((setting) => meanOf(setting, metric)!);
  const [lowest = 0, highest = 1] = extent(values);
  const axis = metricAxis(metric, rows);
  const { scale, ticks, format } = axisOf(axis, values);
  const bend = scale.type === "log" ? Math.log10 : (value: number) => value;
  const dimensions = factors.map((factor) => {
    const ordered = axisValues(view, factor);
    const share = Math.round(100 * explainedShare(rows, factor, metric));
    return {
      label: `${factorLabel(factor)} (${share} %)`,
      tickvals: ordered.map((_, i) => i),
      ticktext: ordered.map(valueName),
      range: [-0.5, ordered.length - 0.5],
      values: settings.map(({ row }) => ordered.indexOf(row[factor])),
    };
  });
  return {
    data: [{
      type: "parcoords",
      line: {
        color: values.map(strengthOf(metric, lowest, highest)),
        colorscale: COLORS,
        ...{ cmin: 0, cmax: 1, showscale: false },
      },
      dimensions: [...dimensions, {
        label: axis.label,
        tickvals: ticks.map(bend),
        ticktext: ticks.map(format),
        range: scale.domain.map(bend),
        values: values.map(bend),
      }],
    }],
    layout: {},
  };
}
