import { usageError } from "../base/user_error.ts";
import type { Matrix } from "../kernel/kernel.ts";
import type { Gradients } from "../network/gradients.ts";
import type { Network } from "../network/network.ts";
import type { GradientSink } from "../network/pass.ts";

/** The names of the optimizers. */
export const OPTIMIZERS = ["sgd"] as const;

/** Turns gradients into steps. */
export interface Optimizer {
  /** Changes the network's numbers, given the gradients of the batch's mean loss. */
  step(gradients: Gradients, learningRate: number): void;

  /**
   * Where the rule allows it: a sink that changes each layer's numbers at once, as the backward pass
   * reaches it, with the same bits as `step`. It saves building the gradients.
   */
  direct?(learningRate: number): GradientSink;

  /** The numbers that it keeps from step to step, so that a training can be taken up again. */
  readonly state: readonly Matrix[];
}

/**
 * Makes an optimizer by name.
 *
 * @param l2 λ of the penalty (λ/2) Σ w² that is added to the loss; biases are not penalised
 * @throws {UserError} for an unknown name
 */
export function createOptimizer(name: string, network: Network, l2: number): Optimizer {
  if (name === "sgd") return sgd(network, l2);
  throw usageError(`optimizer must be one of ${OPTIMIZERS.join(", ")}, got ${name}`);
}

/**
 * Stochastic gradient descent (Robbins & Monro 1951): W ← W − η (∂L/∂W + λ W), b ← b − η ∂L/∂b.
 * The penalty takes the form of weight decay: W ← (1 − η λ) W − η ∂L/∂W.
 */
function sgd({ kernel, layers }: Network, l2: number): Optimizer {
  return {
    state: [],
    step(gradients, learningRate) {
      layers.forEach(({ weights, biases }, l) => {
        kernel.combine(-learningRate, gradients[l].weights, 1 - learningRate * l2, weights);
        kernel.combine(-learningRate, gradients[l].biases, 1, biases);
      });
    },
    direct: (learningRate) => (l, input, delta) => {
      kernel.productTN(-learningRate, input, delta, 1 - learningRate * l2, layers[l].weights);
      kernel.columnSums(-learningRate, delta, 1, layers[l].biases);
    },
  };
}
