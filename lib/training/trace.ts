import { randomStream } from "../base/random.ts";
import type { Activation } from "../kernel/activations.ts";
import type { Kernel, Matrix } from "../kernel/kernel.ts";
import type { Mask } from "../kernel/masks.ts";
import { plainKernel } from "../kernel/plain.ts";
import type { Architecture, Model } from "../network/architecture.ts";
import { type Batch, passOf } from "../network/batch.ts";
import { createGradients, keepGradients } from "../network/gradients.ts";
import { answersOf, lossOf } from "../network/loss.ts";
import { type Layer, networkOf } from "../network/network.ts";
import {
  backward,
  drawMasks,
  forward,
  outputError,
  type Pass,
  updateRunningStatistics,
} from "../network/pass.ts";
import { type Dropout, sharesOf } from "./dropout.ts";
import { OPTIMIZERS, parseOptimizer } from "./optimizer.ts";

/** A matrix as a list of rows. */
export type Rows = readonly (readonly number[])[];

/** The numbers of a layer's batch normalisation during one step; one number per unit if nothing else is said. */
export interface NormalizationTrace {
  /** The batch's mean and variance of z. */
  readonly mean: readonly number[];
  readonly variance: readonly number[];
  /** (z − mean) / √(variance + ε), examples × units. */
  readonly normal: Rows;
  /** y = γ · normal + β, which goes into the activation; examples × units. */
  readonly y: Rows;
  /** ∂L/∂y = ∂L/∂a ⊙ f′(y), examples × units. */
  readonly dY: Rows;
  /** γ before the step; the shifts β are the layer's biases. */
  readonly scales: readonly number[];
  /** ∂L/∂γ. */
  readonly dScales: readonly number[];
  /** γ after the step. */
  readonly scalesAfter: readonly number[];
  /** The running statistics after the step. */
  readonly runningMean: readonly number[];
  readonly runningVariance: readonly number[];
}

/** What an optimizer keeps for a layer's parameters, in their shapes, under one letter of its formula. */
export interface KeptTrace {
  readonly weights: Rows;
  readonly biases: readonly number[];
  /** For γ; absent without batch normalisation. */
  readonly scales?: readonly number[];
}

/** All that an optimizer keeps for a layer, by the letters of its formula: `m` and `v` of adam. */
export type Kept = Readonly<Record<string, KeptTrace>>;

/**
 * All numbers of one layer during one step. `z`, `a` and their gradients are examples × units, weights
 * are inputs × units: `weights[i][j]` connects input i to unit j.
 */
export interface LayerTrace {
  readonly activation: Activation;
  /**
   * The layer's inputs: the network's inputs, or the activations of the previous layer, thinned out by
   * dropout.
   */
  readonly input: Rows;
  /**
   * The factor by which dropout has multiplied each input, 0 or 1 / (1 − share); absent without. The error
   * that goes back to the input is multiplied by it too.
   */
  readonly mask?: Rows;
  /** The weighted sums, z = input · W + b; with batch normalisation z = input · W. */
  readonly z: Rows;
  /** Batch normalisation between z and f; absent for a layer without. */
  readonly normalization?: NormalizationTrace;
  /** The activations, a = f(z), or f(y) with batch normalisation. */
  readonly a: Rows;
  /** ∂L/∂a. */
  readonly dA: Rows;
  /** ∂L/∂z: the layer's error δ; without batch normalisation ∂L/∂a ⊙ f′(z). */
  readonly dZ: Rows;
  /** ∂L/∂W = inputᵀ · δ. */
  readonly dW: Rows;
  /** ∂L/∂b: the sum of δ over the examples, with batch normalisation of ∂L/∂a ⊙ f′. */
  readonly db: readonly number[];
  /** The weights before the step. */
  readonly weights: Rows;
  /** The biases before the step. */
  readonly biases: readonly number[];
  /** W − η ∂L/∂W, or what another optimizer makes of W. */
  readonly weightsAfter: Rows;
  /** The biases after the step, the same as before if they are not updated. */
  readonly biasesAfter: readonly number[];
  /** What the optimizer has kept of the steps before: nothing with `sgd`, zeros before the first step. */
  readonly kept: Kept;
  /** The same after the step. */
  readonly keptAfter: Kept;
}

/** All numbers of one training step as plain data, which can be stored as JSON. */
export interface StepTrace {
  readonly architecture: Architecture;
  readonly learningRate: number;
  /** With its numbers: `sgd`, `adam(0.9, 0.999)`. */
  readonly optimizer: string;
  /** Number of the step, from 1: the t of adam's formula. */
  readonly step: number;
  readonly batch: Batch;
  /** L: the mean loss of the batch. */
  readonly loss: number;
  /** The loss of each example. */
  readonly losses: readonly number[];
  /**
   * The network's outputs, one row per example; with a cross-entropy, the softmax or the sigmoid of the
   * last layer.
   */
  readonly outputs: Rows;
  /** Layer by layer, the first hidden layer first. */
  readonly layers: readonly LayerTrace[];
}

