import type { Activation } from "../kernel/kernel.ts";
import type { Loss } from "../network/architecture.ts";

/** All that a trial depends on beside its data: plain JSON, one row of a table, one command line. */
export interface Hyperparameters {
  /** Units per layer, inputs first: `[784, 128, 64, 10]`. */
  readonly layers: readonly number[];
  /** The hidden layers' function, or a list with one per hidden layer. */
  readonly activation: Activation | readonly Activation[];
  /** The function of the output layer, before softmax where the loss is cross-entropy. */
  readonly outputActivation: Activation;
  /** Slope of `leakyRelu` for negative sums, 0 to 1. */
  readonly leakySlope: number;
  /** `heNormal`, `heUniform`, `glorotNormal`, `glorotUniform`, `normal(σ)`, `uniform(a)`, `zeros`. */
  readonly initializer: string;
  readonly loss: Loss;
  /** `sgd`. */
  readonly optimizer: string;
  /** The length of a step against the gradient, above 0. */
  readonly learningRate: number;
  /** `constant` or `step(factor, epoch, …)`: the rate times factor from each named epoch on. */
  readonly schedule: string;
  /** Images per step, from 1 to the size of the training set; `"full"` for all of it. */
  readonly batchSize: number | "full";
  /** Passes over the training set, 0 or more. */
  readonly epochs: number;
  /** λ of the penalty (λ/2) Σ w² on the weights, biases excluded; 0 or more. */
  readonly l2: number;
  /** A new random order each epoch, or the order of the file. */
  readonly shuffle: boolean;
  /** A whole number from 0 to 2³¹ − 1. */
  readonly seed: number;
}
