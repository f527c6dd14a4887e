import type { Model } from "./architecture.ts";
import type { Batch } from "./batch.ts";

/**
 * The network of Matt Mazur's "A Step by Step Backpropagation Example" (2015): two inputs, two hidden
 * units, two outputs, all sigmoid, with half the squared distance as the loss, his total error.
 *
 * His w1 … w8 by name: w1 = W1[0][0], w2 = W1[1][0], w3 = W1[0][1], w4 = W1[1][1], and w5 … w8 the
 * same in W2. His biases are one per layer and stay as they are: take `updateBiases: false`.
 */
export const MAZUR_MODEL: Model = {
  architecture: {
    layers: [2, 2, 2],
    activations: ["sigmoid", "sigmoid"],
    leakySlope: 0,
    loss: "meanSquareError",
  },
  parameters: [
    { weights: Float64Array.of(0.15, 0.25, 0.2, 0.3), biases: Float64Array.of(0.35, 0.35) },
    { weights: Float64Array.of(0.4, 0.5, 0.45, 0.55), biases: Float64Array.of(0.6, 0.6) },
  ],
};

/** His one example: inputs 0.05 and 0.10, targets 0.01 and 0.99. */
export const MAZUR_BATCH: Batch = { inputs: [[0.05, 0.1]], targets: [[0.01, 0.99]] };
