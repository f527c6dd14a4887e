import { type Kind, type Kinds, type Made, makeFrom } from "../base/call_syntax.ts";
import type { Matrix } from "../kernel/kernel.ts";
import { createGradients, type Gradients } from "../network/gradients.ts";
import type { Network } from "../network/network.ts";
import type { GradientSink } from "../network/pass.ts";

/** Step number and size of an update. */
export interface StepSize {
  /** η, including the schedule's factor. */
  readonly learningRate: number;
  /** Number of the step, from 1. */
  readonly step: number;
}

/** Updates a network's parameters by gradients. */
export interface Optimizer {
  /**
   * Makes one step.
   *
   * @param gradients of the batch's mean loss; may be overwritten
   */
  step(gradients: Gradients, size: StepSize): void;

  /**
   * If the rule allows it: returns a sink that updates each layer's parameters during the backward pass,
   * with the same bits as `step`, without storing the gradients.
   */
  direct?(size: StepSize): GradientSink;

  /** State kept between steps, which is part of a checkpoint. */
  readonly state: readonly Matrix[];
}

/**
 * Creates an optimizer for a network.
 *
 * @param l2 λ of the penalty (λ/2) Σ w² that is added to the loss; biases are not penalised
 */
export type CreateOptimizer = (network: Network, l2: number) => Optimizer;

/** An optimizer with a momentum μ. */
const withMomentum = (
  make: (momentum: number) => CreateOptimizer,
): Kind<CreateOptimizer>["make"] =>
(momentum, ...more) =>
  momentum >= 0 && momentum < 1 && more.length === 0 ? make(momentum) : undefined;

/** The optimizers, by name. */
export const OPTIMIZERS: Kinds<CreateOptimizer> = {
  sgd: {
    form: "sgd",
    help: "w ← w − η ∂L/∂w",
    source: "Robbins & Monro 1951, A Stochastic Approximation Method",
    make: (...args) => args.length === 0 ? sgd : undefined,
  },
  momentum: {
    form: "momentum(μ)",
    help: "v ← μ v + ∂L/∂w; w ← w − η v, with μ from 0 to below 1 (0.9)",
    source: "Polyak 1964, Some Methods of Speeding Up the Convergence of Iteration Methods",
    defaults: [0.9],
    make: withMomentum(momentum),
  },
  nesterov: {
    form: "nesterov(μ)",
    help: "v ← μ v + ∂L/∂w; w ← w − η (∂L/∂w + μ v), μ as above",
    source: "Sutskever, Martens, Dahl & Hinton 2013, On the Importance of Initialization and " +
      "Momentum in Deep Learning, section 2, in PyTorch's form",
    defaults: [0.9],
    make: withMomentum(nesterov),
  },
};

/**
 * Parses one of the {@linkcode OPTIMIZERS}.
 *
 * @throws {UserError} for any other text
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseOptimizer } from "./optimizer.ts";
 * assert.equal(parseOptimizer("momentum").text, "momentum(0.9)");
 * ```
 */
export function parseOptimizer(text: string): Made<CreateOptimizer> {
  return makeFrom("optimizer", OPTIMIZERS, text);
}

/** The penalty takes the form of weight decay: W ← (1 − η λ) W − η ∂L/∂W. */
function sgd({ kernel, layers }: Network, l2: number): Optimizer {
  return {
    state: [],
    step(gradients, { learningRate }) {
      layers.forEach(({ weights, biases, normalizer }, l) => {
        const { weights: dW, biases: db, scales } = gradients[l];
        kernel.combine(-learningRate, dW, 1 - learningRate * l2, weights);
        kernel.combine(-learningRate, db, 1, biases);
        if (normalizer) kernel.combine(-learningRate, scales!, 1, normalizer.scales);
      });
    },
    direct: ({ learningRate }) => (l, input, delta) => {
      kernel.productTN(-learningRate, input, delta, 1 - learningRate * l2, layers[l].weights);
      kernel.columnSums(-learningRate, delta, 1, layers[l].biases);
    },
  };
}

/** Allocates zeros in the shapes of W1, b1, W2, …. */
function zerosLike(network: Network): Gradients {
  return createGradients(network);
}

/** Lists the matrices of {@linkcode zerosLike}. */
const listed = (all: Gradients): Matrix[] =>
  all.flatMap(({ weights, biases, scales }) => [weights, biases, ...scales ? [scales] : []]);

/** v starts at 0, so the first step equals that of sgd. v includes the penalty's gradient λ W. */
function momentum(mu: number): CreateOptimizer {
  return (network, l2) => {
    const { kernel, layers } = network;
    const velocity = zerosLike(network);
    /** Given v = μ v + ∂L/∂w, adds the penalty's gradient to v and subtracts η v from w. */
    const move = (l: number, learningRate: number) => {
      const { weights, biases, normalizer } = layers[l], v = velocity[l];
      if (l2 !== 0) kernel.combine(l2, weights, 1, v.weights);
      kernel.combine(-learningRate, v.weights, 1, weights);
      kernel.combine(-learningRate, v.biases, 1, biases);
      if (normalizer) kernel.combine(-learningRate, v.scales!, 1, normalizer.scales);
    };
    return {
      state: listed(velocity),
      step(gradients, { learningRate }) {
        velocity.forEach((v, l) => {
          kernel.combine(1, gradients[l].weights, mu, v.weights);
          kernel.combine(1, gradients[l].biases, mu, v.biases);
          if (v.scales) kernel.combine(1, gradients[l].scales!, mu, v.scales);
          move(l, learningRate);
        });
      },
      direct: ({ learningRate }) => (l, input, delta) => {
        kernel.productTN(1, input, delta, mu, velocity[l].weights);
        kernel.columnSums(1, delta, mu, velocity[l].biases);
        move(l, learningRate);
      },
    };
  };
}

/** As {@linkcode momentum}, but the step looks ahead by μ v. */
function nesterov(mu: number): CreateOptimizer {
  return (network, l2) => {
    const { kernel, layers } = network;
    const velocity = zerosLike(network);
    const move = (gradient: Matrix, v: Matrix, parameters: Matrix, learningRate: number) => {
      kernel.combine(1, gradient, mu, v);
      kernel.combine(mu, v, 1, gradient);
      kernel.combine(-learningRate, gradient, 1, parameters);
    };
    return {
      state: listed(velocity),
      step(gradients, { learningRate }) {
        layers.forEach(({ weights, biases, normalizer }, l) => {
          const { scales } = gradients[l];
          if (l2 !== 0) kernel.combine(l2, weights, 1, gradients[l].weights);
          move(gradients[l].weights, velocity[l].weights, weights, learningRate);
          move(gradients[l].biases, velocity[l].biases, biases, learningRate);
          if (normalizer) move(scales!, velocity[l].scales!, normalizer.scales, learningRate);
        });
      },
    };
  };
}
