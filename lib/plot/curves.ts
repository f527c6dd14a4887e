import * as Plot from "@observablehq/plot";
import { numberText } from "../base/number_text.ts";
import { extent, max, mean, min } from "../base/statistics.ts";
import { axisX, axisY, gridX, gridY } from "./axis_marks.ts";
import { type KeyEntry, type Panel, plotPanel } from "./figure.ts";
import { SERIES } from "./theme.ts";

/** A measured point of a curve. Points with the same series and x are repeats (seeds). */
export interface Observation {
  readonly series: string;
  /** A word, such as `full`, has its own position at the end of the axis. */
  readonly x: number | string;
  readonly y: number;
  /**
   * Text shown by a page when the pointer is on the point. If some points have text, only these are drawn
   * as dots, whatever their number.
   */
  readonly words?: string;
}

/** Summary of the repeats at one point of a curve. */
export interface Summary {
  readonly series: string;
  readonly x: number | string;
  readonly mean: number;
  readonly min: number;
  readonly max: number;
  readonly count: number;
}

/** An axis of a figure. */
export interface Axis {
  /** Quantity, with its unit in brackets. */
  readonly label: string;
  /**
   * A logarithmic axis is symmetric logarithmic if 0 is among the values, and linear if some are negative.
   */
  readonly scale: "linear" | "log";
  /** `true` for labels in per cent: 97 for 0.97. */
  readonly percent?: boolean;
  /** Space at the low end, as a fraction of the range; defaults to 0.05. */
  readonly padLow?: number;
  /** Values without an observation that must be within the range. */
  readonly also?: readonly (number | string)[];
}

/** Options of {@linkcode curvePanel}. */
export interface CurveOptions {
  readonly x: Axis;
  readonly y: Axis;
  readonly width?: number;
  readonly height?: number;
  /** Space above the curves for the caller's marks, in pixels. */
  readonly marginTop?: number;
  /** Marks drawn over the curves; `place` maps a value of x to its number on the axis. */
  readonly marks?: (place: (x: number | string) => number) => readonly Plot.Markish[];
}

/** Returns the style of a series by its index: colour, sign and, after six, dashes. */
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

/** Lists the names of the series in order of first appearance. */
function seriesNames(observations: readonly Observation[]): string[] {
  return [...new Set(observations.map(({ series }) => series))];
}

/** Returns the key of a figure with the series of the observations. */
export function curveKey(observations: readonly Observation[]): KeyEntry[] {
  return seriesNames(observations).map((label, i) => {
    const { sign, color } = seriesStyle(i);
    return { sign, color, label };
  });
}

/**
 * Summarises the repeats at each point of each series, in the order of the series and of x.
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
      mean: mean(values) ?? NaN,
      min: min(values)!,
      max: max(values)!,
      count: values.length,
    };
  });
  const order = seriesNames(observations);
  return summaries.sort((a, b) =>
    order.indexOf(a.series) - order.indexOf(b.series) || compareValues(a.x, b.x)
  );
}

/** Orders numbers by value, then words. */
function compareValues(a: number | string, b: number | string): number {
  if (typeof a === "number" && typeof b === "number") return a - b;
  return Number(typeof a === "string") - Number(typeof b === "string");
}

/** Draws curves through the means, a band from the minimum to the maximum, and a dot per repeat. */
export function curvePanel(observations: readonly Observation[], options: CurveOptions): Panel {
  const { width = 720, height = 380, marginTop = 8, marks = () => [] } = options;
  const x = axisOf(options.x, observations.map(({ x }) => x));
  const y = axisOf(options.y, observations.map(({ y }) => y));
  const place = ({ x: value }: { readonly x: number | string }) => x.place(value);
  const summaries = summarize(observations);
  const widest = max(y.ticks, (tick) => y.format(tick).length) ?? 0;
  const marginLeft = widest > 5 ? 20 + 8 * widest : 52;
  const named = { ...x, ticks: thinned(x.ticks, x.format, width - marginLeft) };
  return plotPanel({
    width,
    height,
    marginTop,
    marginLeft,
    marginBottom: 44,
    x: x.scale,
    y: y.scale,
    marks: [
      gridX(x),
      gridY(y),
      axisX(named, options.x.label),
      axisY(y, options.y.label),
      seriesNames(observations).flatMap((name, i) =>
        seriesMarks(name, i, summaries, observations, place)
      ),
      ...marks(x.place),
    ],
  });
}

