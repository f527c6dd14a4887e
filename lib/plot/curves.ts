import * as Plot from "@observablehq/plot";
import { extent, max, min } from "../base/statistics.ts";
import { type KeyEntry, type Panel, plotPanel } from "./figure.ts";
import { SERIES, THEME } from "./theme.ts";

/** One measured point of a curve. Several with the same series and x are repeats (seeds). */
export interface Observation {
  readonly series: string;
  readonly x: number;
  readonly y: number;
  /**
   * What a page shows of the point under the pointer. Where some points have words, these and no others
   * are drawn as dots, however many they are.
   */
  readonly words?: string;
}

/** The repeats at one place of a curve, summed up. */
export interface Summary {
  readonly series: string;
  readonly x: number;
  readonly mean: number;
  readonly min: number;
  readonly max: number;
  readonly count: number;
}

/** How an axis is drawn. */
export interface Axis {
  /** What is measured, and its unit in brackets. */
  readonly label: string;
  /** Where `log` is asked for and a value is not above 0, the axis is linear after all. */
  readonly scale: "linear" | "log";
  /** Labels are per cent: 0.97 is written 97. */
  readonly percent?: boolean;
  /** Room at the low end, as a part of the range; 0.05 unless given. */
  readonly padLow?: number;
}

/** What {@linkcode curvePanel} draws beside the curves. */
export interface CurveOptions {
  readonly x: Axis;
  readonly y: Axis;
  readonly width?: number;
  readonly height?: number;
  /** Room above the curves, in pixels, for marks of the caller's own. */
  readonly marginTop?: number;
  /** Points on the x axis that have no observation but must be within the range. */
  readonly alsoX?: readonly number[];
  /** Drawn over the curves. */
  readonly marks?: readonly Plot.Markish[];
}

/** The look of the series at a place in the list: colour, sign and, after six, dashes. */
function seriesStyle(index: number) {
  const symbols = ["circle", "square", "triangle", "diamond2", "star", "cross"] as const;
  const signs = ["●", "■", "▲", "◆", "★", "✚"];
  const place = index % SERIES.length;
  const round = Math.floor(index / SERIES.length);
  return {
    color: SERIES[place].light,
    symbol: symbols[place],
    sign: signs[place] + "╌".repeat(round),
    dashes: round === 0 ? undefined : `${6 / round} 3`,
  };
}

/** The names of the series, in the order in which they first occur. */
function seriesNames(observations: readonly Observation[]): string[] {
  return [...new Set(observations.map(({ series }) => series))];
}

/** A figure's key to the series of the observations. */
export function curveKey(observations: readonly Observation[]): KeyEntry[] {
  return seriesNames(observations).map((label, i) => {
    const { sign, color } = seriesStyle(i);
    return { sign, color, label };
  });
}

/**
 * The repeats at each place of each series summed up, in the order of the series and of x.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { summarize } from "./curves.ts";
 * const [at1] = summarize([{ series: "a", x: 1, y: 2 }, { series: "a", x: 1, y: 4 }]);
 * assert(at1.mean === 3 && at1.min === 2 && at1.max === 4 && at1.count === 2);
 * ```
 */
export function summarize(observations: readonly Observation[]): Summary[] {
  const groups = Map.groupBy(observations, ({ series, x }) => `${series}\n${x}`);
  const summaries = [...groups.values()].map((group) => {
    const values = group.map(({ y }) => y);
    return {
      series: group[0].series,
      x: group[0].x,
      mean: values.reduce((total, y) => total + y, 0) / values.length,
      min: min(values)!,
      max: max(values)!,
      count: values.length,
    };
  });
  const order = seriesNames(observations);
  return summaries.sort((a, b) => order.indexOf(a.series) - order.indexOf(b.series) || a.x - b.x);
}

/** Curves through the means, a band from the least to the greatest repeat, and a dot per repeat. */
export function curvePanel(observations: readonly Observation[], options: CurveOptions): Panel {
  const { width = 720, height = 380, marginTop = 8, marks = [], alsoX = [] } = options;
  const summaries = summarize(observations);
  const x = axis(options.x, [...observations.map(({ x }) => x), ...alsoX]);
  const y = axis(options.y, observations.map(({ y }) => y));
  const ink = { stroke: THEME.muted.light, fill: THEME.muted.light };
  const widest = max(y.ticks, (tick) => y.format(tick).length) ?? 0;
  return plotPanel({
    width,
    height,
    marginTop,
    marginLeft: widest > 5 ? 20 + 8 * widest : 52,
    marginBottom: 44,
    x: x.scale,
    y: y.scale,
    marks: [
      Plot.gridX(x.ticks, { stroke: THEME.grid.light, strokeOpacity: 1 }),
      Plot.gridY(y.ticks, { stroke: THEME.grid.light, strokeOpacity: 1 }),
      Plot.axisX(x.ticks, { ...axisLook, ...ink, label: options.x.label, text: x.format }),
      Plot.axisY(y.ticks, { ...axisLook, ...ink, label: options.y.label, text: y.format }),
      seriesNames(observations).flatMap((name, i) => seriesMarks(name, i, summaries, observations)),
      ...marks,
    ],
  });
}

