import { sum } from "../base/statistics.ts";
import type { Model } from "../network/architecture.ts";
import type { Batch } from "../network/batch.ts";
import { modelAfter, type StepTrace, traceStep } from "./trace.ts";

/**
 * The network of Matt Mazur's "A Step by Step Backpropagation Example" (2015): two inputs, two hidden
 * units and two outputs, all sigmoid; the loss, his total error, is half the squared error.
 *
 * His weights are w1 = W1[0][0], w2 = W1[1][0], w3 = W1[0][1], w4 = W1[1][1], and w5 … w8 likewise in W2.
 * He has one bias per layer and does not update it: pass `updateBiases: false`.
 */
export const MAZUR_MODEL: Model = {
  architecture: {
    layers: [2, 2, 2],
    activations: ["sigmoid", "sigmoid"],
    loss: "meanSquareError",
  },
  parameters: [
    { weights: Float64Array.of(0.15, 0.25, 0.2, 0.3), biases: Float64Array.of(0.35, 0.35) },
    { weights: Float64Array.of(0.4, 0.5, 0.45, 0.55), biases: Float64Array.of(0.6, 0.6) },
  ],
};

/** His one example: inputs 0.05 and 0.10, targets 0.01 and 0.99. */
export const MAZUR_BATCH: Batch = { inputs: [[0.05, 0.1]], targets: [[0.01, 0.99]] };

/**
 * Order of the updates: all weights together once every gradient is known, as in backpropagation, or the
 * output weights before the error is propagated back through them, which is wrong.
 */
export type UpdateOrder = "all together" | "output weights first";

/** Makes one step of Mazur's training in 64 bits: learning rate 0.5, biases not updated. */
export function mazurStep(model: Model, order: UpdateOrder): StepTrace {
  return stepInOrder(model, MAZUR_BATCH, 0.5, order);
}

/**
 * Makes one step in 64 bits, with biases not updated.
 *
 * @param model two layers of sigmoids with the loss `meanSquareError`, as {@linkcode MAZUR_MODEL}
 * @param batch of one example
 */
export function stepInOrder(
  model: Model,
  batch: Batch,
  learningRate: number,
  order: UpdateOrder,
): StepTrace {
  const step = traceStep(model, batch, { learningRate, updateBiases: false });
  return order === "all together" ? step : outputWeightsFirst(step);
}

/** Returns the trace of the step after `steps` earlier ones. */
export function mazurTrace(steps: number, order: UpdateOrder): StepTrace {
  let model = MAZUR_MODEL;
  for (let i = 0; i < steps; i++) model = modelAfter(mazurStep(model, order));
  return mazurStep(model, order);
}

/**
 * The same step with the mistake of updating the output weights first: the error is propagated to the
 * hidden layer through weights that have already changed, which results in a wrong gradient. Mazur's error
 * after the first step and his outputs after 10,000 steps were computed this way.
 */
function outputWeightsFirst(step: StepTrace): StepTrace {
  const [hidden, outer] = step.layers;
  const example = 0;
  const dA = hidden.a[example].map((_, j) =>
    sum(outer.dZ[example], (delta, k) => delta * outer.weightsAfter[j][k])
  );
  const dZ = dA.map((slope, j) => slope * hidden.a[example][j] * (1 - hidden.a[example][j]));
  const dW = hidden.input[example].map((x) => dZ.map((delta) => x * delta));
  const weightsAfter = hidden.weights.map((row, i) =>
    row.map((weight, j) => weight - step.learningRate * dW[i][j])
  );
  return {
    ...step,
    layers: [{ ...hidden, dA: [dA], dZ: [dZ], dW, db: dZ, weightsAfter }, outer],
  };
}
