/**
 * The task of every library: the same images, initial weights, batch size and learning rate. It is
 * passed as JSON on the command line of the library's process.
 */
export interface BenchTask {
  /**
   * The training in this project's terms, `Hyperparameters`; the members below describe it for the other
   * libraries. The type is not imported: TensorFlow.js runs with imports of its own.
   */
  readonly hyperparameters: object;
  /** Unpacked IDX files. */
  readonly images: string;
  readonly labels: string;
  readonly testImages: string;
  readonly testLabels: string;
  /** Initial weights and biases, layer by layer: 32-bit numbers, row by row, inputs × outputs. */
  readonly parameters: string;
  readonly layers: readonly number[];
  /** Slope of the hidden layers and of the scores for negative sums; 0 for ReLU and plain scores. */
  readonly slope: number;
  /** Images per step. */
  readonly batchSize: number;
  readonly learningRate: number;
  /** The update rule: `sgd`, `momentum` with its μ, or `adam` with β₁ and β₂. */
  readonly optimizer: { readonly name: string; readonly numbers: readonly number[] };
  /** Number of training images per epoch: the first ones. */
  readonly count: number;
  /** Number of cores that a library may use. */
  readonly cores: 1 | "all";
}
