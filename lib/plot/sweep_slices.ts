import * as Plot from "@observablehq/plot";
import { extent } from "../base/statistics.ts";
import { UserError } from "../base/user_error.ts";
import { importances, kindOf } from "../sweep/importance.ts";
import { isAccuracy, METRIC_WORDS } from "../sweep/metric.ts";
import {
  type Factor,
  factorLabel,
  isNumeric,
  meanOf,
  type Setting,
  settingsOf,
} from "../sweep/settings.ts";
import { entryOf } from "../training/hyperparameters.ts";
import { axisLabel, metricAxis } from "./axis_label.ts";
import { axisX, axisY, gridX, gridY } from "./axis_marks.ts";
import { stack } from "./color_scale.ts";
import { axisOf } from "./curves.ts";
import { escapeXml, type Panel, plotPanel } from "./figure.ts";
import { type Drawing, shortened } from "./sweep_curves.ts";
import type { SweepView } from "./sweep_view.ts";
import { SERIES, THEME } from "./theme.ts";

const WIDTH = 300, HEIGHT = 230, ACROSS = 3, GAP = 16;
/** The most names on an axis, and the most characters of one. */
const MOST_NAMES = 8, LONGEST = 12;

/**
 * A scatter for each factor of a sweep, the most important first: a dot per setting at its value of this
 * factor alone. Above each is how much the factor matters, see {@linkcode importances}.
 */
export function sweepSlices(view: SweepView): Drawing {
  const { rows, metric } = view;
  const { of, factors } = importances(rows, metric);
  if (factors.length === 0) {
    throw new UserError("no hyperparameter varies between these trials, so there are no slices");
  }
  const settings = settingsOf(rows);
  const word = METRIC_WORDS[metric];
  const panels = factors.map(({ factor, share }, i) => {
    const panel = slice(view, settings, factor, i % ACROSS === 0);
    const percent = `${Math.round(100 * share)} %`;
    return stack(heading(`${factorLabel(factor)} · ${percent}`, panel.width), panel, 2);
  });
  const lines = Array.from(
    { length: Math.ceil(panels.length / ACROSS) },
    (_, i) => sideBySide(panels.slice(i * ACROSS, (i + 1) * ACROSS)),
  );
  const ended = settings.some((setting) => !isComplete(setting));
  return {
    title: `${word[0].toUpperCase()}${word.slice(1)} by each hyperparameter`,
    subtitle: [
      "each dot: a setting, mean over its seeds",
      of === "variance"
        ? `per cent: how much of the variance of the ${
          isAccuracy(metric) ? word : `logarithm of the ${word}`
        } the hyperparameter explains alone`
        : "per cent: the hyperparameter's share in what sets the best tenth of the settings, or the " +
          "best five, apart (PED-ANOVA)",
    ],
    key: [
      { sign: "●", color: SERIES[0].light, label: "a setting" },
      { sign: "○", color: THEME.text.light, label: "best" },
      ...ended ? [{ sign: "✕", color: THEME.muted.light, label: "not all trials completed" }] : [],
    ],
    panel: lines.reduce((above, below) => stack(above, below, 14)),
  };
}

const isComplete = ({ trials, completed }: Setting) => trials.length === completed.length;

function heading(text: string, width: number): Panel {
  return {
    width,
    height: 16,
    body: `<text x="${width / 2}" y="12" text-anchor="middle" font-weight="600">` +
      `${escapeXml(text)}</text>`,
  };
}

function sideBySide(panels: readonly Panel[]): Panel {
  let x = 0;
  const bodies = panels.map(({ body, width }) => {
    const placed = `<g transform="translate(${x},0)">${body}</g>`;
    x += width + GAP;
    return placed;
  });
  return {
    width: x - GAP,
    height: Math.max(...panels.map(({ height }) => height)),
    body: bodies.join("\n"),
  };
}

/** The settings along one factor. */
function slice(
  { rows, metric, best, describe }: SweepView,
  settings: readonly Setting[],
  factor: Factor,
  isFirst: boolean,
): Panel {
  const measure = metricAxis(metric, rows);
  const ended = settings.filter((setting) => !isComplete(setting));
  const points = settings.filter(isComplete).flatMap((setting) => {
    const y = meanOf(setting, metric);
    return y === undefined ? [] : [{ setting, y, words: describe(setting.trials) }];
  });
  const x = placesOf(factor, settings);
  const y = axisOf(measure, points.map(({ y }) => y));
  const isBest = ({ setting }: typeof points[number]) =>
    best !== undefined && setting.trials.includes(best.row);
  const described = points.some(({ words }) => words !== undefined) && { ariaLabel: "words" };
  return plotPanel({
    width: WIDTH,
    height: HEIGHT,
    marginTop: ended.length > 0 ? 22 : 8,
    marginLeft: 52,
    marginRight: 12,
    marginBottom: 44,
    x: x.scale,
    y: y.scale,
    marks: [
      gridX(x),
      gridY(y),
      axisX(x, axisLabel(factor), 11),
      axisY(y, isFirst ? measure.label : null, 11),
      Plot.dot(points, {
        x: ({ setting }) => x.place(setting),
        y: "y",
        r: 3,
        fill: SERIES[0].light,
        fillOpacity: 0.7,
        ...described,
      }),
      Plot.dot(points.filter(isBest), {
        x: ({ setting }) => x.place(setting),
        y: "y",
        r: 6.5,
        stroke: THEME.text.light,
        strokeWidth: 2,
      }),
      Plot.dot(ended.map((setting) => ({ setting, words: describe(setting.trials) })), {
        x: ({ setting }) => x.place(setting),
        frameAnchor: "top",
        dy: -9,
        symbol: "times",
        r: 3.5,
        stroke: THEME.muted.light,
        strokeWidth: 1.5,
        ...described,
      }),
    ],
  });
}

/** The axis of a factor: of numbers, or of names at equal distances. */
function placesOf(factor: Factor, settings: readonly Setting[]) {
  const value = ({ row }: Setting) => row[factor];
  if (isNumeric(factor) && factor !== "dataset") {
    const { axis } = entryOf(factor);
    const { scale, ticks, place, format } = axisOf(
      { label: "", scale: axis.scale === "log" ? "log" : "linear" },
      settings.map((setting) => value(setting) as number | string),
    );
    return { scale, ticks: fewer(ticks), place: (s: Setting) => place(value(s) as number), format };
  }
  const texts = [...new Set(settings.map((setting) => String(value(setting))))];
  const nameOf = texts.length <= MOST_NAMES ? String : kindOf;
  const names = [...new Set(texts.map(nameOf))];
  const stride = Math.ceil(names.length / MOST_NAMES);
  return {
    scale: { type: "linear", domain: [-0.5, names.length - 0.5] } as const,
    ticks: [...names.keys()].filter((i) => i % stride === 0),
    place: (setting: Setting) => names.indexOf(nameOf(String(value(setting)))),
    format: (i: number) => shortened(names[i], Math.max(3, Math.min(LONGEST, 36 / names.length))),
  };
}

/** At most six of the ticks: a slice is narrow. */
function fewer(ticks: readonly number[]): number[] {
  const [low = 1, high = 1] = extent(ticks);
  const tens = ticks.filter((tick) => /^1e/.test(tick.toExponential()));
  if (ticks.length > 6 && tens.length >= 3 && high / low >= 100) return tens;
  const stride = Math.ceil(ticks.length / 6);
  return ticks.filter((_, i) => i % stride === 0);
}
