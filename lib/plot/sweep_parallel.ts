import { numberText } from "../base/number_text.ts";
import { explainedShare } from "../sweep/explained.ts";
import { bestWord, compareValues, isAccuracy, METRIC_WORDS } from "../sweep/metric.ts";
import {
  type Factor,
  factorLabel,
  isNumeric,
  meanOf,
  type Setting,
  settingsOf,
} from "../sweep/settings.ts";
import { metricAxis } from "./axis_label.ts";
import { stack } from "./color_scale.ts";
import { axisOf } from "./curves.ts";
import { escapeXml, type Panel } from "./figure.ts";
import { type Drawing, shortened } from "./sweep_curves.ts";
import { heatMapPanel } from "./sweep_heat_map.ts";
import { markLabel, type SweepView } from "./sweep_view.ts";
import { SERIES, THEME } from "./theme.ts";

const GAP = 132, TOP = 44, HEIGHT = 300, LEFT = 60;
/** Distance of incomplete settings from the metric's axis. */
const BEYOND = 26;
/** Maximum number of settings drawn. */
const MOST_SETTINGS = 1000;
/** Maximum number of named values per axis. */
const MOST_NAMES = 12;
/** Maximum characters of such a name. */
const LONGEST = 16;

/**
 * Draws settings of three or more factors as lines through an axis for each factor to the metric's axis:
 * better ones are stronger, the best has its own colour. Settings with incomplete trials are dashed and end
 * at a cross. Below is a heat map of the two most important factors, by the share of the variance that each
 * explains alone.
 */
export function sweepParallel(view: SweepView): Drawing {
  const { factors, metric, rows } = view;
  const shares = new Map(factors.map((name) => [name, explainedShare(rows, name, metric)]));
  // The sort is stable.
  const ranked = [...factors].sort((a, b) => shares.get(b)! - shares.get(a)!);
  const [first, second] = ranked;
  const word = METRIC_WORDS[metric];
  const settings = settingsOf(rows);
  const drawn = sampled(settings, view);
  return {
    title: `${word[0].toUpperCase()}${word.slice(1)} by ${listed(factors.map(factorLabel))}`,
    subtitle: [
      "per cent: how much of the variance of the " +
      `${isAccuracy(metric) ? word : `logarithm of the ${word}`} the factor explains alone`,
      `below: ${factorLabel(first)} and ${factorLabel(second)}; ` +
      "the stronger the colour, the better; each cell: the best over all else",
      ...drawn.length < settings.length
        ? [`drawn: ${drawn.length} of ${settings.length} settings, the best among them`]
        : [],
    ],
    key: [
      { sign: "━", color: SERIES[1].light, label: bestWord(metric) },
      { sign: "━", color: SERIES[0].light, label: "a setting, mean over its seeds" },
      ...drawn.some((setting) => !isComplete(setting))
        ? [{ sign: "╌ ✕", color: THEME.muted.light, label: "not all trials completed" }]
        : [],
    ],
    panel: stack(
      parallelPanel(view, drawn, shares),
      heatMapPanel(
        view,
        ...isNumeric(second) && !isNumeric(first)
          ? [second, first] as const
          : [first, second] as const,
      ),
      24,
    ),
  };
}

/** Reports whether all trials of a setting completed. */
export const isComplete = ({ trials, completed }: Setting) => trials.length === completed.length;

