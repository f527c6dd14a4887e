import type { Activation } from "../kernel/activations.ts";
import type { Kernel, Matrix } from "../kernel/kernel.ts";
import { plainKernel } from "../kernel/plain.ts";
import type { Architecture, Model } from "./architecture.ts";
import { type Batch, passOf } from "./batch.ts";
import { createGradients, keepGradients } from "./gradients.ts";
import { networkOf } from "./network.ts";
import { backward, forward, outputError, type Pass } from "./pass.ts";

/** A matrix as a list of rows. */
export type Rows = readonly (readonly number[])[];

/**
 * All numbers of one layer during one step. `z`, `a` and their gradients are examples × units, weights
 * are inputs × units: `weights[i][j]` connects input i to unit j.
 */
export interface LayerTrace {
  readonly activation: Activation;
  /** The layer's inputs: the network's inputs, or the activations of the previous layer. */
  readonly input: Rows;
  /** The weighted sums, z = input · W + b. */
  readonly z: Rows;
  /** The activations, a = f(z). */
  readonly a: Rows;
  /** ∂L/∂a. */
  readonly dA: Rows;
  /** ∂L/∂z = ∂L/∂a ⊙ f′(z): the layer's error δ. */
  readonly dZ: Rows;
  /** ∂L/∂W = inputᵀ · δ. */
  readonly dW: Rows;
  /** ∂L/∂b: the sum of δ over the examples. */
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
  /** The network's outputs, one row per example; with cross-entropy, the softmax of the last layer. */
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
  const { learningRate, updateBiases = true } = options;
  const watch = watchingKernel();
  const network = networkOf(watch.kernel, model);
  const pass = passOf(network, batch);
  const gradients = createGradients(network);

  forward(network, pass);
  const outputs = probabilities(watch.kernel, model.architecture, pass);
  const losses = batch.inputs.map((_, r) => lossOfRow(watch.kernel, model.architecture, pass, r));
  const count = batch.inputs.length;
  const loss = outputError(network, pass, 1 / count) / count;
  backward(network, pass, keepGradients(network, gradients).store);

  const layers = network.layers.map(({ weights, biases, activation }, l): LayerTrace => {
    const before = { weights: rowsOf(weights), biases: rowsOf(biases)[0] };
    watch.kernel.combine(-learningRate, gradients[l].weights, 1, weights);
    if (updateBiases) watch.kernel.combine(-learningRate, gradients[l].biases, 1, biases);
    const dZ = rowsOf(pass.delta[l]);
    return {
      activation: activation.text,
      input: rowsOf(l === 0 ? pass.x : pass.a[l - 1]),
      z: rowsOf(pass.z[l]),
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
  const parameters = layers.map(({ weightsAfter, biasesAfter }) => ({
    weights: Float64Array.from(weightsAfter.flat()),
    biases: Float64Array.from(biasesAfter),
  }));
  return { architecture, parameters };
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
  };
  return { kernel, arrived };
}

function probabilities(kernel: Kernel, { loss }: Architecture, pass: Pass): Rows {
  const last = pass.a[pass.a.length - 1];
  if (loss !== "crossEntropy") return rowsOf(last);
  const out = kernel.matrix(last.rows, last.columns);
  kernel.softmax(last, out);
  return rowsOf(out);
}

/** The loss of one example; the gradient that the kernel also writes is discarded. */
function lossOfRow(kernel: Kernel, { loss }: Architecture, pass: Pass, r: number): number {
  const row = (matrix: Matrix): Matrix => ({
    ...matrix,
    rows: 1,
    data: matrix.data.subarray(r * matrix.stride, r * matrix.stride + matrix.columns),
  });
  const outputs = row(pass.a[pass.a.length - 1]);
  const verb = loss === "crossEntropy" ? kernel.crossEntropy : kernel.squaredError;
  return verb(outputs, row(pass.targets), 1, kernel.matrix(1, outputs.columns));
}

function rowsOf({ rows, columns, stride, data }: Matrix): number[][] {
  return Array.from(
    { length: rows },
    (_, r) => Array.from(data.subarray(r * stride, r * stride + columns)),
  );
}
