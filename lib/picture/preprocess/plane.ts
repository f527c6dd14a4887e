/** A picture in RGBA, as from a camera or a canvas. */
export interface RasterImage {
  readonly width: number;
  readonly height: number;
  /** Red, green, blue and opacity of each pixel, row by row: 4 × width × height bytes. */
  readonly rgba: Uint8Array | Uint8ClampedArray;
}

/** One number per pixel, row by row. */
export interface Plane {
  readonly width: number;
  readonly height: number;
  /** Width × height numbers, usually from 0 to 1. */
  readonly values: Float32Array;
}

/** Allocates a plane of zeros. */
export function emptyPlane(width: number, height: number): Plane {
  return { width, height, values: new Float32Array(width * height) };
}

/** Applies `value` to each pixel of a plane. */
export function mapPlane(plane: Plane, value: (value: number, index: number) => number): Plane {
  return { ...plane, values: plane.values.map(value) };
}

/** Bilinear interpolation between pixels; beyond the edge, the edge's value. */
export function bilinear({ width, height, values }: Plane, x: number, y: number): number {
  const cx = Math.max(0, Math.min(width - 1, x)), cy = Math.max(0, Math.min(height - 1, y));
  const left = Math.floor(cx), top = Math.floor(cy);
  const right = Math.min(width - 1, left + 1), below = Math.min(height - 1, top + 1);
  const fx = cx - left, fy = cy - top;
  const upper = values[top * width + left] * (1 - fx) + values[top * width + right] * fx;
  const lower = values[below * width + left] * (1 - fx) + values[below * width + right] * fx;
  return upper * (1 - fy) + lower * fy;
}

/** Enlarges a plane by `factor` with bilinear interpolation. */
export function enlarge(plane: Plane, factor: number): Plane {
  if (factor === 1) return plane;
  const larger = emptyPlane(plane.width * factor, plane.height * factor);
  for (let y = 0, i = 0; y < larger.height; y++) {
    for (let x = 0; x < larger.width; x++) {
      larger.values[i++] = bilinear(plane, (x + 0.5) / factor - 0.5, (y + 0.5) / factor - 0.5);
    }
  }
  return larger;
}

/** Averages the square of (2 radius + 1)² pixels around each pixel, clipped at the edges. */
export function boxBlur(plane: Plane, radius: number): Plane {
  if (radius === 0) return plane;
  const mean = rectangleMean(plane);
  const blurred = emptyPlane(plane.width, plane.height);
  for (let y = 0, i = 0; y < plane.height; y++) {
    const top = Math.max(0, y - radius), bottom = Math.min(plane.height, y + radius + 1);
    for (let x = 0; x < plane.width; x++) {
      const left = Math.max(0, x - radius), right = Math.min(plane.width, x + radius + 1);
      blurred.values[i++] = mean(left, top, right, bottom);
    }
  }
  return blurred;
}

/**
 * Returns a function that computes the mean over any rectangle, with edges at fractions of pixels (pixel x
 * extends from x to x + 1); values outside the plane count as 0. Uses a summed-area table (Crow 1984).
 */
export function rectangleMean(
  { width, height, values }: Plane,
): (left: number, top: number, right: number, bottom: number) => number {
  const line = width + 1;
  const sums = new Float64Array(line * (height + 1));
  for (let y = 0; y < height; y++) {
    let row = 0;
    for (let x = 0; x < width; x++) {
      row += values[y * width + x];
      sums[(y + 1) * line + x + 1] = sums[y * line + x + 1] + row;
    }
  }
  const upTo = (x: number, y: number) => {
    const cx = x < 0 ? 0 : x > width ? width : x, cy = y < 0 ? 0 : y > height ? height : y;
    const left = Math.min(width - 1, Math.floor(cx)), top = Math.min(height - 1, Math.floor(cy));
    const fx = cx - left, fy = cy - top, at = top * line + left;
    return (sums[at] * (1 - fx) + sums[at + 1] * fx) * (1 - fy) +
      (sums[at + line] * (1 - fx) + sums[at + line + 1] * fx) * fy;
  };
  return (left, top, right, bottom) =>
    (upTo(right, bottom) - upTo(left, bottom) - upTo(right, top) + upTo(left, top)) /
    ((right - left) * (bottom - top));
}

/**
 * Returns the value below which the given share of the values is, accurate to 1/1000 of their range.
 *
 * @param share from 0 to 1
 */
export function quantile(values: ArrayLike<number>, share: number): number {
  let low = Infinity, high = -Infinity;
  for (let i = 0; i < values.length; i++) {
    if (values[i] < low) low = values[i];
    if (values[i] > high) high = values[i];
  }
  if (!(high > low)) return low;
  const bins = new Uint32Array(1001);
  const scale = 1000 / (high - low);
  for (let i = 0; i < values.length; i++) bins[Math.floor((values[i] - low) * scale)]++;
  let left = share * values.length;
  for (let bin = 0; bin < bins.length; bin++) {
    left -= bins[bin];
    if (left < 0) return low + (bin + 0.5) / scale;
  }
  return high;
}
