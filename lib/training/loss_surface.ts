import { extent } from "../base/statistics.ts";
import { usageError } from "../base/user_error.ts";
import type { Samples } from "../dataset/dataset.ts";
import { simdKernel } from "../kernel/simd.ts";
import type { Model } from "../network/architecture.ts";
import { createNetwork, networkMatrices, writeRows } from "../network/network.ts";
import { evaluator } from "./evaluate.ts";
import { type LossPlane, networkAt, placeOn, type PlanePoint } from "./loss_plane.ts";

/** The lattice of points at which a surface is computed. */
export interface SurfaceGrid {
  /** Ends of x, the first below the second. */
  readonly x: readonly [number, number];
  /** Ends of y. */
  readonly y: readonly [number, number];
  /** Points along each, both ends included, 2 to 500. */
  readonly steps: number;
}

/** A point of a plane, and the mean loss of its network. */
export interface SurfacePoint extends PlanePoint {
  readonly loss: number;
}

/** Losses on a lattice of a plane. */
export interface LossSurface {
  /** Values of x, rising. */
  readonly xs: readonly number[];
  /** Values of y, rising. */
  readonly ys: readonly number[];
  /** `losses[j][i]` is the mean loss per image at (xs[i], ys[j]). */
  readonly losses: readonly (readonly number[])[];
}

const MOST_STEPS = 500;

/**
 * Computes the mean loss of the networks on a lattice of a plane.
 *
 * @param samples the images on which they are evaluated
 * @throws {UserError} for an invalid lattice
 */
export function lossSurface(
  plane: LossPlane,
  samples: Samples,
  { x, y, steps }: SurfaceGrid,
): LossSurface {
  if (!Number.isInteger(steps) || steps < 2 || steps > MOST_STEPS) {
    throw usageError(`steps must be a whole number from 2 to ${MOST_STEPS}, got ${steps}`);
  }
  for (const [low, high] of [x, y]) {
    if (low < high && Number.isFinite(high - low)) continue;
    throw usageError(
      `a surface needs two ends, the first below the second, got ${low} and ${high}`,
    );
  }
  const lossOf = losses(plane.origin, samples);
  const along = ([low, high]: readonly [number, number]) =>
    Array.from({ length: steps }, (_, i) => low + (high - low) * i / (steps - 1));
  const xs = along(x), ys = along(y);
  return {
    xs,
    ys,
    losses: ys.map((y) => xs.map((x) => lossOf(networkAt(plane, { x, y })))),
  };
}

/**
 * The points of a plane that are closest to the networks of a path, each with the loss of its network. This
 * is not the surface's: the path does not lie on the plane.
 */
export function pathOn(
  plane: LossPlane,
  networks: readonly Model[],
  samples: Samples,
): SurfacePoint[] {
  const lossOf = losses(plane.origin, samples);
  return networks.map((network) => ({ ...placeOn(plane, network), loss: lossOf(network) }));
}

/**
 * A lattice that contains some points with a margin around them.
 *
 * @param margin as a share of the range
 */
export function gridAround(
  points: readonly PlanePoint[],
  { steps = 25, margin = 0.25 }: { readonly steps?: number; readonly margin?: number } = {},
): SurfaceGrid {
  const ends = (values: readonly number[]): [number, number] => {
    const [low = 0, high = 0] = extent(values);
    const room = margin * (high - low) || 1;
    return [low - room, high + room];
  };
  return { x: ends(points.map(({ x }) => x)), y: ends(points.map(({ y }) => y)), steps };
}

/** A function from a network of an architecture to its mean loss on the images. */
function losses({ architecture }: Model, samples: Samples): (network: Model) => number {
  const network = createNetwork(simdKernel(), architecture);
  const matrices = networkMatrices(network);
  const look = evaluator(network, samples);
  return ({ parameters }) => {
    const numbers = parameters.flatMap(({ weights, biases }) => [weights, biases]);
    matrices.forEach((matrix, i) => writeRows(matrix, numbers[i]));
    return look().loss;
  };
}
