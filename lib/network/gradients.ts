import type { Matrix } from "../kernel/kernel.ts";
import type { Network } from "./network.ts";
import type { GradientSink } from "./pass.ts";

/** ∂L/∂W, ∂L/∂b and, with batch normalisation, ∂L/∂γ of every layer, in the shapes of W, b and γ. */
export type Gradients = readonly {
  readonly weights: Matrix;
  readonly biases: Matrix;
  readonly scales?: Matrix;
}[];

/** Allocates the gradients of a network. */
export function createGradients({ kernel, layers }: Network): Gradients {
  return layers.map(({ weights, biases, normalizer }) => ({
    weights: kernel.matrix(weights.rows, weights.columns),
    biases: kernel.matrix(1, biases.columns),
    ...(normalizer && { scales: kernel.matrix(1, biases.columns) }),
  }));
}

/**
 * Returns sinks that write to `gradients`: `store` overwrites them, `add` adds to them, to accumulate
 * the parts of a large batch.
 */
export function keepGradients(
  { kernel }: Network,
  gradients: Gradients,
): { store: GradientSink; add: GradientSink } {
  const sink = (beta: 0 | 1): GradientSink => (l, input, delta, batch) => {
    const { weights, biases, scales } = gradients[l];
    kernel.productTN(1, input, delta, beta, weights);
    if (batch && scales) {
      kernel.combine(1, batch.biasGradient, beta, biases);
      kernel.combine(1, batch.scaleGradient, beta, scales);
    } else kernel.columnSums(1, delta, beta, biases);
  };
  return { store: sink(0), add: sink(1) };
}
