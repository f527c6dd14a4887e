import type { LossSurface, SurfacePoint } from "../training/loss_surface.ts";

/** The path of a training over a surface, from its beginning to its end. */
export interface SurfacePath {
  readonly label: string;
  readonly points: readonly SurfacePoint[];
}

/** A point of a surface or of a path, as a line of a table. */
export interface SurfaceRow extends SurfacePoint {
  /** The path's label, or {@linkcode SURFACE}. */
  readonly series: string;
}

/** The series of a surface's own points. */
export const SURFACE = "surface";

/** A surface and its paths as tidy rows, for a table. */
export function surfaceRows(
  { xs, ys, losses }: LossSurface,
  paths: readonly SurfacePath[] = [],
): SurfaceRow[] {
  return [
    ...ys.flatMap((y, j) => xs.map((x, i) => ({ series: SURFACE, x, y, loss: losses[j][i] }))),
    ...paths.flatMap(({ label, points }) =>
      points.map(({ x, y, loss }) => ({ series: label, x, y, loss }))
    ),
  ];
}

/**
 * The surface and the paths of a table's rows.
 *
 * @returns `undefined` if the surface's points are not a lattice
 */
export function surfaceOf(
  rows: readonly SurfaceRow[],
): { readonly surface: LossSurface; readonly paths: readonly SurfacePath[] } | undefined {
  const own = rows.filter(({ series }) => series === SURFACE);
  const distinct = (axis: "x" | "y") =>
    [...new Set(own.map((row) => row[axis]))].sort((a, b) => a - b);
  const xs = distinct("x"), ys = distinct("y");
  const at = new Map(own.map((row) => [`${row.x},${row.y}`, row.loss]));
  if (xs.length < 2 || ys.length < 2 || at.size !== own.length) return undefined;
  if (at.size !== xs.length * ys.length) return undefined;
  const groups = Map.groupBy(
    rows.filter(({ series }) => series !== SURFACE),
    ({ series }) => series,
  );
  return {
    surface: { xs, ys, losses: ys.map((y) => xs.map((x) => at.get(`${x},${y}`)!)) },
    paths: [...groups].map(([label, points]) => ({
      label,
      points: points.map(({ x, y, loss }) => ({ x, y, loss })),
    })),
  };
}
