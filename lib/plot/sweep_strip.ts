import * as Plot from "@observablehq/plot";
import { max } from "../base/statistics.ts";
import { bestWord, compareValues, isAccuracy, METRIC_WORDS, metricText } from "../sweep/metric.ts";
import type { TrialRow } from "../sweep/row.ts";
import { type Factor, factorLabel, meanOf, settingsOf } from "../sweep/settings.ts";
import { metricAxis } from "./axis_label.ts";
import { axisX, gridX } from "./axis_marks.ts";
import { axisOf } from "./curves.ts";
import { plotPanel } from "./figure.ts";
import { type Drawing, shortened } from "./sweep_curves.ts";
import type { SweepView } from "./sweep_view.ts";
import { SERIES, THEME } from "./theme.ts";

const LINE = 30;
/** Maximum characters of a value's name. */
const LONGEST = 36;
/** Maximum number of values drawn. */
const MOST_VALUES = 100;
const MARGIN_RIGHT = 132;

/**
 * Draws a metric for each value of a name, such as an activation: a line per value with a dot per seed, a
 * bar at the mean, the mean as a number, and a cross with the number of trials that did not complete.
 *
 * @param factor the varied factor; without one, all trials are one line
 */
export function sweepStrip(view: SweepView, factor: Factor | undefined): Drawing {
  const { rows, metric, best } = view;
  const { all, lines } = stripLines(view, factor);
  const color = SERIES[0].light;
  const points = lines.flatMap(({ place, trials }) =>
    trials.flatMap((row) => {
      const x = row[metric];
      return x === null ? [] : [{ x, place, words: view.describe([row]) }];
    })
  );
  const crosses = lines.filter(({ ended }) => ended.length > 0)
    .map((line) => ({ ...line, words: view.describe(line.ended) }));
  const described = points.some(({ words }) => words !== undefined) && { ariaLabel: "words" };
  const axis = metricAxis(metric, rows);
  const x = axisOf(axis, points.map(({ x }) => x));
  const widest = max(lines, ({ name }) => name.length) ?? 0;
  const marginLeft = 28 + 7 * widest;
  const panel = plotPanel({
    width: marginLeft + 520 + MARGIN_RIGHT,
    height: LINE * lines.length + 52,
    marginLeft,
    marginRight: MARGIN_RIGHT,
    marginTop: 4,
    marginBottom: 44,
    x: x.scale,
    y: { type: "linear", domain: [lines.length - 0.5, -0.5], axis: null },
    marks: [
      gridX(x),
      Plot.ruleY(lines, { y: "place", stroke: THEME.grid.light }),
      axisX(x, axis.label),
      Plot.text(lines, {
        ...sideText,
        frameAnchor: "left",
        dx: -marginLeft + 12,
        textAnchor: "start",
        text: "name",
        fill: ({ row }) => row === best?.row ? THEME.text.light : THEME.muted.light,
      }),
      Plot.dot(points, { x: "x", y: "place", fill: color, fillOpacity: 0.75, r: 4, ...described }),
      Plot.ruleX(lines.filter(({ mean }) => mean !== undefined), {
        x: "mean",
        y1: ({ place }) => place - 0.32,
        y2: ({ place }) => place + 0.32,
        stroke: color,
        strokeWidth: 3,
      }),
      Plot.text(lines, {
        ...sideText,
        frameAnchor: "right",
        dx: 64,
        textAnchor: "end",
        text: ({ mean }) => mean === undefined ? "–" : metricText(metric, mean),
      }),
      Plot.dot(crosses, {
        y: "place",
        frameAnchor: "right",
        dx: 82,
        symbol: "times",
        r: 4.5,
        stroke: THEME.text.light,
        strokeWidth: 2,
        ...described && { ariaLabel: "words" },
      }),
      Plot.text(crosses, {
        ...sideText,
        frameAnchor: "right",
        dx: 92,
        textAnchor: "start",
        text: ({ ended, trials }) => `${ended.length}/${trials.length}`,
      }),
      Plot.dot(lines.filter(({ row, mean }) => row === best?.row && mean !== undefined), {
        x: "mean",
        y: "place",
        r: 9,
        stroke: THEME.text.light,
        strokeWidth: 2,
      }),
    ],
  });
  const word = METRIC_WORDS[metric];
  const title = `${word[0].toUpperCase()}${word.slice(1)}`;
  return {
    title: factor === undefined ? title : `${title} by ${factorLabel(factor)}`,
    subtitle: all > lines.length ? [`drawn: the ${lines.length} best of ${all} values`] : [],
    key: [
      { sign: "●", color, label: "a seed" },
      { sign: "┃", color, label: "mean" },
      ...best ? [{ sign: "○", color: THEME.text.light, label: bestWord(metric) }] : [],
    ],
    panel,
  };
}

const sideText = { y: "place", fontSize: 12, fill: THEME.text.light } as const;

/** A value of the factor and its trials. */
interface Line {
  readonly name: string;
  /** Index of the line from the top. */
  readonly place: number;
  readonly row: TrialRow;
  readonly trials: readonly TrialRow[];
  readonly ended: readonly TrialRow[];
  readonly mean: number | undefined;
}

/**
 * Returns a line for each value, in the order of the table, or the best ones if there are too many, and the
 * total number of values.
 */
export function stripLines({ rows, metric }: SweepView, factor: Factor | undefined) {
  const lines = settingsOf(rows).map((setting) => ({
    name: factor === undefined ? "all trials" : shortened(String(setting.row[factor]), LONGEST),
    row: setting.row,
    trials: setting.trials,
    ended: setting.trials.filter(({ status }) => status !== "completed"),
    mean: meanOf(setting, metric),
  }));
  const worst = isAccuracy(metric) ? -Infinity : Infinity;
  if (lines.length > MOST_VALUES) {
    lines.sort((a, b) => compareValues(metric, a.mean ?? worst, b.mean ?? worst));
  }
  const drawn = lines.slice(0, MOST_VALUES).map((line, place): Line => ({ ...line, place }));
  return { all: lines.length, lines: drawn };
}
