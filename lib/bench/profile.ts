import { randomStream } from "../base/random.ts";
import { sum } from "../base/statistics.ts";
import { type Dataset, take } from "../dataset/dataset.ts";
import type { Kernel } from "../kernel/kernel.ts";
import { simdKernel } from "../kernel/simd.ts";
import { createNetwork, initialize } from "../network/network.ts";
import { architectureOf, type Hyperparameters } from "../training/hyperparameters.ts";
import { train } from "../training/train.ts";
import { describe } from "./configurations.ts";

/** The parts of an epoch, and the kernel's operations in each. */
const PARTS: Readonly<Record<string, readonly (keyof Kernel)[]>> = {
  loading: ["loadPixels"],
  forward: ["product", "addRow", "activate"],
  loss: ["crossEntropy", "squaredError"],
  backward: ["productNT", "activationGradient"],
  update: ["productTN", "columnSums", "combine", "update", "updateTN", "limitColumns"],
};

/** The time of an epoch by parts, in seconds. */
export interface Profile {
  /** The configuration as text. */
  readonly what: string;
  /** Seconds of the whole epoch, including the measuring. */
  readonly epoch: number;
  readonly loading: number;
  readonly forward: number;
  readonly loss: number;
  readonly backward: number;
  readonly update: number;
  /** The rest: calls, shuffling, targets, and the measuring itself. */
  readonly calls: number;
}

/** Trains two epochs and adds up the time of each kernel operation in the second. */
export async function profileEpoch(
  hyperparameters: Hyperparameters,
  dataset: Dataset,
): Promise<Profile> {
  const spent: Record<string, number> = {};
  const network = createNetwork(timed(simdKernel(), spent), architectureOf(hyperparameters));
  initialize(network, hyperparameters.initializer, randomStream(1, "initializer"));
  const { batchSize } = hyperparameters;
  const size = batchSize === "full" ? dataset.train.count : batchSize;
  const trainOnly = { ...dataset, test: take(dataset.test, 1) };
  const options = { ...hyperparameters, batchSize: size, epochs: 1 };
  await train(network, trainOnly, options);
  for (const part of Object.keys(PARTS)) spent[part] = 0;
  const begun = performance.now();
  await train(network, trainOnly, options);
  const epoch = (performance.now() - begun) / 1000;
  const parts = Object.fromEntries(Object.keys(PARTS).map((part) => [part, spent[part] / 1000]));
  const calls = epoch - sum(Object.values(parts));
  return { what: describe(hyperparameters), epoch, ...parts, calls } as Profile;
}

/** Wraps a kernel to add the milliseconds of each call to its part. */
function timed(kernel: Kernel, spent: Record<string, number>): Kernel {
  const verbs = Object.entries(PARTS).flatMap(([part, names]) =>
    names.map((name) => {
      const verb = kernel[name] as (...args: unknown[]) => unknown;
      return [name, (...args: unknown[]) => {
        const begun = performance.now();
        const result = verb(...args);
        spent[part] += performance.now() - begun;
        return result;
      }];
    })
  );
  return { ...kernel, ...Object.fromEntries(verbs) };
}
