import * as Plot from "@observablehq/plot";
import { numberText } from "../base/number_text.ts";
import { sum } from "../base/statistics.ts";
import { bestWord, heldOutMeasures, METRIC_WORDS } from "../sweep/metric.ts";
import type { TrialRow } from "../sweep/row.ts";
import { factorLabel, settingText } from "../sweep/settings.ts";
import { type NumericHyperparameter, REGISTRY } from "../training/hyperparameters.ts";
import { axisLabel, metricAxis } from "./axis_label.ts";
import { stack } from "./color_scale.ts";
import { curveKey, curvePanel, type Observation } from "./curves.ts";
import { escapeXml, type KeyEntry, type Panel } from "./figure.ts";
import type { SweepView } from "./sweep_view.ts";
import { THEME } from "./theme.ts";

/** The panels of a figure with its title and key. */
export interface Drawing {
  readonly title: string;
  readonly subtitle?: readonly string[];
  readonly key?: readonly KeyEntry[];
  readonly panel: Panel;
}

/** Maximum number of curves per panel. */
const MOST_CURVES = 6;
const COLUMNS = 3;

/**
 * Draws a metric along a hyperparameter: a curve through the means with the range over the seeds, a cross
 * for trials that did not complete, and a ring around the best. If nothing else varies and the metric is the
 * loss on held-out images, the training loss is drawn as well. If something else varies, each of its values
 * has a curve, or its own panel if there are more than six.
 */
export function sweepCurves(view: SweepView, along: NumericHyperparameter): Drawing {
  const { rows, factors, metric } = view;
  const others = factors.filter((name) => name !== along);
  const word = hasBothLosses(view, along) ? "loss" : METRIC_WORDS[metric];
  const title = `${word[0].toUpperCase()}${word.slice(1)} against ${factorLabel(along)}`;
  const seeds = new Set(rows.map(({ seed }) => seed)).size;
  const subtitle = seeds > 1 ? ["line: mean; band: from the lowest to the highest seed"] : [];
  const observations = sweepObservations(view, along);
  const groups = Map.groupBy(rows, (row) => settingText(row, others));
  if (groups.size > MOST_CURVES) {
    return { title, subtitle, panel: multiples(view, along, groups) };
  }
  const panel = panelOf(view, along, observations, rows, { y: metricAxis(metric, rows, word) });
  return { title, subtitle, key: curveKey(observations), panel };
}

/** Reports whether the training loss is drawn as well: if nothing else varies. */
export function hasBothLosses(
  { rows, factors, metric }: SweepView,
  along: NumericHyperparameter,
): boolean {
  return metric === heldOutMeasures(rows).loss && factors.every((name) => name === along);
}

/** Converts the completed trials to points of curves along a hyperparameter. */
export function sweepObservations(view: SweepView, along: NumericHyperparameter): Observation[] {
  return [
    ...observe(view, along, view.metric),
    ...hasBothLosses(view, along) ? observe(view, along, "trainLoss") : [],
  ];
}

/** The points of one metric. */
function observe(
  { rows, factors, describe }: SweepView,
  along: NumericHyperparameter,
  metric: SweepView["metric"],
): Observation[] {
  const others = factors.filter((name) => name !== along);
  return rows.flatMap((row) => {
    const y = row[metric];
    if (y === null) return [];
    const series = others.length > 0 ? settingText(row, others) : METRIC_WORDS[metric];
    return [{ series, x: row[along], y, words: describe([row]) }];
  });
}

/** A panel for each group, all with the same axes. */
function multiples(
  view: SweepView,
  along: NumericHyperparameter,
  groups: ReadonlyMap<string, readonly TrialRow[]>,
): Panel {
  const { rows, metric } = view;
  const y = {
    ...metricAxis(metric, rows),
    also: rows.flatMap((row) => row[metric] ?? []),
  };
  const panels = [...groups].map(([name, own]) => {
    const observations = observe({ ...view, rows: own }, along, metric)
      .map((point) => ({ ...point, series: "" }));
    const panel = panelOf(view, along, observations, own, { y, width: 300, height: 220 });
    return stack(titlePanel(name, 300), panel, 2);
  });
  const lines = Array.from(
    { length: Math.ceil(panels.length / COLUMNS) },
    (_, i) => sideBySide(panels.slice(i * COLUMNS, (i + 1) * COLUMNS)),
  );
  return lines.reduce((above, below) => stack(above, below, 14));
}

