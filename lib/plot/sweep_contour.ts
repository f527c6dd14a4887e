import * as Plot from "@observablehq/plot";
import { extent } from "../base/statistics.ts";
import { usageError } from "../base/user_error.ts";
import { METRIC_WORDS } from "../sweep/metric.ts";
import { factorLabel, meanOf, settingsOf } from "../sweep/settings.ts";
import { entryOf, type NumericHyperparameter } from "../training/hyperparameters.ts";
import { axisLabel, metricAxis } from "./axis_label.ts";
import { axisX, axisY, gridX, gridY } from "./axis_marks.ts";
import { axisOf } from "./curves.ts";
import { plotPanel } from "./figure.ts";
import type { Drawing } from "./sweep_curves.ts";
import { formatValue, strengthOf } from "./sweep_heat_map.ts";
import type { SweepView } from "./sweep_view.ts";
import { SERIES, THEME } from "./theme.ts";

const WIDTH = 620, HEIGHT = 440;
/** Strengths of the colour at the lines, from 0, the worst setting, to 1, the best. */
const LEVELS = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95];

/**
 * A metric over two hyperparameters, as lines of equal value between the settings: linear in the triangles
 * of three neighbouring settings, by the logarithm where an axis or the loss has one; beyond the outermost
 * settings it is a guess. Other hyperparameters that vary make it rough. A cross is a setting that did not complete.
 *
 * @throws {UserError} if one of the two is not a number, or has only one value
 */
export function sweepContour(
  { rows, metric, best, describe }: SweepView,
  across: NumericHyperparameter,
  up: NumericHyperparameter,
): Drawing {
  const settings = settingsOf(rows)
    .filter(({ row }) => typeof row[across] === "number" && typeof row[up] === "number")
    .map(({ row, trials, completed, ...setting }) => ({
      x: row[across] as number,
      y: row[up] as number,
      words: describe(trials),
      isBest: best !== undefined && trials.includes(best.row),
      value: trials.length === completed.length
        ? meanOf({ row, trials, completed, ...setting }, metric)
        : undefined,
    }));
  for (const [name, axis] of [[across, "x"], [up, "y"]] as const) {
    if (new Set(settings.map((setting) => setting[axis])).size > 1) continue;
    throw usageError(`a contour needs two numbers that vary, and ${name} does not`);
  }
  const complete = settings.flatMap(({ value, ...rest }) =>
    value === undefined ? [] : [{ ...rest, value }]
  );
  const ended = settings.filter(({ value }) => value === undefined);
  const [low = 0, high = 1] = extent(complete, ({ value }) => value);
  const strength = strengthOf(metric, low, high);
  const worst = strength(low) < strength(high) ? low : high;
  const [x, y] = ([[across, "x"], [up, "y"]] as const).map(([name, axis]) => {
    const { scale } = entryOf(name).axis;
    return axisOf(
      { label: "", scale: scale === "log" ? "log" : "linear" },
      settings.map((setting) => setting[axis]),
    );
  });
  const place = { x: "x", y: "y" } as const;
  const described = complete.some(({ words }) => words !== undefined) && { ariaLabel: "words" };
  const word = METRIC_WORDS[metric];
  return {
    title: `${word[0].toUpperCase()}${word.slice(1)} by ${factorLabel(across)} and ${
      factorLabel(up)
    }`,
    subtitle: [
      `the stronger the colour, the better: ${metricAxis(metric, rows).label} from ` +
      `${formatValue(metric, worst)} to ${formatValue(metric, worst === low ? high : low)}`,
    ],
    key: [
      { sign: "●", color: SERIES[0].light, label: "a setting" },
      { sign: "○", color: THEME.text.light, label: "best" },
      ...ended.length > 0
        ? [{ sign: "✕", color: THEME.muted.light, label: "not all trials completed" }]
        : [],
    ],
    panel: plotPanel({
      width: WIDTH,
      height: HEIGHT,
      marginLeft: 60,
      marginBottom: 44,
      x: x.scale,
      y: y.scale,
      marks: [
        gridX(x),
        gridY(y),
        complete.length > 2
          ? Plot.contour(complete, {
            ...place,
            value: ({ value }: { value: number }) => strength(value),
            interpolate: "barycentric",
            thresholds: LEVELS,
            pixelSize: 6,
            fill: SERIES[0].light,
            fillOpacity: 0.08,
            stroke: SERIES[0].light,
            strokeOpacity: 0.5,
            strokeWidth: 0.75,
          })
          : null,
        axisX(x, axisLabel(across)),
        axisY(y, axisLabel(up)),
        Plot.dot(complete, { ...place, r: 3, fill: SERIES[0].light, ...described }),
        Plot.dot(complete.filter(({ isBest }) => isBest), {
          ...place,
          r: 6.5,
          stroke: THEME.text.light,
          strokeWidth: 2,
        }),
        Plot.dot(ended, {
          ...place,
          symbol: "times",
          r: 3.5,
          stroke: THEME.muted.light,
          strokeWidth: 1.5,
          ...described,
        }),
      ],
    }),
  };
}
