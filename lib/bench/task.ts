import { randomStream } from "../base/random.ts";
import type { Dataset } from "../dataset/dataset.ts";
import { formatIdxImages, formatIdxLabels } from "../dataset/idx.ts";
import { plainKernel } from "../kernel/plain.ts";
import type { BenchTask } from "./bench_task.ts";
import { negativeSlope, peerOptimizer } from "./configurations.ts";
import type { Model } from "../network/architecture.ts";
import { createNetwork, initialize, modelOf } from "../network/network.ts";
import { architectureOf, complete, type Hyperparameters } from "../training/hyperparameters.ts";

/** Paths of the image files that every library reads. */
export type ImageFiles = Pick<BenchTask, "images" | "labels" | "testImages" | "testLabels">;

/** Writes the images of a dataset as unpacked IDX files into a folder. */
export async function writeImages(folder: string, { train, test }: Dataset): Promise<ImageFiles> {
  const files = {
    images: `${folder}/images`,
    labels: `${folder}/labels`,
    testImages: `${folder}/test-images`,
    testLabels: `${folder}/test-labels`,
  };
  await Deno.writeFile(files.images, formatIdxImages(train));
  await Deno.writeFile(files.labels, formatIdxLabels(train));
  await Deno.writeFile(files.testImages, formatIdxImages(test));
  await Deno.writeFile(files.testLabels, formatIdxLabels(test));
  return files;
}

/**
 * Creates the task of a training: draws the initial weights with seed 1 and writes them to the
 * folder.
 */
export async function benchTask(
  folder: string,
  files: ImageFiles,
  hyperparameters: Hyperparameters,
  count: number,
  cores: BenchTask["cores"],
): Promise<BenchTask> {
  const { layers, batchSize, learningRate, optimizer } = hyperparameters;
  const network = createNetwork(plainKernel(32), architectureOf(hyperparameters));
  initialize(network, hyperparameters.initializer, randomStream(1, "initializer"));
  const parameters = `${folder}/${layers.join("-")}`;
  const numbers = modelOf(network).parameters.flatMap(({ weights, biases }) => [weights, biases])
    .map((matrix) => Float32Array.from(matrix));
  await Deno.writeFile(parameters, await new Blob(numbers).bytes());
  return {
    ...files,
    hyperparameters,
    parameters,
    layers,
    slope: negativeSlope(hyperparameters),
    batchSize: batchSize === "full" ? count : Math.min(batchSize, count),
    learningRate,
    optimizer: peerOptimizer(optimizer),
    count,
    cores,
  };
}

/** The model with the task's initial weights. */
export async function firstModel({ hyperparameters, parameters }: BenchTask): Promise<Model> {
  const architecture = architectureOf(complete(hyperparameters as Hyperparameters));
  const numbers = new Float32Array((await Deno.readFile(parameters)).buffer);
  let read = 0;
  const next = (count: number) => numbers.subarray(read, read += count);
  const { layers } = architecture;
  return {
    architecture,
    parameters: layers.slice(1).map((units, l) => ({
      weights: next(layers[l] * units),
      biases: next(units),
    })),
  };
}
