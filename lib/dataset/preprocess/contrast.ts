import { bilinear, boxBlur, emptyPlane, mapPlane, type Plane, quantile } from "./plane.ts";

/** Cells along the longer side in which the paper is looked at. */
const CELLS = 32;
/** Cells to each side in which paper must be found: strokes up to 12 cells wide are ink, not shadow. */
const REACH = 6;
/** How much less a cell counts that is on the ink's side of the paper's surface. */
const INK_WEIGHT = 0.02;

/**
 * How far each pixel differs from the paper around it, towards the ink: 0 for paper, up to 1.
 *
 * The paper's brightness is a smooth surface of second degree that hugs the picture from above
 * (asymmetric least squares, as Eilers 2003 finds base lines), less what remains of shadows: dark
 * places wider than any stroke (a morphological opening). Whether ink is darker or lighter than paper
 * is found from the picture: paper is what most of it is, so of the surfaces from above and from
 * below the one is taken that lies nearer.
 */
export function inkContrast(grey: Plane): Plane {
  const size = Math.ceil(Math.max(grey.width, grey.height) / CELLS);
  const cells = cellMeans(grey, size);
  const dark = differences(cells, 1), light = differences(cells, -1);
  const side = quantile(dark.values, 0.5) <= quantile(light.values, 0.5) ? 1 : -1;
  const surface = paperSurface(cells, side);
  const shadow = boxBlur(opening(side === 1 ? dark : light), 1);
  const contrast = emptyPlane(grey.width, grey.height);
  for (let y = 0, i = 0; y < grey.height; y++) {
    const v = (y + 0.5) / size - 0.5;
    for (let x = 0; x < grey.width; x++, i++) {
      const u = (x + 0.5) / size - 0.5;
      contrast.values[i] = side * (surface(u, v) - grey.values[i]) - bilinear(shadow, u, v);
    }
  }
  return contrast;
}

/** The mean of each cell of size × size pixels. */
function cellMeans({ width, height, values }: Plane, size: number): Plane {
  const cells = emptyPlane(Math.ceil(width / size), Math.ceil(height / size));
  const counts = new Uint32Array(cells.values.length);
  for (let y = 0, i = 0; y < height; y++) {
    const row = Math.floor(y / size) * cells.width;
    for (let x = 0; x < width; x++, i++) {
      const cell = row + Math.floor(x / size);
      cells.values[cell] += values[i];
      counts[cell]++;
    }
  }
  return mapPlane(cells, (sum, i) => sum / counts[i]);
}

/** How far each cell lies below (side 1) or above (side −1) the paper's surface from that side. */
function differences(cells: Plane, side: 1 | -1): Plane {
  const surface = paperSurface(cells, side);
  return mapPlane(
    cells,
    (value, i) => side * (surface(i % cells.width, Math.floor(i / cells.width)) - value),
  );
}

/**
 * A surface of second degree through the cells, those on the ink's side weighing little.
 *
 * @param side 1 for dark ink, the surface from above; −1 for light ink, from below
 */
function paperSurface(cells: Plane, side: 1 | -1): (x: number, y: number) => number {
  const half = Math.max(cells.width, cells.height) / 2;
  const terms = (x: number, y: number) => {
    const u = x / half - 1, v = y / half - 1;
    return [1, u, v, u * u, u * v, v * v];
  };
  const basis = Array.from(
    cells.values,
    (_, i) => terms(i % cells.width, Math.floor(i / cells.width)),
  );
  let factors = [0, 0, 0, 0, 0, 0];
  const at = (row: readonly number[]) => row.reduce((sum, term, i) => sum + factors[i] * term, 0);
  for (let round = 0; round < 10; round++) {
    const weights = basis.map((row, i) =>
      round === 0 || side * (cells.values[i] - at(row)) > 0 ? 1 : INK_WEIGHT
    );
    factors = leastSquares(basis, cells.values, weights);
  }
  return (x, y) => at(terms(x, y));
}

/** The factors of the basis that come nearest to the values (normal equations, Cholesky). */
function leastSquares(
  basis: readonly (readonly number[])[],
  values: ArrayLike<number>,
  weights: readonly number[],
): number[] {
  const n = basis[0].length;
  // A trace of the identity keeps the equations solvable where a picture is one cell high.
  const left = Array.from({ length: n }, (_, i) => {
    const row = new Array<number>(n).fill(0);
    row[i] = 1e-6;
    return row;
  });
  const right = new Array<number>(n).fill(0);
  basis.forEach((row, k) => {
    for (let i = 0; i < n; i++) {
      const weighted = weights[k] * row[i];
      right[i] += weighted * values[k];
      for (let j = 0; j <= i; j++) left[i][j] += weighted * row[j];
    }
  });
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = left[i][j];
      for (let k = 0; k < j; k++) sum -= left[i][k] * left[j][k];
      left[i][j] = i === j ? Math.sqrt(Math.max(sum, 1e-12)) : sum / left[j][j];
    }
  }
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < i; k++) right[i] -= left[i][k] * right[k];
    right[i] /= left[i][i];
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let k = i + 1; k < n; k++) right[i] -= left[k][i] * right[k];
    right[i] /= left[i][i];
  }
  return right;
}

/** What remains of the heights that are wider than 2 × REACH cells: their least, then its greatest. */
function opening(plane: Plane): Plane {
  return extreme(extreme(plane, Math.min), Math.max);
}

/** The least or greatest value within REACH, along rows and then along columns. */
function extreme(plane: Plane, choose: (a: number, b: number) => number): Plane {
  const { width, height } = plane;
  const alongRows = mapPlane(plane, (value, i) => {
    const x = i % width, row = i - x;
    for (let k = Math.max(0, x - REACH); k <= Math.min(width - 1, x + REACH); k++) {
      value = choose(value, plane.values[row + k]);
    }
    return value;
  });
  return mapPlane(alongRows, (value, i) => {
    const x = i % width, y = (i - x) / width;
    for (let k = Math.max(0, y - REACH); k <= Math.min(height - 1, y + REACH); k++) {
      value = choose(value, alongRows.values[k * width + x]);
    }
    return value;
  });
}