/** Upper estimate of the width of a digit of 12 pixels, and of the space between two numbers. */
const DIGIT = 7, SPACE = 6;

/** As many ticks, evenly chosen, as have room for their numbers if they are evenly spaced. */
function thinned(ticks: readonly number[], format: (tick: number) => string, width: number) {
  const needed = ticks.length * ((max(ticks, (tick) => format(tick).length) ?? 0) * DIGIT + SPACE);
  const stride = Math.ceil(needed / width);
  return ticks.filter((_, i) => i % stride === 0);
}

/**
 * Band, line and dots of one series; dots only if they are few enough to be distinguished. At a word, which
 * the line does not reach, the mean is a larger dot and the range a vertical line.
 */
function seriesMarks(
  name: string,
  index: number,
  summaries: readonly Summary[],
  observations: readonly Observation[],
  x: (point: { readonly x: number | string }) => number,
): Plot.Markish[] {
  const { color, symbol, dashes } = seriesStyle(index);
  const own = summaries.filter(({ series }) => series === name);
  const along = own.filter((point) => typeof point.x === "number");
  const apart = own.filter((point) => typeof point.x === "string");
  const points = observations.filter(({ series }) => series === name);
  const repeated = along.some(({ count }) => count > 1);
  const described = points.filter(({ words }) => words !== undefined);
  const dots = described.length > 0 ? described : own.length > 60 ? [] : points;
  return [
    repeated ? Plot.areaY(along, { x, y1: "min", y2: "max", fill: color, fillOpacity: 0.2 }) : null,
    Plot.lineY(along, { x, y: "mean", stroke: color, strokeWidth: 2, strokeDasharray: dashes }),
    Plot.ruleX(apart, {
      x,
      y1: "min",
      y2: "max",
      stroke: color,
      strokeWidth: 4,
      strokeOpacity: 0.3,
    }),
    Plot.dot(apart, { x, y: "mean", fill: color, symbol, r: 4.5 }),
    Plot.dot(dots, {
      ...{ x, y: "y", fill: color, symbol },
      ...described.length > 0 ? { r: 3.5, ariaLabel: "words" } : { r: 2.5 },
    }),
  ];
}

/**
 * Range of numbers on an axis. A linear axis subtracts its ends, so each is at most half of the largest
 * number; a logarithmic one begins at the smallest positive number.
 */
const LARGEST = Number.MAX_VALUE / 2;
const clamp = (value: number, low: number) => Math.min(Math.max(value, low), LARGEST);

/** Mapping of values to lengths on an axis. */
interface Bend {
  readonly type: "linear" | "log" | "symlog";
  /** For a symmetric logarithmic axis: the value at which it changes from linear to logarithmic. */
  readonly constant?: number;
  readonly floor: number;
  readonly length: (value: number) => number;
  readonly value: (length: number) => number;
  readonly ticks: (low: number, high: number) => number[];
}

const LINEAR: Bend = {
  type: "linear",
  floor: -LARGEST,
  length: (value) => value,
  value: (length) => length,
  ticks: linearTicks,
};
const LOGARITHMIC: Bend = {
  type: "log",
  floor: Number.MIN_VALUE,
  length: Math.log10,
  value: (length) => 10 ** length,
  ticks: logTicks,
};

