import type { Activation } from "../kernel/activations.ts";

/** The loss functions. */
export const LOSSES = ["crossEntropy", "meanSquareError"] as const;

/**
 * One of the {@linkcode LOSSES}: softmax with cross-entropy, or half the squared distance to the
 * one-hot target, averaged over the batch (Nielsen's quadratic cost, Mazur's total error).
 */
export type Loss = typeof LOSSES[number];

/** The layers and functions of a fully connected network: everything except its parameters. */
export interface Architecture {
  /** Units per layer, inputs first: `[784, 128, 64, 10]`. Every entry is 1 or more. */
  readonly layers: readonly number[];
  /** The activation of each layer after the inputs, output layer last: `layers.length − 1` entries. */
  readonly activations: readonly Activation[];
  readonly loss: Loss;
}

/** The parameters of one layer. */
export interface LayerParameters {
  /** inputs × units, row by row: one row per input, one column per unit. */
  readonly weights: Float32Array | Float64Array;
  /** One per unit. */
  readonly biases: Float32Array | Float64Array;
}

/** Kind of images that a network was trained on: their size and classes. */
export interface ImageKind {
  /** Pixels per row. */
  readonly width: number;
  readonly height: number;
  /** The names of the classes, in the order of the outputs. */
  readonly classes: readonly string[];
  /** `true` for handwriting cropped and centred as in MNIST; other images are used as a whole. */
  readonly framed: boolean;
}

/** A network as plain data, for files and messages. */
export interface Model {
  readonly architecture: Architecture;
  /** Layer by layer, the first hidden layer first. */
  readonly parameters: readonly LayerParameters[];
  /** Absent if unknown, or equal to what `imageKindOf` assumes. */
  readonly images?: ImageKind;
}
