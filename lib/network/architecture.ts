import type { Activation } from "../kernel/activations.ts";
import type { Loss } from "./loss.ts";
import type { Normalization } from "./normalization.ts";

/** The layers and functions of a fully connected network: everything except its parameters. */
export interface Architecture {
  /** Units per layer, inputs first: `[784, 128, 64, 10]`. Every entry is 1 or more. */
  readonly layers: readonly number[];
  /** The activation of each layer after the inputs, output layer last: `layers.length − 1` entries. */
  readonly activations: readonly Activation[];
  readonly loss: Loss;
  /**
   * The normalisation of each layer's weighted sums, output layer last, as `activations`; absent if no
   * layer has one.
   */
  readonly normalizations?: readonly Normalization[];
}

/** The parameters of one layer. */
export interface LayerParameters {
  /** inputs × units, row by row: one row per input, one column per unit. */
  readonly weights: Float32Array | Float64Array;
  /** One per unit; the shifts β of a layer with batch normalisation. */
  readonly biases: Float32Array | Float64Array;
  /** The other numbers of batch normalisation, one per unit each; absent for a layer without. */
  readonly normalizer?: NormalizerParameters;
}

/** The numbers of a layer's batch normalisation, except its shifts. */
export interface NormalizerParameters {
  /** γ. */
  readonly scales: Float32Array | Float64Array;
  /** The running mean. */
  readonly mean: Float32Array | Float64Array;
  /** The running variance. */
  readonly variance: Float32Array | Float64Array;
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
