import { parseActivation } from "../kernel/activations.ts";
import {
  architectureOf,
  complete,
  type Hyperparameters,
  type SizedHyperparameters,
} from "../training/hyperparameters.ts";
import { parseOptimizer } from "../training/optimizer.ts";

/** A training whose epoch is timed. */
export interface Configuration {
  /** Short name, for `--only`. */
  readonly name: string;
  readonly hyperparameters: Hyperparameters;
}

const setting = (name: string, some: SizedHyperparameters): Configuration => ({
  name,
  hyperparameters: complete(some),
});

/** The learning rate of plain gradient descent with 784-128-64-10. */
const PLAIN_RATE = 0.1;

/** The timed configurations: narrow and wide networks, small and large batches. */
export const CONFIGURATIONS: readonly Configuration[] = [
  setting("128-64", { layers: [784, 128, 64, 10], batchSize: 32, learningRate: PLAIN_RATE }),
  setting("momentum", {
    layers: [784, 128, 64, 10],
    batchSize: 32,
    optimizer: "momentum(0.9)",
    learningRate: 0.01,
  }),
  setting("adam", {
    layers: [784, 128, 64, 10],
    batchSize: 32,
    optimizer: "adam(0.9, 0.999)",
    learningRate: 0.001,
  }),
  setting("100-100", {
    layers: [784, 100, 100, 10],
    activation: "leakyRelu",
    outputActivation: "leakyRelu",
    batchSize: 1,
    learningRate: 0.01,
  }),
  setting("256-64", { layers: [784, 256, 64, 10], batchSize: 64, learningRate: 0.1 }),
  setting("300", { layers: [784, 300, 10], batchSize: 512, learningRate: 0.5 }),
  setting("10", { layers: [784, 10, 10], batchSize: "full", learningRate: 0.1 }),
  setting("30", { layers: [784, 30, 10], batchSize: 10, learningRate: 0.1 }),
  setting("800", { layers: [784, 800, 10], batchSize: 128, learningRate: 0.1 }),
  setting("512-512", { layers: [784, 512, 512, 10], batchSize: 32, learningRate: 0.05 }),
  setting("800-800", { layers: [784, 800, 800, 10], batchSize: 128, learningRate: 0.1 }),
];

/**
 * The same training by plain gradient descent, with the learning rate of the configuration 128-64:
 * shows what an optimizer costs.
 *
 * @returns `undefined` if the training's optimizer is sgd already
 */
export function plainDescent(training: Hyperparameters): Hyperparameters | undefined {
  if (training.optimizer === "sgd") return undefined;
  return { ...training, optimizer: "sgd", learningRate: PLAIN_RATE };
}

/**
 * The slope of a network for negative sums. The comparison supports ReLU in the hidden layers with
 * identity as the output activation, and leaky ReLU in all layers with the same slope.
 */
export function negativeSlope(hyperparameters: Hyperparameters): number {
  const { activations } = architectureOf(hyperparameters);
  const calls = activations.map((activation) => parseActivation(activation));
  const { name, parameter, text } = calls[0];
  if (name === "leakyRelu" && calls.every((call) => call.text === text)) return parameter;
  if (calls.pop()!.name === "identity" && calls.every(({ name }) => name === "relu")) return 0;
  throw new Error(`the other libraries do not support ${activations.join(", ")}`);
}

/** An optimizer that the comparison supports. */
export function peerOptimizer(text: string): { name: string; numbers: readonly number[] } {
  const { name, args } = parseOptimizer(text);
  if (["sgd", "momentum", "adam"].includes(name)) return { name, numbers: args };
  throw new Error(`the other libraries do not support ${text}`);
}

/** A configuration as text: `784-128-64-10, batch 32`, `784-100-10, leaky ReLU 0.1, batch 1`. */
export function describe(hyperparameters: Hyperparameters): string {
  const { layers, batchSize, optimizer } = hyperparameters;
  const slope = negativeSlope(hyperparameters);
  return `${layers.join("-")}${slope > 0 ? `, leaky ReLU ${slope}` : ""}, ${
    batchSize === "full" ? "full batch" : `batch ${batchSize}`
  }${optimizer === "sgd" ? "" : `, ${optimizer}`}`;
}