/** Options of {@linkcode traceStep}. */
export interface TraceOptions {
  /** η; 0 to leave the parameters unchanged. */
  readonly learningRate: number;
  /** Defaults to `true`; `false` keeps the biases fixed, as in Mazur's example. */
  readonly updateBiases?: boolean;
  /** One of the `OPTIMIZERS`; defaults to `sgd`. */
  readonly optimizer?: string;
  /** As the hyperparameter: of the hidden layers, or inputs first; defaults to none. */
  readonly dropout?: Dropout;
  /** Seed of dropout's choice, as in training; defaults to 1. */
  readonly seed?: number;
}

/**
 * Makes one training step in 64 bits and records every intermediate number.
 *
 * The numbers are recorded from the same {@linkcode forward}, {@linkcode backward} and optimizer that
 * training uses, on the plain kernel; they are not recomputed.
 *
 * @param model starting point; it is not changed, use {@linkcode modelAfter} for the result
 * @throws {UserError} if the batch does not fit the network, or for an unknown optimizer
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { traceStep } from "./trace.ts";
 * const neuron = {
 *   architecture: {
 *     layers: [1, 1], activations: ["identity"], loss: "meanSquareError",
 *   },
 *   parameters: [{ weights: Float64Array.of(3), biases: Float64Array.of(0) }],
 * } as const;
 * const batch = { inputs: [[2]], targets: [[5]] };
 * const { loss, layers: [layer] } = traceStep(neuron, batch, { learningRate: 0.1 });
 * assert(loss === 0.5); // ½ (3 · 2 − 5)²
 * assert(layer.dW[0][0] === 2); // (6 − 5) · 2
 * assert(layer.weightsAfter[0][0] === 2.8);
 * ```
 */
export function traceStep(model: Model, batch: Batch, options: TraceOptions): StepTrace {
  return traceSteps(model, [batch], options)[0];
}

/**
 * Makes one training step after another and records each, see {@linkcode traceStep}. The optimizer keeps
 * what it keeps from step to step, and dropout draws anew in each.
 *
 * @param batches one for each step
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { traceSteps } from "./trace.ts";
 * const neuron = {
 *   architecture: { layers: [1, 1], activations: ["identity"], loss: "meanSquareError" },
 *   parameters: [{ weights: Float64Array.of(3), biases: Float64Array.of(0) }],
 * } as const;
 * const batch = { inputs: [[1]], targets: [[1]] };
 * const [, { layers: [layer] }] = traceSteps(neuron, [batch, batch], {
 *   learningRate: 0.5,
 *   optimizer: "momentum(0.5)",
 *   updateBiases: false,
 * });
 * assert(layer.kept.v.weights[0][0] === 2); // the first gradient, 3 − 1
 * assert(layer.dW[0][0] === 1); // w is 3 − 0.5 · 2 = 2
 * assert(layer.keptAfter.v.weights[0][0] === 2); // 0.5 · 2 + 1
 * assert(layer.weightsAfter[0][0] === 1); // 2 − 0.5 · 2
 * ```
 */
export function traceSteps(
  model: Model,
  batches: readonly Batch[],
  options: TraceOptions,
): StepTrace[] {
  const { learningRate, updateBiases = true, dropout = 0, seed = 1 } = options;
  const { kernel, arrived, shifted } = watchingKernel();
  const network = networkOf(kernel, model);
  const { text, name, value: create } = parseOptimizer(options.optimizer ?? "sgd");
  const optimizer = create(network, 0);
  const readKept = () => keptOf(OPTIMIZERS[name].keeps, optimizer.state, network.layers);
  const shares = sharesOf(dropout, model.architecture.layers);
  const random = randomStream(seed, "dropout");
  const gradients = createGradients(network);

  return batches.map((batch, i): StepTrace => {
    const pass = passOf(network, batch, shares), count = batch.inputs.length;
    drawMasks(pass, random);
    forward(network, pass);
    const outputs = answers(kernel, model.architecture, pass);
    const losses = batch.inputs.map((_, r) => lossOfRow(kernel, model.architecture, pass, r));
    const loss = outputError(network, pass, 1 / count) / count;
    updateRunningStatistics(network, pass);
    backward(network, pass, keepGradients(network, gradients).store);

    const parameters = () =>
      network.layers.map(({ weights, biases, normalizer }) => ({
        weights: rowsOf(weights),
        biases: rowOf(biases),
        scales: normalizer && rowOf(normalizer.scales),
      }));
    // Copies: an optimizer may overwrite the gradients.
    const slopes = gradients.map(({ weights, biases }) => ({
      dW: rowsOf(weights),
      db: rowOf(biases),
    }));
    const before = parameters(), kept = readKept();
    // No rule moves a parameter that has never had a gradient.
    if (!updateBiases) gradients.forEach(({ biases }) => biases.data.fill(0));
    optimizer.step(gradients, { learningRate, step: i + 1 });
    const after = parameters(), keptAfter = readKept();

    const layers = network.layers.map(({ activation, normalizer }, l): LayerTrace => {
      const numbers = pass.batches[l], mask = pass.masks[l];
      const dZ = rowsOf(pass.delta[l]);
      const dY = shifted.get(pass.delta[l]) ?? dZ;
      return {
        activation: activation.text,
        input: rowsOf(pass.inputs[l]),
        ...(mask && { mask: factorsOf(kernel, mask, pass.rows, before[l].weights.length) }),
        z: rowsOf(pass.z[l]),
        ...(normalizer && numbers && {
          normalization: {
            mean: rowOf(numbers.mean),
            variance: rowOf(numbers.variance),
            normal: rowsOf(numbers.normal),
            y: rowsOf(pass.y[l]),
            dY,
            scales: before[l].scales!,
            dScales: rowOf(numbers.scaleGradient),
            scalesAfter: after[l].scales!,
            runningMean: rowOf(normalizer.mean),
            runningVariance: rowOf(normalizer.variance),
          },
        }),
        a: rowsOf(pass.a[l]),
        // The backward pass skips the identity, whose derivative is 1.
        dA: arrived.get(pass.delta[l]) ?? dY,
        dZ,
        ...slopes[l],
        weights: before[l].weights,
        biases: before[l].biases,
        weightsAfter: after[l].weights,
        biasesAfter: after[l].biases,
        kept: kept[l],
        keptAfter: keptAfter[l],
      };
    });
    const { architecture } = model, step = i + 1;
    return {
      architecture,
      learningRate,
      optimizer: text,
      step,
      batch,
      loss,
      losses,
      outputs,
      layers,
    };
  });
}

