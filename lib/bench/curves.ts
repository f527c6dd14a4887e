import { complete, type Hyperparameters } from "../training/hyperparameters.ts";
import { compare, type CompareOptions } from "./compare.ts";
import type { Library } from "./peer.ts";

/** The horizontal axis of a curve of times per epoch. */
export type Dimension = "units" | "depth" | "batch";

/** A library's time at one point of a curve. */
export interface SpeedRow {
  readonly dimension: Dimension;
  /** Units of the hidden layer, number of hidden layers, or images per step. */
  readonly value: number;
  readonly layers: string;
  readonly batchSize: number;
  readonly library: string;
  /** Fewest CPU seconds of an epoch. */
  readonly seconds: number;
}

const training = (layers: readonly number[], batchSize: number) =>
  complete({ layers, batchSize, learningRate: 0.05 });

const UNITS = [16, 32, 64, 128, 256, 512, 1024, 2048];
const DEPTHS = [1, 2, 3, 4, 5, 6];
const BATCHES = [1, 4, 16, 64, 256, 1024, 4096, 16384, 60000];

/** Libraries that may be the fastest peer: NumPy is several times slower than JAX with small batches. */
const peersFor = (batchSize: number): Library[] => batchSize < 256 ? ["jax"] : ["jax", "numpy"];

/** The points of the three curves: one hidden layer, hidden layers of 128, and 784-128-64-10. */
const POINTS: readonly (readonly [Dimension, number, Hyperparameters])[] = [
  ...UNITS.map((units) => ["units", units, training([784, units, 10], 32)] as const),
  ...DEPTHS.map((depth) =>
    ["depth", depth, training([784, ...new Array(depth).fill(128), 10], 32)] as const
  ),
  ...BATCHES.map((batch) => ["batch", batch, training([784, 128, 64, 10], batch)] as const),
];

/** Times an epoch at every point of the curves, for this project and the peers that may be the fastest. */
export async function speedCurves(
  options: Omit<CompareOptions, "libraries">,
): Promise<SpeedRow[]> {
  const rows: SpeedRow[] = [];
  for (const [dimension, value, hyperparameters] of POINTS) {
    const batchSize = Number(hyperparameters.batchSize);
    if (batchSize > options.count) continue;
    options.note(`timing ${dimension} ${value}`);
    const libraries: Library[] = ["descent", ...peersFor(batchSize)];
    const [own, ...peers] = await compare(hyperparameters, { ...options, libraries });
    const [fastest] = peers.toSorted((a, b) => a.fewest - b.fewest);
    for (const { library, fewest } of fastest ? [own, fastest] : [own]) {
      rows.push({
        dimension,
        value,
        layers: hyperparameters.layers.join("-"),
        batchSize,
        library,
        seconds: Number(fewest.toFixed(4)),
      });
    }
  }
  return rows;
}

/** A point that takes longer than interpolated from its neighbours. */
export interface Cliff {
  readonly dimension: Dimension;
  readonly value: number;
  /** Its time divided by the linear interpolation of its neighbours, both axes logarithmic. */
  readonly factor: number;
}

/**
 * The points of a library's curves that exceed the interpolation of their neighbours by a factor.
 */
export function cliffs(rows: readonly SpeedRow[], library: string, factor: number): Cliff[] {
  const own = rows.filter((row) => row.library === library);
  return [...Map.groupBy(own, ({ dimension }) => dimension).values()].flatMap((curve) =>
    curve.slice(1, -1).flatMap((row, i) => {
      const [before, after] = [curve[i], curve[i + 2]];
      const along = Math.log(row.value / before.value) / Math.log(after.value / before.value);
      const expected = before.seconds ** (1 - along) * after.seconds ** along;
      const ratio = row.seconds / expected;
      return ratio > factor ? [{ dimension: row.dimension, value: row.value, factor: ratio }] : [];
    })
  );
}
