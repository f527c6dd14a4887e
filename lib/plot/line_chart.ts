import * as Plot from "@observablehq/plot";
import { type Axis, curveKey, curvePanel, type Observation } from "./curves.ts";
import { type Figure, figure, type Heading } from "./figure.ts";
import { SERIES } from "./theme.ts";

/** A path through a chart: its points are connected in order. */
export interface Path {
  readonly label: string;
  readonly points: readonly { readonly x: number; readonly y: number }[];
}

/** Options of {@linkcode lineChart}. */
export interface LineChartOptions extends Heading {
  readonly x: Axis;
  readonly y: Axis;
  /** Width of the curves, in pixels. */
  readonly width?: number;
  /** Height of the curves, in pixels. */
  readonly height?: number;
  /** Path drawn over the curves; its first point is the largest. */
  readonly path?: Path;
}

/**
 * Draws curves through observations, one per series, with a key.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { lineChart } from "./line_chart.ts";
 * const square = [-1, 0, 1].map((x) => ({ series: "x²", x, y: x * x }));
 * const axis = { label: "", scale: "linear" } as const;
 * assert(lineChart(square, { title: "A parabola", x: axis, y: axis }).svg.includes("x²"));
 * ```
 */
export function lineChart(observations: readonly Observation[], options: LineChartOptions): Figure {
  const { path } = options;
  const color = SERIES[1].light;
  const pathKey = path === undefined ? [] : [{ sign: "●", color, label: path.label }];
  const marks = path === undefined ? [] : [
    Plot.line(path.points, { x: "x", y: "y", stroke: color, strokeWidth: 1.5 }),
    Plot.dot(path.points, { x: "x", y: "y", fill: color, r: 3.5 }),
    Plot.dot(path.points.slice(0, 1), { x: "x", y: "y", fill: color, r: 7 }),
  ];
  const key = [...curveKey(observations), ...pathKey];
  return figure({ key, ...options }, [
    curvePanel(observations, { ...options, marks: () => marks }),
  ]);
}
