import * as Plot from "@observablehq/plot";
import { numberText } from "../base/number_text.ts";
import { extent } from "../base/statistics.ts";
import type { LossSurface, SurfacePoint } from "../training/loss_surface.ts";
import { axisX, axisY } from "./axis_marks.ts";
import { axisOf, linearTicks } from "./curves.ts";
import { type Figure, figure, type Heading, type KeyEntry, plotPanel } from "./figure.ts";
import type { SurfacePath } from "./surface_rows.ts";
import { SERIES, THEME } from "./theme.ts";

/** Options of {@linkcode lossContour}. */
export interface LossContourOptions extends Heading {
  /** Labels of the axes; default to x and y. */
  readonly x?: string;
  readonly y?: string;
  /** Paths drawn over the contour: a ring at the beginning, a large dot at the end. */
  readonly paths?: readonly SurfacePath[];
  /** Size of the contour, in pixels. */
  readonly width?: number;
  readonly height?: number;
}

/** Digits of the levels within a power of ten. */
const DIGITS = [1, 1.25, 1.6, 2, 2.5, 3.2, 4, 5, 6.3, 8];
/** Fewest and most levels. */
const FEWEST = 4, MOST = 14;
/** Fewest pixels between two levels with a number. */
const APART = 30;
/** Fewest cells along an axis of the contour. */
const FINE = 60;

/**
 * Draws a loss surface from above, with lines of equal loss: the stronger the colour, the lower the loss.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { lossContour } from "./loss_contour.ts";
 * const xs = [-1, 0, 1];
 * const losses = xs.map((y) => xs.map((x) => 1 + x * x + y * y));
 * assert(lossContour({ xs, ys: xs, losses }, { title: "A bowl" }).svg.includes("A bowl"));
 * ```
 */
export function lossContour(surface: LossSurface, options: LossContourOptions): Figure {
  const { paths = [], width = 620, height = 480 } = options;
  const { xs, ys } = surface;
  const [x, y] = [xs, ys].map((values) => {
    const { ticks, format } = axisOf({ label: "", scale: "linear" }, values);
    const domain = [values[0], values[values.length - 1]] as const;
    return { domain, format, ticks: ticks.filter((at) => at >= domain[0] && at <= domain[1]) };
  });
  const within = ({ x: a, y: b }: SurfacePoint) =>
    a >= x.domain[0] && a <= x.domain[1] && b >= y.domain[0] && b <= y.domain[1];
  const levels = levelsOf(surface), lattice = fineLattice(surface);
  const plot = { width, height, marginTop: 8, marginLeft: 60, marginRight: 12, marginBottom: 44 };
  const perUnit = (width - plot.marginLeft - plot.marginRight) / (x.domain[1] - x.domain[0]);
  const panel = plotPanel({
    ...plot,
    x: { type: "linear", domain: x.domain },
    y: { type: "linear", domain: y.domain },
    marks: [
      Plot.contour(lattice.depths, {
        ...{ width: lattice.columns, height: lattice.rows },
        ...cellEdges(x.domain, y.domain, lattice),
        value: Plot.identity,
        // Above a level of the depth is below a level of the loss; what is below many is drawn often.
        thresholds: levels.map(depth).sort((a, b) => a - b),
        fill: SERIES[0].light,
        fillOpacity: 0.075,
        stroke: SERIES[0].light,
        strokeOpacity: 0.55,
        strokeWidth: 0.75,
      }),
      // The contour ends half a cell outside; the figure has no clip path, whose name would need a counter.
      Plot.rect(outside(x.domain, y.domain, lattice), { ...sides, fill: THEME.background.light }),
      Plot.frame({ stroke: THEME.grid.light }),
      axisX(x, options.x ?? "x"),
      axisY(y, options.y ?? "y"),
      ...paths.flatMap(({ label, points }, p) => pathMarks(label, points, within, p)),
      Plot.text(levelPlaces(surface, levels, APART / perUnit), {
        x: "x",
        y: "y",
        text: ({ level }) => numberText(level, 3),
        fill: THEME.text.light,
        stroke: THEME.background.light,
        strokeWidth: 3,
        fontSize: 11,
      }),
    ],
  });
  const key = paths.map(({ label }, p): KeyEntry => ({
    sign: "●",
    color: colorOf(p),
    label,
  }));
  return figure({ ...options, key: [...key, ...options.key ?? []] }, [panel]);
}

/** The colours of paths leave out the first, which is the surface's. */
export function colorOf(path: number): string {
  return SERIES[1 + path % (SERIES.length - 1)].light;
}

/** Ends of an axis. */
type Domain = readonly [number, number];

const sides = { x1: "x1", x2: "x2", y1: "y1", y2: "y2" } as const;

