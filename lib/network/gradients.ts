import type { Matrix } from "../kernel/kernel.ts";
import type { Network } from "./network.ts";
import type { GradientSink } from "./pass.ts";

/** ∂L/∂W and ∂L/∂b of every layer, in the shapes of the network's own. */
export type Gradients = readonly { readonly weights: Matrix; readonly biases: Matrix }[];

/** Room for a network's gradients. */
export function createGradients({ kernel, layers }: Network): Gradients {
  return layers.map(({ weights, biases }) => ({
    weights: kernel.matrix(weights.rows, weights.columns),
    biases: kernel.matrix(1, biases.columns),
  }));
}

/**
 * A sink that keeps the gradients: `store` puts them in place of the old, `add` adds them to what a
 * large batch's earlier parts have left.
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
