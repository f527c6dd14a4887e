import { bilinear, emptyPlane, mapPlane, type Plane, quantile } from "./plane.ts";

/** Cells along the longer side for the paper's surface. */
const COARSE = 32;
/** Cells along the longer side for shadows. */
const FINE = 240;
/** Maximum width of a stroke, as a share of the longer side; wider dark areas are shadows. */
const WIDEST_STROKE = 0.4;
/** Weight of a cell on the ink's side of the paper's surface. */
const INK_WEIGHT = 0.02;

/**
 * Computes the contrast of each pixel with the surrounding paper, towards the ink: about 0 for paper, up
 * to 1.
 *
 * The paper's brightness is a quadratic surface that touches the picture from above (asymmetric least
 * squares, as in the baseline estimation of Eilers 2003), minus the remaining shadows: dark areas wider
 * than any stroke (a morphological opening). Most of the picture is paper, so of the surfaces from above
 * (dark ink) and from below (light ink) the closer one is used.
 */
export function inkContrast(grey: Plane): Plane {
  const longer = Math.max(grey.width, grey.height);
  const size = Math.ceil(longer / COARSE);
  const cells = cellMeans(grey, size);
  const above = paperSurface(cells, 1), below = paperSurface(cells, -1);
  const side = medianDistance(cells, above) <= medianDistance(cells, below) ? 1 : -1;
  const surface = side === 1 ? above : below;
  const raw = emptyPlane(grey.width, grey.height);
  for (let y = 0, i = 0; y < grey.height; y++) {
    const row = surface.row((y + 0.5) / size - 0.5);
    for (let x = 0; x < grey.width; x++, i++) {
      raw.values[i] = side * (row((x + 0.5) / size - 0.5) - grey.values[i]);
    }
  }
  const contrast = subtract(raw, shadows(raw));
  // The minimum of many grains is below their mean, so the remaining contrast of paper is subtracted.
  const paper = quantile(contrast.values, 0.5);
  return mapPlane(contrast, (value) => value - paper);
}

/** Finds dark areas wider than any stroke: a minimum filter, then a maximum filter. */
function shadows(raw: Plane): Plane {
  const longer = Math.max(raw.width, raw.height);
  const size = Math.ceil(longer / FINE);
  const reach = Math.ceil(WIDEST_STROKE * longer / size / 2);
  const least = extreme(cellMeans(raw, size), reach, 1);
  const greatest = extreme(least, reach, -1);
  if (size === 1) return greatest;
  const shadow = emptyPlane(raw.width, raw.height);
  for (let y = 0, i = 0; y < raw.height; y++) {
    for (let x = 0; x < raw.width; x++) {
      shadow.values[i++] = bilinear(greatest, (x + 0.5) / size - 0.5, (y + 0.5) / size - 0.5);
    }
  }
  return shadow;
}

function subtract(a: Plane, b: Plane): Plane {
  return mapPlane(a, (value, i) => value - b.values[i]);
}

/** Averages each cell of size × size pixels. */
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

function medianDistance(cells: Plane, surface: Surface): number {
  return quantile(
    cells.values.map((value, i) =>
      Math.abs(value - surface.row(Math.floor(i / cells.width))(i % cells.width))
    ),
    0.5,
  );
}

/** Brightness by position, one row at a time. */
interface Surface {
  row(y: number): (x: number) => number;
}

/**
 * Fits a quadratic surface to the cells, with a small weight for those on the ink's side.
 *
 * @param side 1 for dark ink, a surface from above; −1 for light ink, from below
 */
function paperSurface(cells: Plane, side: 1 | -1): Surface {
  const { width, height, values } = cells;
  const half = Math.max(width, height) / 2;
  let factors = [0, 0, 0, 0, 0, 0];
  const surface = {
    row(y: number) {
      const [f0, f1, f2, f3, f4, f5] = factors;
      const v = y / half - 1;
      const constant = f0 + v * (f2 + v * f5), linear = f1 + v * f4;
      return (x: number) => {
        const u = x / half - 1;
        return constant + u * (linear + u * f3);
      };
    },
  };
  const basis = Array.from(values, (_, i) => {
    const u = i % width / half - 1, v = Math.floor(i / width) / half - 1;
    return [1, u, v, u * u, u * v, v * v];
  });
  const weights = new Float64Array(values.length).fill(1);
  for (let round = 0; round < 10; round++) {
    factors = leastSquares(basis, values, weights);
    for (let y = 0, i = 0; y < height; y++) {
      const row = surface.row(y);
      for (let x = 0; x < width; x++, i++) {
        weights[i] = side * (values[i] - row(x)) > 0 ? 1 : INK_WEIGHT;
      }
    }
  }
  return surface;
}

/** Solves a weighted least-squares problem (normal equations, Cholesky). */
function leastSquares(
  basis: readonly (readonly number[])[],
  values: ArrayLike<number>,
  weights: ArrayLike<number>,
): number[] {
  const n = basis[0].length;
  // A small multiple of the identity keeps the equations solvable if a picture is one cell high.
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

/** Minimum (sign 1) or maximum (sign −1) filter, along rows and then along columns. */
function extreme(plane: Plane, reach: number, sign: 1 | -1): Plane {
  const { width, height } = plane;
  const values = plane.values.slice();
  for (let y = 0; y < height; y++) slideAlong(values, y * width, 1, width, reach, sign);
  for (let x = 0; x < width; x++) slideAlong(values, x, width, height, reach, sign);
  return { ...plane, values };
}

/** One line of {@linkcode extreme}, in place: a queue contains the candidates for the minimum. */
function slideAlong(
  values: Float32Array,
  start: number,
  step: number,
  count: number,
  reach: number,
  sign: 1 | -1,
): void {
  const line = new Float32Array(count);
  for (let i = 0; i < count; i++) line[i] = sign * values[start + i * step];
  const queue = new Int32Array(count);
  let first = 0, end = 0;
  for (let i = 0, next = 0; i < count; i++) {
    for (; next < count && next <= i + reach; next++) {
      while (end > first && line[queue[end - 1]] >= line[next]) end--;
      queue[end++] = next;
    }
    if (queue[first] < i - reach) first++;
    values[start + i * step] = sign * line[queue[first]];
  }
}
