import * as Plot from "@observablehq/plot";
import { SERIES } from "../plot/theme.ts";

/** A curve; points without a number are left out. */
export interface Curve {
  readonly label: string;
  readonly points: readonly { readonly x: number; readonly y: number }[];
}

/** Options of {@linkcode drawChart}. */
export interface ChartOptions {
  /** Description for screen readers. */
  readonly title: string;
  readonly x: Plot.ScaleOptions;
  readonly y: Plot.ScaleOptions;
  /** Marks beside the curves. */
  readonly marks?: readonly Plot.Markish[];
}

/** Pixels of a chart. */
const WIDTH = 460, HEIGHT = 240;

/** The colours of curves, which follow light and dark pages, see `seriesSheet`. */
const COLORS = SERIES.map((_, i) => `var(--series-${i})`);

/**
 * Draws curves into an element, in place of what it had, each labelled at its end.
 *
 * @returns the drawing, whose scales are those of Observable Plot
 */
export function drawChart(
  place: HTMLElement,
  curves: readonly Curve[],
  { title, x, y, marks = [] }: ChartOptions,
): (SVGSVGElement | HTMLElement) & Plot.Plot {
  const points = curves.flatMap(({ label, points }) =>
    points.map((point) => ({ ...point, label }))
  );
  // A line needs two points.
  const alone = points.filter(({ label }) =>
    points.filter((other) => other.label === label).length === 1
  );
  const labels = curves.map(({ label }) => label);
  const drawn = Plot.plot({
    width: WIDTH,
    height: HEIGHT,
    marginLeft: 52,
    marginBottom: 34,
    ariaLabel: title,
    x: { grid: false, ...x },
    y: { grid: true, nice: true, ...y },
    color: { domain: labels, range: COLORS.slice(0, labels.length) },
    marks: [
      Plot.line(points, { x: "x", y: "y", stroke: "label", z: "label", strokeWidth: 2 }),
      Plot.dot(alone, { x: "x", y: "y", fill: "label" }),
      ...marks,
    ],
  });
  drawn.setAttribute("role", "img");
  const key = document.createElement("p");
  key.className = "key";
  key.append(...labels.map((label, i) => {
    const entry = document.createElement("span");
    entry.textContent = label;
    entry.style.setProperty("--color", COLORS[i]);
    return entry;
  }));
  place.replaceChildren(drawn, ...labels.length > 1 ? [key] : []);
  return drawn;
}
