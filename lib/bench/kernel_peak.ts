import { randomStream } from "../base/random.ts";
import { sum } from "../base/statistics.ts";
import type { Dataset } from "../dataset/dataset.ts";
import type { Images, Kernel, Matrix } from "../kernel/kernel.ts";
import { simdKernel } from "../kernel/simd.ts";

/** The rate of one of the kernel's products. */
export interface KernelRate {
  /** The operation, with the prefix "sparse" if its factor is a batch of images. */
  readonly verb: string;
  /** Rows of the batch × inputs × units. */
  readonly shape: string;
  /**
   * Billions of additions and multiplications a second; for images, only those of nonzero pixels.
   */
  readonly gflops: number;
  /** The rate divided by that of the first line. */
  readonly share: number;
}

/** Batch size, inputs and units of the measured layers. */
const DENSE = [[32, 128, 64], [32, 512, 512], [128, 800, 800]] as const;
const SPARSE = [[32, 784, 128], [32, 784, 512], [128, 784, 800]] as const;

/**
 * Measures the kernel's products in this process: first the peak, one panel of sixteen columns with
 * long sums, where nearly all time goes into multiply-adds; then layers of networks.
 *
 * @param rounds number of times that each is timed; the fastest counts
 */
export function kernelRates({ train }: Dataset, rounds: number): KernelRate[] {
  const kernel = simdKernel();
  const random = randomStream(1, "data");
  const filled = (rows: number, columns: number): Matrix => {
    const matrix = kernel.matrix(rows, columns);
    matrix.data.forEach((_, i) => matrix.data[i] = random.normal());
    return matrix;
  };
  const rates: Omit<KernelRate, "share">[] = [];
  const add = (verb: string, shape: readonly number[], terms: number, run: () => void) => {
    const gflops = 2 * terms / fastest(run, rounds) / 1e6;
    rates.push({ verb, shape: shape.join("×"), gflops });
  };

  const peak = [128, 1024, 16] as const;
  const [rows, inner, columns] = peak;
  const left = filled(rows, inner), right = filled(inner, columns), sums = filled(rows, columns);
  add("peak", peak, rows * inner * columns, () => kernel.product(left, right, sums));

  for (const shape of DENSE) {
    const [batch, inputs, units] = shape;
    const a = filled(batch, inputs), weights = filled(inputs, units);
    const z = filled(batch, units), delta = filled(batch, inputs);
    const terms = batch * inputs * units;
    add("product", shape, terms, () => kernel.product(a, weights, z));
    // The step is too small to change the weights.
    add("productTN", shape, terms, () => kernel.productTN(-1e-9, a, z, 1, weights));
    add("productNT", shape, terms, () => kernel.productNT(z, weights, delta));
  }
  const order = Uint32Array.from({ length: train.count }, (_, i) => i);
  for (const shape of SPARSE) {
    const [batch, inputs, units] = shape;
    const { x, count } = images(kernel, train.pixels, order, batch, inputs);
    const weights = filled(inputs, units), z = filled(batch, units);
    add("sparse product", shape, count * units, () => kernel.product(x, weights, z));
    add("sparse productTN", shape, count * units, () => {
      kernel.productTN(-1e-9, x, z, 1, weights);
    });
  }
  return rates.map((rate) => ({ ...rate, share: rate.gflops / rates[0].gflops }));
}

/** The first images, and the number of their nonzero pixels. */
function images(
  kernel: Kernel,
  pixels: Uint8Array,
  order: Uint32Array,
  batch: number,
  inputs: number,
): { x: Images; count: number } {
  const x = kernel.images(batch, inputs);
  kernel.loadPixels(x, pixels, order, 0);
  const count = sum(pixels.subarray(0, batch * inputs), (byte) => Number(byte > 0));
  return { x, count };
}

/**
 * Milliseconds of the fastest of several rounds of at least two milliseconds, after a warm-up of
 * ten times as long.
 */
function fastest(run: () => void, rounds: number): number {
  let repeats = 1, best = Infinity;
  // V8 optimises hot code in the background.
  for (const warm = performance.now() + 20 * rounds; performance.now() < warm;) run();
  for (let round = 0; round < rounds;) {
    const begun = performance.now();
    for (let i = 0; i < repeats; i++) run();
    const elapsed = performance.now() - begun;
    if (elapsed < 2) {
      repeats *= 2;
      continue;
    }
    best = Math.min(best, elapsed / repeats);
    round++;
  }
  return best;
}
