import { type Kinds, type Made, makeFrom } from "../base/call_syntax.ts";
import type { Kernel, Matrix } from "../kernel/kernel.ts";

/** A parsed batch normalisation. */
export interface BatchNormalization {
  /** Weight of a batch's statistics in the running ones, above 0 and up to 1. */
  readonly momentum: number;
  /** ε, added to variances; above 0. */
  readonly epsilon: number;
}

/** The normalisations of a layer's weighted sums, by name; `null` stands for none. */
export const NORMALIZATIONS: Kinds<BatchNormalization | null> = {
  none: { form: "none", help: "the weighted sums as they are", make: (...args) => noneIf(args) },
  batch: {
    form: "batch(m, ε)",
    help: "by the batch; evaluation by running ← (1 − m) running + m batch (0.1, 1e-5)",
    source: "Ioffe & Szegedy 2015, Batch Normalization, algorithms 1 and 2; m as in PyTorch",
    defaults: [0.1, 1e-5],
    make: (momentum, epsilon, ...more) =>
      momentum > 0 && momentum <= 1 && epsilon > 0 && epsilon <= 1 && more.length === 0
        ? { momentum, epsilon }
        : undefined,
  },
};

function noneIf(args: readonly number[]): null | undefined {
  return args.length === 0 ? null : undefined;
}

/** One of the {@linkcode NORMALIZATIONS} as text: `none`, `batch(0.1, 0.00001)`. */
export type Normalization = "none" | "batch" | `batch(${string})`;

/**
 * Parses one of the {@linkcode NORMALIZATIONS}.
 *
 * @param what names the place, for messages
 * @throws {UserError} for any other text
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseNormalization } from "./normalization.ts";
 * assert.equal(parseNormalization("batch").text, "batch(0.1, 0.00001)");
 * ```
 */
export function parseNormalization(
  text: string,
  what = "normalization",
): Made<BatchNormalization | null> & { readonly text: Normalization } {
  return makeFrom(what, NORMALIZATIONS, text) as
    & Made<BatchNormalization | null>
    & { readonly text: Normalization };
}

/** The batch normalisation of a layer, whose biases are the shifts β. */
export interface Normalizer extends BatchNormalization {
  /** γ, 1 × units; trained. */
  readonly scales: Matrix;
  /** The running mean, 1 × units. */
  readonly mean: Matrix;
  /** The running variance, 1 × units. */
  readonly variance: Matrix;
}

/** Creates a layer's normalizer: γ = 1, running mean 0 and running variance 1. */
export function createNormalizer(
  kernel: Kernel,
  units: number,
  { momentum, epsilon }: BatchNormalization,
): Normalizer {
  const row = (value: number) => {
    const matrix = kernel.matrix(1, units);
    matrix.data.fill(value);
    return matrix;
  };
  return { momentum, epsilon, scales: row(1), mean: row(0), variance: row(1) };
}

/** The numbers of a normalised layer in the pass of a batch. */
export interface NormalizedBatch {
  /** The batch's mean and variance, 1 × units. */
  readonly mean: Matrix;
  readonly variance: Matrix;
  /** (z − mean) / √(variance + ε), rows × units. */
  readonly normal: Matrix;
  /** ∂L/∂γ and ∂L/∂β, 1 × units, once the backward pass has reached the layer. */
  readonly scaleGradient: Matrix;
  readonly biasGradient: Matrix;
}

/** Allocates the numbers of a layer's pass for batches of `rows` images. */
export function createNormalizedBatch(
  kernel: Kernel,
  rows: number,
  units: number,
): NormalizedBatch {
  return {
    mean: kernel.matrix(1, units),
    variance: kernel.matrix(1, units),
    normal: kernel.matrix(rows, units),
    scaleGradient: kernel.matrix(1, units),
    biasGradient: kernel.matrix(1, units),
  };
}

/**
 * Moves a layer's running statistics towards those of a batch. As in PyTorch, the running variance is the
 * unbiased one, divided by rows − 1; a single image has none, and leaves the statistics as they are.
 */
export function updateStatistics(
  kernel: Kernel,
  { momentum, mean, variance }: Normalizer,
  batch: NormalizedBatch,
): void {
  const { rows } = batch.normal;
  if (rows === 1) return;
  kernel.combine(momentum, batch.mean, 1 - momentum, mean);
  kernel.combine(momentum * rows / (rows - 1), batch.variance, 1 - momentum, variance);
}
