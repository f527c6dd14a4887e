import { randomStream } from "../base/random.ts";
import type { Activation } from "../kernel/activations.ts";
import type { Kernel, Matrix } from "../kernel/kernel.ts";
import { plainKernel } from "../kernel/plain.ts";
import type { Architecture, Model } from "./architecture.ts";
import { type Batch, passOf } from "./batch.ts";
import { createGradients, keepGradients } from "./gradients.ts";
import { networkOf } from "./network.ts";
import { answersOf, lossOf } from "./loss.ts";
import type { NormalizedBatch, Normalizer } from "./normalization.ts";
import {
  backward,
  drawMasks,
  forward,
  outputError,
  type Pass,
  updateRunningStatistics,
} from "./pass.ts";

/** A matrix as a list of rows. */
export type Rows = readonly (readonly number[])[];

/** The numbers of a layer's batch normalisation during one step; one number per unit, but for `normal`. */
export interface NormalizationTrace {
  /** The batch's mean and variance of z. */
  readonly mean: readonly number[];
  readonly variance: readonly number[];
  /** (z − mean) / √(variance + ε), examples × units. */
  readonly normal: Rows;
  /** γ before the step; the shifts β are the layer's biases. */
  readonly scales: readonly number[];
  /** ∂L/∂γ. */
  readonly dScales: readonly number[];
  /** γ − η ∂L/∂γ. */
  readonly scalesAfter: readonly number[];
  /** The running statistics after the step. */
  readonly runningMean: readonly number[];
  readonly runningVariance: readonly number[];
}

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
  /** The weighted sums, z = input · W + b; with batch normalisation z = input · W. */
  readonly z: Rows;
  /** Batch normalisation between z and f; absent for a layer without. */
  readonly normalization?: NormalizationTrace;
  /** The activations, a = f(z), or f(γ · normal + b) with batch normalisation. */
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
  /** W − η ∂L/∂W. */
  readonly weightsAfter: Rows;
  /** b − η ∂L/∂b, or b if biases are not updated. */
  readonly biasesAfter: readonly number[];
}

/** All numbers of one training step as plain data, which can be stored as JSON. */
export interface StepTrace {
  readonly architecture: Architecture;
  readonly learningRate: number;
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
  /** The share of each layer's inputs that dropout sets to 0, inputs first; defaults to none. */
  readonly dropout?: readonly number[];
  /** Seed of dropout's choice, as in training; defaults to 1. */
  readonly seed?: number;
}

/**
 * Makes one step of gradient descent in 64 bits and records every intermediate number.
 *
 * The numbers are recorded from the same {@linkcode forward} and {@linkcode backward} that training uses,
 * on the plain kernel; they are not recomputed.
 *
 * @param model starting point; it is not changed, use {@linkcode modelAfter} for the result
 * @throws {UserError} if the batch does not fit the network
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
  const { learningRate, updateBiases = true, dropout, seed = 1 } = options;
  const watch = watchingKernel();
  const network = networkOf(watch.kernel, model);
  const pass = passOf(network, batch, dropout);
  const gradients = createGradients(network);

  drawMasks(pass, randomStream(seed, "dropout"));
  forward(network, pass);
  const outputs = answers(watch.kernel, model.architecture, pass);
  const losses = batch.inputs.map((_, r) => lossOfRow(watch.kernel, model.architecture, pass, r));
  const count = batch.inputs.length;
  const loss = outputError(network, pass, 1 / count) / count;
  backward(network, pass, keepGradients(network, gradients).store);

  updateRunningStatistics(network, pass);
  const layers = network.layers.map((layer, l): LayerTrace => {
    const { weights, biases, activation, normalizer } = layer, batch = pass.batches[l];
    const before = { weights: rowsOf(weights), biases: rowsOf(biases)[0] };
    const normalization = normalizer && batch &&
      normalizationTrace(watch.kernel, normalizer, batch, learningRate);
    watch.kernel.combine(-learningRate, gradients[l].weights, 1, weights);
    if (updateBiases) watch.kernel.combine(-learningRate, gradients[l].biases, 1, biases);
    const dZ = rowsOf(pass.delta[l]);
    return {
      activation: activation.text,
      input: rowsOf(pass.inputs[l]),
      z: rowsOf(pass.z[l]),
      ...(normalization && { normalization }),
      a: rowsOf(pass.a[l]),
      // The backward pass skips the identity, whose derivative is 1.
      dA: watch.arrived.get(pass.delta[l]) ?? dZ,
      dZ,
      dW: rowsOf(gradients[l].weights),
      db: rowsOf(gradients[l].biases)[0],
      ...before,
      weightsAfter: rowsOf(weights),
      biasesAfter: rowsOf(biases)[0],
    };
  });
  const { architecture } = model;
  return { architecture, learningRate, batch, loss, losses, outputs, layers };
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

/** Moves a layer's scales by their gradient, and records batch normalisation's numbers. */
function normalizationTrace(
  kernel: Kernel,
  { scales, mean, variance }: Normalizer,
  batch: NormalizedBatch,
  learningRate: number,
): NormalizationTrace {
  const before = rowsOf(scales)[0];
  kernel.combine(-learningRate, batch.scaleGradient, 1, scales);
  return {
    mean: rowsOf(batch.mean)[0],
    variance: rowsOf(batch.variance)[0],
    normal: rowsOf(batch.normal),
    scales: before,
    dScales: rowsOf(batch.scaleGradient)[0],
    scalesAfter: rowsOf(scales)[0],
    runningMean: rowsOf(mean)[0],
    runningVariance: rowsOf(variance)[0],
  };
}

/** The plain kernel in 64 bits, recording each ∂L/∂a before ∂L/∂z overwrites it. */
function watchingKernel(): { kernel: Kernel; arrived: Map<Matrix, Rows> } {
  const plain = plainKernel(64);
  const arrived = new Map<Matrix, Rows>();
  const kernel: Kernel = {
    ...plain,
    activationGradient(activation, z, a, delta) {
      arrived.set(delta, rowsOf(delta));
      plain.activationGradient(activation, z, a, delta);
    },
    standardizeGradient(normal, variance, epsilon, scales, delta, ...gradients) {
      if (!arrived.has(delta)) arrived.set(delta, rowsOf(delta));
      plain.standardizeGradient(normal, variance, epsilon, scales, delta, ...gradients);
    },
  };
  return { kernel, arrived };
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

function rowsOf({ rows, columns, stride, data }: Matrix): number[][] {
  return Array.from(
    { length: rows },
    (_, r) => Array.from(data.subarray(r * stride, r * stride + columns)),
  );
}