/** The ends of a lattice's axes, a part of a cell further out: half, for the edges of cells around its points. */
function cellEdges(x: Domain, y: Domain, { columns, rows }: Lattice, part = 0.5) {
  const dx = part * (x[1] - x[0]) / (columns - 1), dy = part * (y[1] - y[0]) / (rows - 1);
  return { x1: x[0] - dx, x2: x[1] + dx, y1: y[0] - dy, y2: y[1] + dy };
}

/** Four boxes around a frame, a cell wide. */
function outside(x: Domain, y: Domain, lattice: Lattice) {
  const all = cellEdges(x, y, lattice, 1);
  return [{ ...all, x2: x[0] }, { ...all, x1: x[1] }, { ...all, y2: y[0] }, { ...all, y1: y[1] }];
}

/** Depths, row by row. */
interface Lattice {
  readonly columns: number;
  readonly rows: number;
  readonly depths: readonly number[];
}

/** The depths of a surface, with linear interpolation on a lattice so fine that its cells are small. */
function fineLattice({ losses }: LossSurface): Lattice {
  const finer = (numbers: readonly number[]) => {
    const parts = Math.ceil(FINE / (numbers.length - 1));
    return Array.from({ length: (numbers.length - 1) * parts + 1 }, (_, i) => {
      const place = Math.floor(i / parts), share = (i % parts) / parts;
      return share === 0
        ? numbers[place]
        : (1 - share) * numbers[place] + share * numbers[place + 1];
    });
  };
  const wide = losses.map((row) => finer(row.map(depth)));
  const columns = wide[0].map((_, i) => finer(wide.map((row) => row[i])));
  const rows = columns[0].map((_, j) => columns.map((column) => column[j]));
  return { columns: columns.length, rows: rows.length, depths: rows.flat() };
}

/** The negative logarithm of a loss; a loss of 0 and one that is not finite are limited. */
function depth(loss: number): number {
  const finite = Number.isFinite(loss) ? loss : Number.MAX_VALUE;
  return -Math.log(Math.max(finite, Number.MIN_VALUE));
}

/** About ten round losses from the lowest to the highest. */
function levelsOf({ losses }: LossSurface): number[] {
  const [low = 1, high = 2] = extent(losses.flat().filter((loss) => Number.isFinite(loss)));
  if (!(low > 0)) return linearTicks(low, high).filter((level) => level > 0);
  const first = Math.floor(Math.log10(low)), last = Math.ceil(Math.log10(high));
  const powers = Array.from({ length: last - first + 1 }, (_, i) => first + i);
  const all = powers.flatMap((power) => DIGITS.map((digit) => Number(`${digit}e${power}`)))
    .filter((level) => level > low && level < high);
  if (all.length < FEWEST) return linearTicks(low, high);
  return all.filter((_, i) => i % Math.ceil(all.length / MOST) === 0);
}

/** Where each level crosses the row of the lowest loss, to the right of it, as far as they have room. */
function levelPlaces({ xs, ys, losses }: LossSurface, levels: readonly number[], apart: number) {
  const lowest = losses.map((row) => Math.min(...row));
  const j = lowest.indexOf(Math.min(...lowest));
  const row = losses[j];
  const places: { x: number; y: number; level: number }[] = [];
  for (let i = row.indexOf(lowest[j]); i + 1 < xs.length; i++) {
    const crossed = levels.filter((level) => row[i] <= level && level < row[i + 1]);
    for (const level of crossed.sort((a, b) => a - b)) {
      const part = (Math.log(level / row[i])) / Math.log(row[i + 1] / row[i]);
      const x = xs[i] + part * (xs[i + 1] - xs[i]);
      if (x > (places.at(-1)?.x ?? -Infinity) + apart) places.push({ x, y: ys[j], level });
    }
  }
  return places;
}

/** The part of a path that is on the figure; its beginning and its end are marked if they are. */
function pathMarks(
  label: string,
  points: readonly SurfacePoint[],
  within: (point: SurfacePoint) => boolean,
  path: number,
): Plot.Markish[] {
  const place = { x: "x", y: "y" } as const;
  const stroke = colorOf(path);
  const ariaLabel = ({ loss }: SurfacePoint) => `${label}\nloss: ${numberText(loss)}`;
  const dots = (some: readonly SurfacePoint[], r: number) =>
    Plot.dot(some.filter(within), { ...place, fill: stroke, r, ariaLabel });
  const first = { ...place, stroke, strokeWidth: 2, fill: THEME.background.light, r: 5, ariaLabel };
  return [
    Plot.line(points.filter(within), { ...place, stroke, strokeWidth: 2 }),
    dots(points.slice(1, -1), 2.5),
    Plot.dot(points.slice(0, 1).filter(within), first),
    dots(points.slice(1).slice(-1), 6),
  ];
}
