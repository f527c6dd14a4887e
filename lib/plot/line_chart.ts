import { type Axis, curveKey, curvePanel, type Observation } from "./curves.ts";
import { type Figure, figure, type Heading } from "./figure.ts";

/** What {@linkcode lineChart} says of its curves. */
export interface LineChartOptions extends Heading {
  readonly x: Axis;
  readonly y: Axis;
  /** Of the curves, in pixels. */
  readonly width?: number;
  /** Of the curves, in pixels. */
  readonly height?: number;
}

/**
 * Curves through any observations, one a series, with the key to the series.
 *
 * @example
 * ```ts
 * import { lineChart } from "./line_chart.ts";
 * const square = [-1, 0, 1].map((x) => ({ series: "x²", x, y: x * x }));
 * const axis = { label: "", scale: "linear" } as const;
 * console.assert(lineChart(square, { title: "A parabola", x: axis, y: axis }).svg.includes("x²"));
 * ```
 */
export function lineChart(observations: readonly Observation[], options: LineChartOptions): Figure {
  return figure({ key: curveKey(observations), ...options }, [curvePanel(observations, options)]);
}