function titlePanel(text: string, width: number): Panel {
  const short = shortened(text, Math.floor(width / 7));
  return {
    width,
    height: 16,
    body: `<text x="${width / 2}" y="12" text-anchor="middle" font-weight="600">` +
      `${escapeXml(short)}</text>`,
  };
}

/** Shortens a text in the middle if it has more than `most` characters. */
export function shortened(text: string, most: number): string {
  if (text.length <= most) return text;
  const half = (most - 1) / 2;
  return `${text.slice(0, Math.ceil(half))}…${text.slice(-Math.floor(half))}`;
}

function sideBySide(panels: readonly Panel[]): Panel {
  const gap = 16;
  const bodies = panels.map(({ body, width }, i) =>
    `<g transform="translate(${i * (width + gap)},0)">${body}</g>`
  );
  return {
    width: sum(panels, ({ width }) => width + gap) - gap,
    height: Math.max(...panels.map(({ height }) => height)),
    body: bodies.join("\n"),
  };
}

function panelOf(
  view: SweepView,
  along: NumericHyperparameter,
  observations: readonly Observation[],
  rows: readonly TrialRow[],
  { y, ...size }: Pick<Parameters<typeof curvePanel>[1], "y" | "width" | "height">,
): Panel {
  const ended = unfinished(rows, along, view);
  const isOwn = rows.includes(view.best?.row as TrialRow);
  return curvePanel(observations, {
    ...size,
    x: {
      label: axisLabel(along),
      scale: REGISTRY[along].axis.scale,
      also: view.rows.map((row) => row[along]),
    },
    y: { ...y, padLow: 0.14 },
    marginTop: ended.length > 0 ? 36 : 8,
    marks: (place) => [
      ...unfinishedMarks(ended, place),
      ...isOwn ? bestMarks(view, along, place) : [],
    ],
  });
}

/** Counts the trials that did not complete, by value. */
function unfinished(
  rows: readonly TrialRow[],
  along: NumericHyperparameter,
  { describe }: SweepView,
) {
  return [...Map.groupBy(rows, (row) => row[along])].flatMap(([x, group]) => {
    const ended = group.filter(({ status }) => status !== "completed");
    const failed = ended.filter(({ status }) => status === "failed").length;
    if (ended.length === 0) return [];
    return [{ x, count: ended.length, of: group.length, failed, words: describe(ended) }];
  });
}

type Place = (x: number | string) => number;

/** A strip above the curves: a cross and a count for trials that did not complete. */
function unfinishedMarks(places: ReturnType<typeof unfinished>, place: Place): Plot.Markish[] {
  const at = { x: ({ x }: { x: number | string }) => place(x), frameAnchor: "top" } as const;
  const failed = sum(places, ({ failed }) => failed);
  const all = sum(places, ({ count }) => count);
  const word = failed === 0 ? "diverged" : failed === all ? "failed" : "incomplete";
  const described = places.some(({ words }) => words !== undefined);
  return [
    Plot.dot(places, {
      ...at,
      dy: -10,
      symbol: "times",
      r: 5,
      stroke: THEME.text.light,
      strokeWidth: 2,
      ...described && { ariaLabel: "words" },
    }),
    Plot.text(places, {
      ...at,
      dy: -27,
      text: ({ count, of }) => `${count}/${of}`,
      fill: THEME.text.light,
      fontSize: 11,
    }),
    Plot.text(places.length > 0 ? [word] : [], {
      frameAnchor: "top-left",
      dy: -16,
      dx: -44,
      fill: THEME.text.light,
      fontSize: 11,
    }),
  ];
}

/** A ring around the best mean, with its value of x below. */
function bestMarks(
  { best, metric }: SweepView,
  along: NumericHyperparameter,
  place: Place,
): Plot.Markish[] {
  if (best === undefined) return [];
  const value = best.row[along];
  const word = typeof value === "number" ? numberText(value) : value;
  const point = { x: place(value), y: best[metric] ?? NaN };
  const at = { x: "x", y: "y" } as const;
  return [
    Plot.dot([point], { ...at, r: 7, stroke: THEME.text.light, strokeWidth: 2 }),
    Plot.text([point], {
      ...at,
      dy: 20,
      text: () => `${bestWord(metric)}: ${word}${along === "epochs" ? " epochs" : ""}`,
      fill: THEME.text.light,
      stroke: THEME.background.light,
      strokeWidth: 4,
      fontSize: 12,
      fontWeight: 600,
    }),
  ];
}