const axisLook = {
  labelAnchor: "center",
  labelArrow: "none",
  tickSize: 0,
  fontSize: 12,
} as const;

/** Band, line and dots of one series; dots only while there are few enough to be told apart. */
function seriesMarks(
  name: string,
  index: number,
  summaries: readonly Summary[],
  observations: readonly Observation[],
): Plot.Markish[] {
  const { color, symbol, dashes } = seriesStyle(index);
  const own = summaries.filter(({ series }) => series === name);
  const points = observations.filter(({ series }) => series === name);
  const repeated = own.some(({ count }) => count > 1);
  const described = points.filter(({ words }) => words !== undefined);
  const dots = described.length > 0 ? described : own.length > 60 ? [] : points;
  return [
    repeated
      ? Plot.areaY(own, { x: "x", y1: "min", y2: "max", fill: color, fillOpacity: 0.2 })
      : null,
    Plot.lineY(own, { x: "x", y: "mean", stroke: color, strokeWidth: 2, strokeDasharray: dashes }),
    Plot.dot(dots, {
      ...{ x: "x", y: "y", fill: color, symbol },
      ...described.length > 0 ? { r: 3.5, ariaLabel: "words" } : { r: 2.5 },
    }),
  ];
}

/**
 * The range that axes can show. A linear axis must subtract its ends, so that each may be at most half
 * of the largest number; a logarithmic one begins at the least positive number.
 */
const LARGEST = Number.MAX_VALUE / 2;
const clamp = (value: number, low: number) => Math.min(Math.max(value, low), LARGEST);

/** The scale, ticks and labels of an axis for some values; infinite values and NaN are left out. */
function axis({ scale, percent, padLow = 0.05 }: Axis, values: readonly number[]) {
  const [least = 0, greatest = 1] = extent(values.filter(Number.isFinite));
  const log = scale === "log" && least > 0;
  const floor = log ? Number.MIN_VALUE : -LARGEST;
  const low = clamp(least, floor), high = clamp(greatest, floor);
  const bend = log ? Math.log10 : (value: number) => value;
  const straighten = log ? (value: number) => 10 ** value : bend;
  // A single value still needs a range to lie in.
  const range = bend(high) - bend(low) || (log ? 0.5 : Math.abs(low) || 1);
  const domain = [
    clamp(straighten(bend(low) - range * padLow), floor),
    clamp(straighten(bend(high) + range * 0.05), floor),
  ];
  return {
    scale: { type: log ? "log" : "linear", domain } as const,
    ticks: log ? logTicks(domain[0], domain[1]) : linearTicks(domain[0], domain[1]),
    // As the marks' text: Plot's own tick format leaves out the fives of a logarithmic axis.
    format: (value: number) => formatNumber(percent ? value * 100 : value),
  };
}

/**
 * 1, 2 and 5 times the powers of ten from `low` to `high`; where these are many, some of the powers
 * alone; where they are fewer than three, round numbers at equal distances.
 */
export function logTicks(low: number, high: number): number[] {
  const first = Math.floor(Math.log10(low));
  const last = Math.ceil(Math.log10(high));
  const digits = last - first > 5 ? [1] : [1, 2, 5];
  const stride = Math.ceil((last - first) / 8);
  const ticks: number[] = [];
  for (let power = first; power <= last; power++) {
    if (power % stride === 0) ticks.push(...digits.map((digit) => Number(`${digit}e${power}`)));
  }
  const within = ticks.filter((tick) => tick >= low && tick <= high);
  return within.length < 3 ? linearTicks(low, high) : within;
}

/** About six round numbers from `low` to `high`; the ends where no round numbers lie between them. */
export function linearTicks(low: number, high: number): number[] {
  const rough = high / 6 - low / 6;
  const power = Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((digit) => Number(`${digit}e${power}`))
    .find((step) => step >= rough) ?? rough;
  const first = Math.ceil(low / step), count = Math.floor(high / step) - first + 1;
  // Where the ends are so close that a step does not change a number, or the step is 0 itself.
  if (!(count >= 0 && count <= 20) || Math.abs(first) > 1e12) return [...new Set([low, high])];
  // Rounded before it is compared: 7 · 0.1 is a little above 0.7.
  return Array.from({ length: count + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)))
    .filter((tick) => tick >= low && tick <= high);
}

/** A number in at most four digits that count: `0.00178`, `12.35`, `60,000`, `2·10⁻⁷`. */
export function formatNumber(value: number): string {
  const size = Math.abs(value);
  if (size >= 1e6 || (size < 1e-4 && size > 0)) {
    const [digits, exponent] = Number(value.toPrecision(4)).toExponential().split("e");
    const power = `10${exponent.replace("+", "").replace(/./g, (sign) => SUPERSCRIPTS[sign])}`;
    return digits === "1" ? power : `${digits}·${power}`;
  }
  return Number(value.toPrecision(4)).toLocaleString("en-US", { maximumFractionDigits: 8 });
}

const SUPERSCRIPTS: Readonly<Record<string, string>> = Object.fromEntries(
  [..."-0123456789"].map((sign, i) => [sign, [..."⁻⁰¹²³⁴⁵⁶⁷⁸⁹"][i]]),
);
