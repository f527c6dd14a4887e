import { bilinear, emptyPlane, mapPlane, type Plane, quantile } from "./plane.ts";

/** Cells along the longer side in which the paper's surface is looked for. */
const COARSE = 32;
/** Cells along the longer side in which shadows are looked for. */
const FINE = 240;
/** The widest stroke, as a share of the longer side: what is wider and dark is a shadow. */
const WIDEST_STROKE = 0.4;
/** How much less a cell counts that is on the ink's side of the paper's surface. */
const INK_WEIGHT = 0.02;

/**
 * How far each pixel differs from the paper around it, towards the ink: about 0 for paper, up to 1.
 *
 * The paper's brightness is a smooth surface of second degree that hugs the picture from above
 * (asymmetric least squares, as Eilers 2003 finds base lines), less what remains of shadows: dark
 * places wider than any stroke (a morphological opening). Whether ink is darker or lighter than paper
 * is found from the picture: paper is what most of it is, so of the surfaces from above and from
 * below the one is taken that lies nearer.
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
  // The least of many grains is below their mean: what paper is left with is taken off.
  const paper = quantile(contrast.values, 0.5);
  return mapPlane(contrast, (value) => value - paper);
}

/** The dark places that are wider than any stroke: their least values, then the greatest of those. */
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

function medianDistance(cells: Plane, surface: Surface): number {
  return quantile(
    cells.values.map((value, i) =>
      Math.abs(value - surface.row(Math.floor(i / cells.width))(i % cells.width))
    ),
    0.5,
  );
}

/** Brightness by place, a row at a time. */
interface Surface {
  row(y: number): (x: number) => number;
}

/**
 * A surface of second degree through the cells, those on the ink's side weighing little.
 *
 * @param side 1 for dark ink, the surface from above; −1 for light ink, from below
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

/** The factors of the basis that come nearest to the values (normal equations, Cholesky). */
function leastSquares(
  basis: readonly (readonly number[])[],
  values: ArrayLike<number>,
  weights: ArrayLike<number>,
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

/** The least (sign 1) or greatest (sign −1) value within reach, along rows and then along columns. */
function extreme(plane: Plane, reach: number, sign: 1 | -1): Plane {
  const { width, height } = plane;
  const values = plane.values.slice();
  for (let y = 0; y < height; y++) slideAlong(values, y * width, 1, width, reach, sign);
  for (let x = 0; x < width; x++) slideAlong(values, x, width, height, reach, sign);
  return { ...plane, values };
}

/** One line of {@linkcode extreme}, in place: a queue holds the places that may yet be the least. */
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
