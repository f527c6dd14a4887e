import { complete, type Hyperparameters } from "../training/hyperparameters.ts";

/** A training whose epoch is timed. */
export interface Configuration {
  /** Short name, for `--only`. */
  readonly name: string;
  readonly hyperparameters: Hyperparameters;
}

const setting = (name: string, some: Partial<Hyperparameters>): Configuration => ({
  name,
  hyperparameters: complete(some),
});

/** The timed configurations: narrow and wide networks, small and large batches. */
export const CONFIGURATIONS: readonly Configuration[] = [
  setting("128-64", { layers: [784, 128, 64, 10], batchSize: 32, learningRate: 0.1 }),
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

/** A configuration as text: `784-128-64-10, batch 32`. */
export function describe({ layers, activation, batchSize }: Hyperparameters): string {
  const hidden = activation === "relu" ? "" : ", leaky ReLU";
  return `${layers.join("-")}${hidden}, ${
    batchSize === "full" ? "full batch" : `batch ${batchSize}`
  }`;
}
