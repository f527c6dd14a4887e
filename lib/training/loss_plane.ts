import { loadPackage } from "../base/package.ts";
import { randomStream } from "../base/random.ts";
import { extent, sum } from "../base/statistics.ts";
import { usageError } from "../base/user_error.ts";
import type { Model } from "../network/architecture.ts";

/**
 * A plane through the space of a network's weights and biases: the networks origin + x · across + y · up.
 */
export interface LossPlane {
  /** The network at (0, 0). */
  readonly origin: Model;
  /** Direction of x: a number for each parameter, layer by layer, weights before biases. */
  readonly across: Float64Array;
  /** Direction of y. */
  readonly up: Float64Array;
}

/** The plane that lies closest to a path. */
export interface PathPlane extends LossPlane {
  /** The shares of the path's squared distances from the origin that lie along x and y, 0 to 1. */
  readonly explained: readonly [number, number];
}

/** A place on a plane. */
export interface PlanePoint {
  readonly x: number;
  readonly y: number;
}

/**
 * A plane in two random directions, normalised filter by filter: the part of a direction that belongs to a
 * unit's incoming weights is as long as these weights (Li et al. 2018, "Visualizing the Loss Landscape of
 * Neural Nets", arXiv:1712.09913, section 4). Without that, a network whose weights are large, and whose
 * function is the same, would look flatter. Biases stay as they are. (1, 0) is as far from the
 * network as its weights are from 0.
 *
 * @param seed of the directions
 * @throws {UserError} for a network with batch normalisation
 */
export function randomPlane(origin: Model, seed: number): LossPlane {
  requireFolded(origin);
  const random = randomStream(seed, "initializer");
  const direction = () =>
    concatenated(origin.parameters.flatMap(({ weights, biases }) => {
      const drawn = Float64Array.from(weights, () => random.normal());
      const units = biases.length;
      for (let unit = 0; unit < units; unit++) {
        const scale = filterNorm(weights, unit, units) / filterNorm(drawn, unit, units);
        for (let i = unit; i < drawn.length; i += units) drawn[i] *= scale;
      }
      return [drawn, new Float64Array(units)];
    }));
  return { origin, across: direction(), up: direction() };
}

/** Length of the incoming weights of a unit. */
function filterNorm(weights: ArrayLike<number>, unit: number, units: number): number {
  let square = 0;
  for (let i = unit; i < weights.length; i += units) square += weights[i] * weights[i];
  return Math.sqrt(square);
}

/**
 * The plane through `origin` that lies closest to the networks of one path or several: the first two
 * principal components of their distances from it (Li et al. 2018, section 7.2). In random directions a path
 * shows nothing, for in so many dimensions nearly every direction is at a right angle to it. The directions
 * are of length 1 and at right angles, so that distances on the plane are those of the weights.
 *
 * @param networks of the paths, two or more in different directions from the origin
 * @param origin the network at (0, 0), such as the end of a path
 * @throws {UserError} for a network with batch normalisation, if the networks lie on a line, and when
 * ml-matrix cannot be installed
 */
export async function pathPlane(networks: readonly Model[], origin: Model): Promise<PathPlane> {
  [origin, ...networks].forEach(requireFolded);
  const start = flat(origin);
  const distances = networks.map((network) => flat(network).map((x, i) => x - start[i]));
  const pairs = await eigenpairs(distances.map((a) => distances.map((b) => dot(a, b))));
  const total = sum(pairs, ({ value }) => Math.max(value, 0));
  if (!(pairs.length > 1 && pairs[1].value > 1e-12 * total)) {
    throw usageError("a plane needs a path that does not lie on a line");
  }
  // The eigenvectors of the small matrix of products are the components, as combinations of distances.
  const [across, up] = pairs.slice(0, 2).map(({ value, vector }) => {
    const direction = new Float64Array(start.length);
    vector.forEach((share, n) => {
      const weight = share / Math.sqrt(value);
      distances[n].forEach((x, i) => direction[i] += weight * x);
    });
    return direction;
  });
  return { origin, across, up, explained: [pairs[0].value / total, pairs[1].value / total] };
}

/**
 * The eigenvalues of a symmetric matrix, the largest first, with eigenvectors of length 1. The largest number
 * of each vector is positive.
 */
async function eigenpairs(matrix: number[][]): Promise<{ value: number; vector: number[] }[]> {
  if (matrix.length === 0) return [];
  const { EigenvalueDecomposition } = await loadPackage("ml-matrix");
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(matrix, {
    assumeSymmetric: true,
  });
  return realEigenvalues.map((value, i) => {
    const vector = eigenvectorMatrix.getColumn(i);
    const [low = 0, high = 0] = extent(vector);
    return { value, vector: -low > high ? vector.map((x) => -x) : vector };
  }).sort((a, b) => b.value - a.value);
}

/** The point of a plane that is closest to a network. */
export function placeOn({ origin, across, up }: LossPlane, network: Model): PlanePoint {
  const start = flat(origin);
  const distance = flat(network).map((x, i) => x - start[i]);
  const [aa, au, uu] = [dot(across, across), dot(across, up), dot(up, up)];
  const [a, u] = [dot(across, distance), dot(up, distance)];
  const determinant = aa * uu - au * au;
  return { x: (uu * a - au * u) / determinant, y: (aa * u - au * a) / determinant };
}

/** The network at a point of a plane. */
export function networkAt({ origin, across, up }: LossPlane, { x, y }: PlanePoint): Model {
  let place = 0;
  const moved = (numbers: ArrayLike<number>) =>
    Float64Array.from(numbers, (number) => {
      const i = place++;
      return number + x * across[i] + y * up[i];
    });
  const parameters = origin.parameters.map(({ weights, biases }) => ({
    weights: moved(weights),
    biases: moved(biases),
  }));
  return { ...origin, parameters };
}

/** The parameters of a network as one list. */
function flat({ parameters }: Model): Float64Array {
  return concatenated(parameters.flatMap(({ weights, biases }) => [weights, biases]));
}

function concatenated(lists: readonly ArrayLike<number>[]): Float64Array {
  const all = new Float64Array(sum(lists, ({ length }) => length));
  let place = 0;
  for (const list of lists) {
    all.set(list, place);
    place += list.length;
  }
  return all;
}

function dot(a: Float64Array, b: Float64Array): number {
  let product = 0;
  for (let i = 0; i < a.length; i++) product += a[i] * b[i];
  return product;
}

/** With batch normalisation, the loss also depends on running statistics, which no direction moves. */
function requireFolded({ parameters }: Model): void {
  if (parameters.every(({ normalizer }) => normalizer === undefined)) return;
  throw usageError(
    "a plane needs a network without batch normalisation: fold it into the weights, foldNormalization(model)",
  );
}