/** `a, b and c`. */
function listed(words: readonly string[]): string {
  return `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}

/** Orders the settings from the worst to the best; keeps every n-th if there are too many. */
function sampled(settings: readonly Setting[], { metric }: SweepView): Setting[] {
  const valued = settings.map((setting) => ({
    setting,
    value: isComplete(setting) ? meanOf(setting, metric) : undefined,
  }));
  const ended = valued.filter(({ value }) => value === undefined);
  const ordered = [
    ...ended,
    ...valued.filter(({ value }) => value !== undefined)
      .sort((a, b) => compareValues(metric, b.value!, a.value!)),
  ].map(({ setting }) => setting);
  const stride = Math.ceil(ordered.length / MOST_SETTINGS);
  return ordered.filter((_, i) => (ordered.length - 1 - i) % stride === 0);
}

function parallelPanel(
  view: SweepView,
  settings: readonly Setting[],
  shares: ReadonlyMap<Factor, number>,
): Panel {
  const { factors, metric } = view;
  const axes = factors.map((name, i) => factorAxis(view, name, LEFT + i * GAP));
  const end = LEFT + factors.length * GAP;
  const measure = measureAxis(view, settings, end);
  const complete = settings.filter(isComplete).length;
  const lines = settings.map((setting, i) => {
    const value = isComplete(setting) ? meanOf(setting, metric) : undefined;
    const points = [
      ...axes.map(({ x, place }) => [x, place(setting.row)]),
      [end, value === undefined ? measure.beyond : measure.place(value)],
    ];
    // From 0, the worst complete setting, to 1, the best.
    const rank = (i - (settings.length - complete)) / Math.max(complete - 1, 1);
    return drawLine(view, setting, points, value === undefined ? undefined : rank);
  });
  const heads = factors.map((name, i) => [
    head(LEFT + i * GAP, 12, factorLabel(name), THEME.text.light),
    head(LEFT + i * GAP, 28, `${Math.round(100 * shares.get(name)!)} %`, THEME.muted.light),
  ]);
  const body = [
    ...axes.map(({ x }) => axisLine(x)),
    axisLine(end),
    ...lines,
    ...axes.map(({ names }) => names),
    measure.names,
    ...heads.flat(),
    head(end, 12, metricAxis(metric, view.rows).label, THEME.text.light),
  ];
  return { width: end + 112, height: TOP + HEIGHT + BEYOND + 12, body: body.join("\n") };
}

function head(x: number, y: number, words: string, color: string): string {
  return `<text x="${x}" y="${y}" text-anchor="middle" fill="${color}">${escapeXml(words)}</text>`;
}

function axisLine(x: number): string {
  return `<line x1="${x}" x2="${x}" y1="${TOP}" y2="${TOP + HEIGHT}" ` +
    `stroke="${THEME.muted.light}"/>`;
}

/** A name at an axis, legible on top of lines. */
function axisName(x: number, y: number, words: string): string {
  return `<text x="${x + 6}" y="${(y + 4).toFixed(2)}" fill="${THEME.text.light}" ` +
    `stroke="${THEME.background.light}" stroke-width="3" paint-order="stroke">` +
    `${escapeXml(words)}</text>`;
}

/** Returns the values of a factor in the order of its axis, from the bottom. */
export function axisValues({ rows }: SweepView, name: Factor) {
  const values = [...new Set(rows.map((row) => row[name]))];
  return isNumeric(name) ? values.sort(numbersFirst) : values;
}

/** Returns a value's name at an axis. */
export function valueName(value: unknown): string {
  return typeof value === "number" ? numberText(value) : shortened(String(value), LONGEST);
}

/** An axis of a factor: its values, equally spaced. */
function factorAxis(view: SweepView, name: Factor, x: number) {
  const ordered = axisValues(view, name);
  const places = new Map(ordered.map((value, i) => [
    value,
    TOP + HEIGHT * (1 - (i + 0.5) / ordered.length),
  ]));
  const stride = Math.ceil(ordered.length / MOST_NAMES);
  const names = ordered.filter((_, i) => i % stride === 0).map((value) =>
    axisName(x, places.get(value)!, valueName(value))
  );
  return {
    x,
    place: (row: Setting["row"]) => places.get(row[name])!,
    names: names.join(""),
  };
}

function numbersFirst(a: unknown, b: unknown): number {
  if (typeof a === "number" && typeof b === "number") return a - b;
  return Number(typeof a !== "number") - Number(typeof b !== "number");
}

/** The metric's axis, and the position of incomplete settings beyond its worse end. */
function measureAxis({ metric, rows }: SweepView, settings: readonly Setting[], x: number) {
  const values = settings.filter(isComplete).flatMap((setting) => meanOf(setting, metric) ?? []);
  const { scale, ticks, format } = axisOf(metricAxis(metric, rows), values);
  const bend = scale.type === "log" ? Math.log10 : (value: number) => value;
  const [low, high] = scale.domain.map(bend);
  const place = (value: number) => TOP + HEIGHT * (1 - (bend(value) - low) / (high - low));
  const beyond = isAccuracy(metric) ? TOP + HEIGHT + BEYOND : TOP - BEYOND / 2;
  const cross = settings.every(isComplete) ? "" : axisName(x, beyond, "✕ not completed");
  return {
    place,
    beyond,
    names: ticks.map((tick) => axisName(x, place(tick), format(tick))).join("") + cross,
  };
}

/** Draws the line of a setting, and a dot at its end for the pointer. */
function drawLine(
  { describe, best }: SweepView,
  setting: Setting,
  points: readonly (readonly number[])[],
  rank: number | undefined,
): string {
  const d = points.map(([x, y], i) => `${i === 0 ? "M" : "L"}${x},${y.toFixed(2)}`).join("");
  const isBest = setting.row === best?.row;
  const look = rank === undefined
    ? `stroke="${THEME.muted.light}" stroke-opacity="0.6" stroke-dasharray="4 3"`
    : isBest
    ? `stroke="${SERIES[1].light}" stroke-width="3"`
    : `stroke="${SERIES[0].light}" stroke-opacity="${(0.15 + 0.6 * rank).toFixed(3)}"`;
  const [x, y] = points.at(-1)!;
  const color = rank === undefined ? THEME.muted : SERIES[isBest ? 1 : 0];
  return `<g class="setting"><path d="${d}" fill="none" ${look}/>` +
    `<circle cx="${x}" cy="${y.toFixed(2)}" r="3.5" fill="${color.light}"` +
    `${markLabel(describe(setting.trials), escapeXml)}/></g>`;
}
