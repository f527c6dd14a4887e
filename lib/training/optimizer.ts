import { type Kind, type Made, makeFrom } from "../base/call_syntax.ts";
import { expm1, log } from "../base/elementary.ts";
import type { Matrix } from "../kernel/kernel.ts";
import { UPDATE_RULES, type UpdateRuleName } from "../kernel/update_rules.ts";
import type { Gradients } from "../network/gradients.ts";
import type { Network } from "../network/network.ts";
import type { GradientSink } from "../network/pass.ts";

/** Step number and size of an update. */
export interface StepSize {
  /** η, including the schedule's factor. */
  readonly learningRate: number;
  /** Number of the step, from 1. */
  readonly step: number;
  /** Takes the place of the optimizer's momentum where the schedule changes it. */
  readonly momentum?: number;
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

  /**
   * State kept between steps, which is part of a checkpoint: layer by layer that of the weights, the biases
   * and, with batch normalisation, the scales.
   */
  readonly state: readonly Matrix[];
}

/**
 * Creates an optimizer for a network.
 *
 * @param l2 λ of the penalty (λ/2) Σ w² that is added to the loss; biases are not penalised
 */
export type CreateOptimizer = (network: Network, l2: number) => Optimizer;

/** An entry of {@linkcode OPTIMIZERS}. */
export interface OptimizerKind extends Kind<CreateOptimizer> {
  /** The letters that its formula has for what it keeps, in the order of its state. */
  readonly keeps: readonly string[];
  /** Whether it has a momentum, which a schedule can change: μ, or β₁ of Adam. */
  readonly hasMomentum?: boolean;
  /** Whether it has a decoupled weight decay of its own. */
  readonly hasDecay?: boolean;
}

const isShare = (x: number) => x >= 0 && x < 1;

/** The ε of Adam and RMSprop, and that of AdaGrad. */
const EPSILON = 1e-8, ADAGRAD_EPSILON = 1e-10;

/**
 * The optimizers, by name. g is the gradient of the batch's mean loss, for weights with the penalty's
 * λ w, and t the number of the step. Formulas, and each ε, are those of `torch.optim`.
 */
