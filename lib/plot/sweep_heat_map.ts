import { numberText, percentageText } from "../base/number_text.ts";
import { extent, max, quantile } from "../base/statistics.ts";
import { compareValues, isAccuracy, METRIC_WORDS } from "../sweep/metric.ts";
import type { TrialRow } from "../sweep/row.ts";
import { type Factor, factorLabel, isNumeric, meanOf, settingsOf } from "../sweep/settings.ts";
import { axisLabel, metricAxis } from "./axis_label.ts";
import { escapeXml, type Panel } from "./figure.ts";
import { type Drawing, shortened } from "./sweep_curves.ts";
import { markLabel, type SweepView } from "./sweep_view.ts";
import { SERIES, THEME } from "./theme.ts";

/** Maximum numbers with their own column; more are put into groups of equal size. */
const MOST_VALUES = 24;
const GROUPS = 12;
/** Minimum width of a cell with its value, in pixels. */
const WIDE_ENOUGH = 46;
/** Upper estimate of the width of a letter of 12 pixels. */
const LETTER = 8;
/** Maximum characters of a name beside the map. */
const LONGEST = 30;

/**
 * Draws a metric for each pair of values of two factors, as a map of cells with their values: better cells
 * have a stronger colour, the best is framed. If other factors vary too, a cell has the best of its settings.
 * A cell shows the number of trials that did not complete; only settings whose trials all completed have a
 * value.
 */
export function sweepHeatMap(view: SweepView, across: Factor, up: Factor): Drawing {
  const word = METRIC_WORDS[view.metric];
  const more = view.factors.length > 2 ? "; each cell: the best over all else" : "";
  return {
    title: `${word[0].toUpperCase()}${word.slice(1)} by ${factorLabel(across)} and ${
      factorLabel(up)
    }`,
    panel: heatMapPanel(view, across, up),
    subtitle: [`the stronger the colour, the better${more}`],
  };
}

/** Returns the cells of a map by column and row, the first row at the top. */
export function heatMapOf(view: SweepView, across: Factor, up: Factor) {
  const columns = binsOf(view.rows, across);
  // Numbers increase upwards; names are in the order of the table from the top.
  const rows = isNumeric(up) ? inPlaces(binsOf(view.rows, up).reverse()) : binsOf(view.rows, up);
  const cells = cellsOf(view, columns, across, rows, up);
  const [lowest = 0, highest = 1] = extent(cells.flatMap(({ value }) => value ?? []));
  return { columns, rows, cells, lowest, highest };
}

/** Draws the map with its axes and colour scale, without a heading. */
export function heatMapPanel(view: SweepView, across: Factor, up: Factor): Panel {
  const { columns, rows, cells, lowest, highest } = heatMapOf(view, across, up);
  const strength = strengthOf(view.metric, lowest, highest);
  const width = Math.min(76, Math.max(8, Math.floor(760 / columns.length)));
  const height = Math.min(40, Math.max(8, Math.floor(560 / rows.length)));
  const left = 34 + 7 * (max(rows, ({ name }) => name.length) ?? 0);
  const size = { width: columns.length * width, height: rows.length * height };
  const body = [
    ...cells.map((cell) =>
      drawCell(view, cell, { x: left + cell.column * width, y: cell.row * height, width, height }, {
        strength: cell.value === undefined ? 0 : strength(cell.value),
        isBest: cell.trials.includes(view.best?.row as TrialRow),
      })
    ),
    ...thinned(rows, Math.ceil(14 / height)).map(({ name, place }) =>
      text(left - 8, (place + 0.5) * height + 4, name, "end")
    ),
    ...columnNames(columns, left, width, size.height),
    text(left + size.width / 2, size.height + 44, axisLabel(across), "middle"),
    `<g transform="translate(12,${
      Math.max(size.height, LETTER * axisLabel(up).length) / 2
    }) rotate(-90)">${text(0, 0, axisLabel(up), "middle")}</g>`,
    scaleStrip(view, lowest, highest, left, size.height + 62),
  ];
  return {
    width: Math.max(left + size.width + 12, left + 420),
    height: Math.max(size.height + 84, LETTER * axisLabel(up).length),
    body: body.join("\n"),
  };
}

/** One or several values of a factor that share a column or a row of the map. */
interface Bin {
  readonly name: string;
  readonly place: number;
  readonly has: (value: unknown) => boolean;
}

/** The values of a factor: sorted numbers, then words; names as in the table. */
function binsOf(rows: readonly TrialRow[], factor: Factor): Bin[] {
  const values = [...new Set(rows.map((row) => row[factor]))];
  const numbers = values.filter((value) => typeof value === "number").sort((a, b) => a - b);
  const words = values.filter((value) => typeof value !== "number");
  const each = [...isNumeric(factor) ? numbers : [], ...isNumeric(factor) ? words : values]
    .map((own) => ({
      name: typeof own === "number" ? numberText(own) : shortened(String(own), LONGEST),
      has: (value: unknown) => value === own,
    }));
  const bins = isNumeric(factor) && numbers.length > MOST_VALUES
    ? [...groupsOf(numbers), ...each.slice(numbers.length)]
    : each;
  return inPlaces(bins);
}

function inPlaces(bins: readonly Omit<Bin, "place">[]): Bin[] {
  return bins.map((bin, place) => ({ ...bin, place }));
}

/** Groups many numbers into bins of equal size. */
function groupsOf(numbers: readonly number[]) {
  const ends = Array.from({ length: GROUPS + 1 }, (_, i) => quantile(numbers, i / GROUPS)!);
  return ends.slice(0, -1).map((low, i) => {
    const high = ends[i + 1], isLast = i === GROUPS - 1;
    return {
      name: `from ${numberText(low)}`,
      has: (value: unknown) =>
        typeof value === "number" && value >= low && (value < high || isLast && value <= high),
    };
  });
}

