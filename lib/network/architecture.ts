import type { Activation } from "../kernel/activations.ts";

/** What a network is trained to make small. */
export const LOSSES = ["crossEntropy", "meanSquareError"] as const;

/**
 * One of the {@linkcode LOSSES}: softmax with cross-entropy, or half the squared distance to the
 * one-hot target, averaged over the batch (Nielsen's quadratic cost, Mazur's total error).
 */
export type Loss = typeof LOSSES[number];

/** The shape of a fully connected network and its functions: all but the numbers it learns. */
export interface Architecture {
  /** Units per layer, inputs first: `[784, 128, 64, 10]`. Every entry is 1 or more. */
  readonly layers: readonly number[];
  /** The function of each layer after the inputs, the output layer's last: layers.length − 1 of them. */
  readonly activations: readonly Activation[];
  readonly loss: Loss;
}

/** The numbers of one layer. */
export interface LayerParameters {
  /** Row by row, one row per input, one column per unit: inputs × units. */
  readonly weights: Float32Array | Float64Array;
  /** One per unit. */
  readonly biases: Float32Array | Float64Array;
}

/** A network as plain data: what a file holds and a worker sends. */
export interface Model {
  readonly architecture: Architecture;
  /** Layer by layer, the first hidden layer first. */
  readonly parameters: readonly LayerParameters[];
}