/** Returns the model after a step. */
export function modelAfter({ architecture, layers }: StepTrace): Model {
  const parameters = layers.map(({ weightsAfter, biasesAfter, normalization }) => ({
    weights: Float64Array.from(weightsAfter.flat()),
    biases: Float64Array.from(biasesAfter),
    ...(normalization && {
      normalizer: {
        scales: Float64Array.from(normalization.scalesAfter),
        mean: Float64Array.from(normalization.runningMean),
        variance: Float64Array.from(normalization.runningVariance),
      },
    }),
  }));
  return { architecture, parameters };
}

/** Returns what an optimizer keeps for each layer, in the order of its `state`. */
function keptOf(
  letters: readonly string[],
  state: readonly Matrix[],
  layers: readonly Layer[],
): Kept[] {
  const rest = state.values();
  const take = () => letters.map(() => rest.next().value!);
  return layers.map(({ normalizer }) => {
    const weights = take(), biases = take(), scales = normalizer && take();
    return Object.fromEntries(letters.map((letter, i): [string, KeptTrace] => [letter, {
      weights: rowsOf(weights[i]),
      biases: rowOf(biases[i]),
      ...(scales && { scales: rowOf(scales[i]) }),
    }]));
  });
}

/** The factors of dropout: what it makes of ones. */
function factorsOf(kernel: Kernel, mask: Mask, rows: number, columns: number): Rows {
  const ones = kernel.matrix(rows, columns);
  ones.data.fill(1);
  kernel.dropOut(mask, ones, ones);
  return rowsOf(ones);
}

/** The plain kernel in 64 bits, recording each ∂L/∂a and ∂L/∂y before ∂L/∂z overwrites it. */
function watchingKernel() {
  const plain = plainKernel(64);
  const arrived = new Map<Matrix, Rows>(), shifted = new Map<Matrix, Rows>();
  const kernel: Kernel = {
    ...plain,
    activationGradient(activation, z, a, delta) {
      arrived.set(delta, rowsOf(delta));
      plain.activationGradient(activation, z, a, delta);
    },
    standardizeGradient(normal, variance, epsilon, scales, delta, ...gradients) {
      shifted.set(delta, rowsOf(delta));
      plain.standardizeGradient(normal, variance, epsilon, scales, delta, ...gradients);
    },
  };
  return { kernel, arrived, shifted };
}

function answers(kernel: Kernel, { loss }: Architecture, pass: Pass): Rows {
  const last = pass.a[pass.a.length - 1];
  return rowsOf(answersOf(kernel, loss, last, kernel.matrix(last.rows, last.columns)));
}

/** The loss of one example; the gradient that the kernel also writes is discarded. */
function lossOfRow(kernel: Kernel, { loss }: Architecture, pass: Pass, r: number): number {
  const row = (matrix: Matrix): Matrix => ({
    ...matrix,
    rows: 1,
    data: matrix.data.subarray(r * matrix.stride, r * matrix.stride + matrix.columns),
  });
  const outputs = row(pass.a[pass.a.length - 1]);
  return lossOf(kernel, loss, outputs, row(pass.targets), 1, kernel.matrix(1, outputs.columns));
}

/** The numbers, row by row; −0, which JSON has not, becomes 0. */
function rowsOf({ rows, columns, stride, data }: Matrix): number[][] {
  return Array.from(
    { length: rows },
    (_, r) => Array.from(data.subarray(r * stride, r * stride + columns), (x) => x + 0),
  );
}

function rowOf(matrix: Matrix): number[] {
  return rowsOf(matrix)[0];
}