interface Cell {
  readonly column: number;
  readonly row: number;
  readonly trials: readonly TrialRow[];
  readonly ended: number;
  /** Best mean of the cell's settings whose trials all completed. */
  readonly value: number | undefined;
}

function cellsOf(
  { rows: trials, metric }: SweepView,
  columns: readonly Bin[],
  across: Factor,
  rows: readonly Bin[],
  up: Factor,
): Cell[] {
  const settings = settingsOf(trials);
  return rows.flatMap((line, row) => {
    const inLine = settings.filter((setting) => line.has(setting.row[up]));
    return columns.flatMap((bin, column): Cell[] => {
      const own = inLine.filter((setting) => bin.has(setting.row[across]));
      if (own.length === 0) return [];
      const values = own.filter(({ trials, completed }) => trials.length === completed.length)
        .map((setting) => meanOf(setting, metric)!);
      const all = own.flatMap(({ trials }) => trials);
      return [{
        column,
        row,
        trials: all,
        ended: all.filter(({ status }) => status !== "completed").length,
        value: values.sort((a, b) => compareValues(metric, a, b))[0],
      }];
    });
  });
}

/** Returns a function from a value to its colour strength, from 0, the worst, to 1; losses by logarithm. */
export function strengthOf(metric: SweepView["metric"], lowest: number, highest: number) {
  const bend = !isAccuracy(metric) && lowest > 0 ? Math.log : (value: number) => value;
  const range = bend(highest) - bend(lowest);
  const share = (value: number) => range > 0 ? (bend(value) - bend(lowest)) / range : 0.5;
  return (value: number) => isAccuracy(metric) ? share(value) : 1 - share(value);
}

const opacityOf = (strength: number) => (0.08 + 0.87 * strength).toFixed(3);

interface Place {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

function drawCell(
  { metric, describe }: SweepView,
  { value, ended, trials }: Cell,
  { x, y, width, height }: Place,
  { strength, isBest }: { readonly strength: number; readonly isBest: boolean },
): string {
  const box = `x="${x + 1}" y="${y + 1}" width="${width - 2}" height="${height - 2}"`;
  const label = markLabel(describe(trials), escapeXml);
  const fill = value === undefined
    ? `fill="${THEME.background.light}" stroke="${THEME.grid.light}"`
    : `fill="${SERIES[0].light}" fill-opacity="${opacityOf(strength)}"`;
  const frame = isBest
    ? `<rect ${box} fill="none" stroke="${THEME.text.light}" stroke-width="3"/>`
    : "";
  // On a strong colour the page's background colour is readable, on light and on dark pages.
  const ink = strength > 0.62 && value !== undefined ? THEME.background : THEME.text;
  const shown = value === undefined ? [] : [formatValue(metric, value)];
  const cross = ended > 0 ? [`✕ ${ended}/${trials.length}`] : [];
  const lines = width >= WIDE_ENOUGH && height >= 16
    ? (height >= 32 ? [...shown, ...cross] : [[...shown, ...cross].join(" ")])
    : value === undefined && width >= 10
    ? ["✕"]
    : [];
  const first = y + height / 2 + 4 - 7 * (lines.length - 1);
  const texts = lines.map((line, i) =>
    `<text x="${x + width / 2}" y="${first + 14 * i}" text-anchor="middle" fill="${ink.light}"` +
    `${line.startsWith("✕") ? ` font-size="10"` : isBest ? ` font-weight="700"` : ""}>` +
    `${escapeXml(line)}</text>`
  );
  return `<rect ${box} ${fill}${label}/>${frame}${texts.join("")}`;
}

/** Formats a loss with three significant digits, an accuracy in per cent with two decimals. */
export function formatValue(metric: SweepView["metric"], value: number): string {
  return isAccuracy(metric) ? percentageText(100 * value) : numberText(value, 3);
}

/** Keeps every n-th name, so that they do not overlap. */
function thinned(bins: readonly Bin[], n: number): readonly Bin[] {
  return bins.filter((_, i) => i % n === 0);
}

/** Names of the columns below the map, as many as fit. */
function columnNames(bins: readonly Bin[], left: number, width: number, y: number): string[] {
  const longest = 7 * (max(bins, ({ name }) => name.length) ?? 0) + 6;
  return thinned(bins, Math.ceil(longest / width)).map(({ name, place }) =>
    text(left + (place + 0.5) * width, y + 18, name, "middle")
  );
}

function text(x: number, y: number, words: string, anchor: "start" | "middle" | "end"): string {
  return `<text x="${x}" y="${y}" text-anchor="${anchor}" fill="${THEME.muted.light}">` +
    `${escapeXml(words)}</text>`;
}

/** Colours from the worst to the best, with the values at both ends. */
function scaleStrip(
  { metric, rows }: SweepView,
  lowest: number,
  highest: number,
  x: number,
  y: number,
): string {
  const [worst, best] = isAccuracy(metric) ? [lowest, highest] : [highest, lowest];
  const steps = 12, step = 10;
  const boxes = Array.from(
    { length: steps },
    (_, i) =>
      `<rect x="${x + 62 + i * step}" y="${y}" width="${step}" height="12" ` +
      `fill="${SERIES[0].light}" fill-opacity="${opacityOf(i / (steps - 1))}"/>`,
  );
  return text(x + 56, y + 11, formatValue(metric, worst), "end") + boxes.join("") +
    text(
      x + 68 + steps * step,
      y + 11,
      `${formatValue(metric, best)} ${metricAxis(metric, rows).label}`,
      "start",
    );
}
