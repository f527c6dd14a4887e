import type { Model } from "./architecture.ts";
import type { Batch } from "./batch.ts";
import { modelAfter, type StepTrace, traceStep } from "./trace.ts";

/**
 * The network of Matt Mazur's "A Step by Step Backpropagation Example" (2015): two inputs, two hidden
 * units, two outputs, all sigmoid, with half the squared distance as the loss, his total error.
 *
 * His w1 … w8 by name: w1 = W1[0][0], w2 = W1[1][0], w3 = W1[0][1], w4 = W1[1][1], and w5 … w8 the
 * same in W2. His biases are one per layer and are not updated: pass `updateBiases: false`.
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
 * When the weights of the output layer change: together with all others, once every gradient is known,
 * which is backpropagation; or first, before the error goes back through them, which is not.
 */
export type UpdateOrder = "all together" | "output weights first";

/** One step of Mazur's training in 64 bits: rate 0.5, biases not updated. */
export function mazurStep(model: Model, order: UpdateOrder): StepTrace {
  const step = traceStep(model, MAZUR_BATCH, { learningRate: 0.5, updateBiases: false });
  return order === "all together" ? step : outputWeightsFirst(step);
}

/** The trace of the given step after `steps` earlier ones, counted from 0. */
export function mazurTrace(steps: number, order: UpdateOrder): StepTrace {
  let model = MAZUR_MODEL;
  for (let i = 0; i < steps; i++) model = modelAfter(mazurStep(model, order));
  return mazurStep(model, order);
}

/**
 * The same step with the mistake of updating the output weights first: the error of the outputs goes
 * back to the hidden layer through weights that have changed already, so that the hidden layer gets
 * another gradient than the loss has. It is here because Mazur's error after the step, and his outputs
 * after 10,000 steps, come out this way.
 */
function outputWeightsFirst(step: StepTrace): StepTrace {
  const [hidden, outer] = step.layers;
  const example = 0;
  const dA = hidden.a[example].map((_, j) =>
    outer.dZ[example].reduce((sum, delta, k) => sum + delta * outer.weightsAfter[j][k], 0)
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
