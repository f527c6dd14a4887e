/**
 * The work of every library that is compared: the same images, the same first weights, the same batch
 * size and rate. It travels as JSON on the command line of a process of the library's own.
 */
export interface BenchTask {
  /** The project's own description of the training; the members below say the same to others. */
  readonly hyperparameters: object;
  /** Unpacked IDX files. */
  readonly images: string;
  readonly labels: string;
  readonly testImages: string;
  readonly testLabels: string;
  /** First weights and biases, layer by layer: 32-bit numbers, row by row, inputs × outputs. */
  readonly parameters: string;
  readonly layers: readonly number[];
  /** Slope of the hidden layers and of the scores for negative sums: 0.1, or 0 for plain ReLU. */
  readonly slope: number;
  /** Images per step. */
  readonly batchSize: number;
  readonly learningRate: number;
  /** Training images that an epoch goes through: the first ones. */
  readonly count: number;
  /** Cores that a library may use. */
  readonly cores: 1 | "all";
}