export const OPTIMIZERS: Readonly<Record<string, OptimizerKind>> = {
  sgd: {
    keeps: [],
    form: "sgd",
    help: "w ← w − η g, g being ∂L/∂w",
    source: "Robbins & Monro 1951, A Stochastic Approximation Method",
    make: (...args) => args.length === 0 ? sgd : undefined,
  },
  momentum: {
    keeps: ["v"],
    form: "momentum(μ)",
    help: "v ← μ v + g; w ← w − η v, with μ from 0 to below 1 (0.9)",
    source: "Polyak 1964, Some Methods of Speeding Up the Convergence of Iteration Methods",
    defaults: [0.9],
    hasMomentum: true,
    make: (mu, ...more) =>
      isShare(mu) && more.length === 0
        ? byRule("momentum", (size, l2) => [size.learningRate, l2, size.momentum ?? mu])
        : undefined,
  },
  nesterov: {
    keeps: ["v"],
    form: "nesterov(μ)",
    help: "v ← μ v + g; w ← w − η (g + μ v), μ as above",
    source: "Sutskever, Martens, Dahl & Hinton 2013, On the Importance of Initialization and " +
      "Momentum in Deep Learning, section 2, in PyTorch's form",
    defaults: [0.9],
    hasMomentum: true,
    make: (mu, ...more) =>
      isShare(mu) && more.length === 0
        ? byRule("nesterov", (size, l2) => [size.learningRate, l2, size.momentum ?? mu])
        : undefined,
  },
  adaGrad: {
    keeps: ["s"],
    form: "adaGrad",
    help: "s ← s + g²; w ← w − η g / (√s + 10⁻¹⁰)",
    source: "Duchi, Hazan & Singer 2011, Adaptive Subgradient Methods for Online Learning and " +
      "Stochastic Optimization, section 1.1",
    make: (...args) =>
      args.length === 0
        ? byRule("adaGrad", ({ learningRate }, l2) => [learningRate, l2, ADAGRAD_EPSILON])
        : undefined,
  },
  adaDelta: {
    keeps: ["s", "u"],
    form: "adaDelta(ρ, ε)",
    help: "s ← ρ s + (1 − ρ) g²; d = g √(u + ε) / √(s + ε);\n" +
      "    u ← ρ u + (1 − ρ) d²; w ← w − η d (0.95, 1e-6); made for η = 1",
    source: "Zeiler 2012, ADADELTA: An Adaptive Learning Rate Method, algorithm 1",
    defaults: [0.95, 1e-6],
    make: (rho, epsilon, ...more) =>
      isShare(rho) && epsilon >= 1e-30 && epsilon <= 1 && more.length === 0
        ? byRule("adaDelta", ({ learningRate }, l2) => [learningRate, l2, 1 - rho, epsilon])
        : undefined,
  },
  rmsProp: {
    keeps: ["s"],
    form: "rmsProp(α)",
    help: "s ← α s + (1 − α) g²; w ← w − η g / (√s + 10⁻⁸), with α from 0 to below 1 (0.9)",
    source: "Tieleman & Hinton 2012, Neural Networks for Machine Learning, lecture 6.5",
    defaults: [0.9],
    make: (alpha, ...more) =>
      isShare(alpha) && more.length === 0
        ? byRule("rmsProp", ({ learningRate }, l2) => [learningRate, l2, 1 - alpha, EPSILON])
        : undefined,
  },
  adam: {
    keeps: ["m", "v"],
    form: "adam(β₁, β₂)",
    help: "m ← β₁ m + (1 − β₁) g; v ← β₂ v + (1 − β₂) g²;\n" +
      "    w ← w − η m/(1 − β₁ᵗ) / (√(v/(1 − β₂ᵗ)) + 10⁻⁸) (0.9, 0.999)",
    source: "Kingma & Ba 2015, Adam: A Method for Stochastic Optimization, algorithm 1",
    defaults: [0.9, 0.999],
    hasMomentum: true,
    make: (beta1, beta2, ...more) =>
      isShare(beta1) && isShare(beta2) && more.length === 0 ? adam(beta1, beta2) : undefined,
  },
  adamW: {
    keeps: ["m", "v"],
    form: "adamW(β₁, β₂, decay)",
    help: "w ← (1 − η decay) w, then adam, with a decay from 0\n" +
      "    (0.9, 0.999, 0.01); biases do not decay",
    source: "Loshchilov & Hutter 2019, Decoupled Weight Decay Regularization, algorithm 2",
    defaults: [0.9, 0.999, 0.01],
    hasMomentum: true,
    hasDecay: true,
    make: (beta1, beta2, decay, ...more) =>
      isShare(beta1) && isShare(beta2) && decay >= 0 && more.length === 0
        ? (network, l2) => decayed(network, adam(beta1, beta2)(network, l2), decay)
        : undefined,
  },
  lion: {
    keeps: ["m"],
    form: "lion(β₁, β₂)",
    help: "w ← w − η sign(β₁ m + (1 − β₁) g); m ← β₂ m + (1 − β₂) g (0.9, 0.99)",
    source: "Chen et al. 2023, Symbolic Discovery of Optimization Algorithms, algorithm 2",
    defaults: [0.9, 0.99],
    make: (beta1, beta2, ...more) =>
      isShare(beta1) && isShare(beta2) && more.length === 0
        ? byRule(
          "lion",
          ({ learningRate }, l2) => [learningRate, l2, 1 - beta1, 1 - beta2],
        )
        : undefined,
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
 * assert.equal(parseOptimizer("adam").text, "adam(0.9, 0.999)");
 * ```
 */
export function parseOptimizer(text: string): Made<CreateOptimizer> {
  return makeFrom<CreateOptimizer>("optimizer", OPTIMIZERS, text);
}

/** Returns the entry of an optimizer that {@linkcode parseOptimizer} accepts. */
export function optimizerKind(text: string): OptimizerKind {
  return OPTIMIZERS[parseOptimizer(text).name];
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

/** The matrices that a rule keeps for a matrix of parameters. */
type Kept = readonly Matrix[];

/**
 * An optimizer that applies a rule to every parameter.
 *
 * @param numbersOf the rule's numbers for a step; biases and scales have an `l2` of 0
 */
function byRule(
  name: UpdateRuleName,
  numbersOf: (size: StepSize, l2: number) => readonly number[],
): CreateOptimizer {
  return ({ kernel, layers }, l2) => {
    const kept = ({ rows, columns }: Matrix): Kept =>
      Array.from({ length: UPDATE_RULES[name].states }, () => kernel.matrix(rows, columns));
    const all = layers.map(({ weights, biases, normalizer }) => ({
      weights: kept(weights),
      biases: kept(biases),
      scales: normalizer ? kept(normalizer.scales) : [],
      biasGradient: kernel.matrix(1, biases.columns),
    }));
    const rulesOf = (size: StepSize) => ({
      penalised: { name, numbers: numbersOf(size, l2) },
      free: { name, numbers: numbersOf(size, 0) },
    });
    return {
      state: all.flatMap(({ weights, biases, scales }) => [...weights, ...biases, ...scales]),
      step(gradients, size) {
        const { penalised, free } = rulesOf(size);
        layers.forEach(({ weights, biases, normalizer }, l) => {
          kernel.update(penalised, gradients[l].weights, weights, all[l].weights);
          kernel.update(free, gradients[l].biases, biases, all[l].biases);
          if (!normalizer) return;
          kernel.update(free, gradients[l].scales!, normalizer.scales, all[l].scales);
        });
      },
      direct(size) {
        const { penalised, free } = rulesOf(size);
        return (l, input, delta) => {
          const { weights, biases, biasGradient } = all[l];
          kernel.updateTN(penalised, input, delta, layers[l].weights, weights);
          kernel.columnSums(1, delta, 0, biasGradient);
          kernel.update(free, biasGradient, layers[l].biases, biases);
        };
      },
    };
  };
}

/** The corrections 1 − βᵗ are made in 64 bits and do not lose digits where βᵗ is near 1. */
function adam(beta1: number, beta2: number): CreateOptimizer {
  const correction = (beta: number, step: number) => -expm1(step * log(beta));
  return byRule("adam", ({ learningRate, step, momentum = beta1 }, l2) => [
    learningRate / correction(momentum, step),
    l2,
    1 - momentum,
    1 - beta2,
    1 / Math.sqrt(correction(beta2, step)),
    EPSILON,
  ]);
}

/**
 * Adds decoupled weight decay to an optimizer: before its step, W ← (1 − η decay) W; only weights decay.
 * (Loshchilov & Hutter 2019, Decoupled Weight Decay Regularization.)
 */
export function decayed(
  { kernel, layers }: Network,
  optimizer: Optimizer,
  decay: number,
): Optimizer {
  if (decay === 0) return optimizer;
  const shrink = (l: number, { learningRate }: StepSize) =>
    kernel.combine(1 - learningRate * decay, layers[l].weights, 0, layers[l].weights);
  const direct = optimizer.direct;
  return {
    state: optimizer.state,
    step(gradients, size) {
      layers.forEach((_, l) => shrink(l, size));
      optimizer.step(gradients, size);
    },
    ...direct && {
      direct(size: StepSize): GradientSink {
        const sink = direct(size);
        return (l, ...factors) => {
          shrink(l, size);
          sink(l, ...factors);
        };
      },
    },
  };
}