/** An axis with 0, on which the smallest positive value is equally far from 0 and from its tenfold. */
function symmetricLogarithmic(leastPositive: number): Bend {
  const constant = leastPositive / 10;
  return {
    type: "symlog",
    constant,
    floor: -LARGEST,
    length: (value) => Math.sign(value) * Math.log1p(Math.abs(value) / constant),
    value: (length) => Math.sign(length) * Math.expm1(Math.abs(length)) * constant,
    ticks: (_, high) => [0, ...logTicks(leastPositive * 0.999, high)],
  };
}

function bendOf(scale: Axis["scale"], numbers: readonly number[]): Bend {
  const [least = 0, greatest = 1] = extent(numbers);
  if (scale === "linear" || least < 0) return LINEAR;
  if (least > 0) return LOGARITHMIC;
  const leastPositive = min(numbers.filter((number) => number > 0));
  // With a wider range, the quotient of its ends would overflow.
  if (leastPositive === undefined || greatest / leastPositive > 1e100) return LINEAR;
  return symmetricLogarithmic(leastPositive);
}

/** Distance of a word from the last number or the previous word, as a fraction of the range. */
const WORD_STEP = 0.12;

/** Computes scale, ticks and labels of an axis for some values, ignoring infinite values and NaN. */
export function axisOf(
  { scale, percent, padLow = 0.05, also = [] }: Axis,
  observed: readonly (number | string)[],
) {
  const values = [...observed, ...also];
  const numbers = values.filter((value): value is number => Number.isFinite(value));
  const words = [...new Set(values.filter((value) => typeof value === "string"))];
  const bend = bendOf(scale, numbers);
  const [least = 0, greatest = 1] = extent(numbers);
  const low = clamp(least, bend.floor), high = clamp(greatest, bend.floor);
  // A single value needs a range around it.
  const range = bend.length(high) - bend.length(low) ||
    (bend.type === "linear" ? Math.abs(low) || 1 : 0.5);
  /** Returns the value at a fraction of the range above the largest number. */
  const above = (part: number) => clamp(bend.value(bend.length(high) + range * part), bend.floor);
  const start = clamp(bend.value(bend.length(low) - range * padLow), bend.floor);
  const places = new Map(words.map((word, i) => [word, above(WORD_STEP * (i + 1))]));
  const wordsAt = new Map([...places].map(([word, place]) => [place, word]));
  const domain = [start, above(WORD_STEP * words.length + 0.05)];
  return {
    scale: {
      type: bend.type,
      domain,
      ...(bend.constant !== undefined && { constant: bend.constant }),
    } as const,
    ticks: [
      ...(numbers.length > 0 || words.length === 0 ? bend.ticks(start, above(0.05)) : []),
      ...places.values(),
    ],
    /** Maps a value to its number on the axis. */
    place: (value: number | string) => typeof value === "string" ? places.get(value)! : value,
    // Used as the text of marks, as Plot's tick format omits the fives of a logarithmic axis.
    format: (value: number) => wordsAt.get(value) ?? numberText(percent ? value * 100 : value),
  };
}

/**
 * Returns 1, 2 and 5 times the powers of ten from `low` to `high`; if these are many, only some of the
 * powers; if they are fewer than three, equally spaced round numbers.
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

/** Returns about six round numbers from `low` to `high`; the ends if there are none between them. */
export function linearTicks(low: number, high: number): number[] {
  const rough = high / 6 - low / 6;
  const power = Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((digit) => Number(`${digit}e${power}`))
    .find((step) => step >= rough) ?? rough;
  const first = Math.ceil(low / step), count = Math.floor(high / step) - first + 1;
  // The ends are so close that a step does not change a number, or the step is 0.
  if (!(count >= 0 && count <= 20) || Math.abs(first) > 1e12) return [...new Set([low, high])];
  // Rounded before the comparison: 7 · 0.1 is slightly above 0.7.
  return Array.from({ length: count + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)))
    .filter((tick) => tick >= low && tick <= high);
}
