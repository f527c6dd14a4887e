import { emptyPlane, type Plane } from "./plane.ts";

/**
 * Computes the signed distance of each pixel's centre from the ink's edge, in pixels; negative outside. The
 * edge is where the plane is 0.5. Based on exact Euclidean distances (Felzenszwalb & Huttenlocher 2012).
 */
export function signedDistance(plane: Plane): Plane {
  const inside = squaredDistances(plane, (value) => value < 0.5);
  const outside = squaredDistances(plane, (value) => value >= 0.5);
  const signed = emptyPlane(plane.width, plane.height);
  for (let i = 0; i < signed.values.length; i++) {
    // A pixel's centre is half a pixel from its own edge.
    signed.values[i] = inside[i] > 0 ? Math.sqrt(inside[i]) - 0.5 : 0.5 - Math.sqrt(outside[i]);
  }
  return signed;
}

/**
 * Measures the strokes' mean width in pixels: four times the mean distance to the edge, as for a band.
 *
 * @param plane ink with at least a pixel of paper around it
 */
export function strokeWidth(plane: Plane): number {
  let sum = 0, count = 0;
  for (const square of squaredDistances(plane, (value) => value < 0.5)) {
    if (square === 0) continue;
    sum += Math.sqrt(square) - 0.5;
    count++;
  }
  return count === 0 ? 0 : 4 * sum / count;
}

/** Returns ink with its edge moved `growth` pixels outwards (inwards if negative), a pixel soft. */
export function moveEdge(distance: Plane, growth: number): Plane {
  return {
    ...distance,
    values: distance.values.map((value) => Math.max(0, Math.min(1, value + growth + 0.5))),
  };
}

/** Computes the squared distance from each pixel to the nearest goal; along columns, then rows. */
function squaredDistances(plane: Plane, isGoal: (value: number) => boolean): Float64Array {
  const { width, height, values } = plane;
  const far = (width + height) ** 2;
  const squares = Float64Array.from(values, (value) => isGoal(value) ? 0 : far);
  const length = Math.max(width, height);
  const line = new Float64Array(length);
  const peaks = new Int32Array(length), bounds = new Float64Array(length + 1);
  const pass = (start: number, step: number, count: number) => {
    for (let i = 0; i < count; i++) line[i] = squares[start + i * step];
    lowerEnvelope(line, count, peaks, bounds, (i, square) => squares[start + i * step] = square);
  };
  for (let x = 0; x < width; x++) pass(x, width, height);
  for (let y = 0; y < height; y++) pass(y * width, 1, width);
  return squares;
}

/** Computes the minimum of the parabolas (i − p)² + line[p] at each i. */
function lowerEnvelope(
  line: Float64Array,
  count: number,
  peaks: Int32Array,
  bounds: Float64Array,
  put: (i: number, square: number) => void,
): void {
  let last = 0;
  peaks[0] = 0;
  bounds[0] = -Infinity;
  bounds[1] = Infinity;
  const meet = (p: number, q: number) => (line[q] + q * q - line[p] - p * p) / (2 * (q - p));
  for (let q = 1; q < count; q++) {
    let bound = meet(peaks[last], q);
    while (bound <= bounds[last]) bound = meet(peaks[--last], q);
    peaks[++last] = q;
    bounds[last] = bound;
    bounds[last + 1] = Infinity;
  }
  for (let i = 0, k = 0; i < count; i++) {
    while (bounds[k + 1] < i) k++;
    put(i, (i - peaks[k]) ** 2 + line[peaks[k]]);
  }
}
