import type { Matrix } from "../kernel/kernel.ts";
import type { Network } from "./network.ts";
import type { GradientSink } from "./pass.ts";

/** ∂L/∂W and ∂L/∂b of every layer, in the shapes of W and b. */
export type Gradients = readonly { readonly weights: Matrix; readonly biases: Matrix }[];

/** Allocates the gradients of a network. */
export function createGradients({ kernel, layers }: Network): Gradients {
  return layers.map(({ weights, biases }) => ({
    weights: kernel.matrix(weights.rows, weights.columns),
    biases: kernel.matrix(1, biases.columns),
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
  const sink = (beta: 0 | 1): GradientSink => (l, input, delta) => {
    kernel.productTN(1, input, delta, beta, gradients[l].weights);
    kernel.columnSums(1, delta, beta, gradients[l].biases);
  };
  return { store: sink(0), add: sink(1) };
}
