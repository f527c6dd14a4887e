/** This project's side of the comparison, in a separate process like its peers. */
import { DIGITS, take } from "../dataset/dataset.ts";
import { readIdx } from "../dataset/idx.ts";
import { simdKernel } from "../kernel/simd.ts";
import { networkOf } from "../network/network.ts";
import { evaluator } from "../training/evaluate.ts";
import { complete } from "../training/hyperparameters.ts";
import { train } from "../training/train.ts";
import { serve } from "./serve.ts";
import { firstModel } from "./task.ts";

await serve("Descent", async (task) => {
  const network = networkOf(simdKernel(), await firstModel(task));
  const test = await readIdx(task.testImages, task.testLabels);
  const samples = take(await readIdx(task.images, task.labels), task.count);
  // Evaluation is not timed: training gets a single test image.
  const dataset = { name: "bench", classes: DIGITS, train: samples, test: take(test, 1) };
  const accuracy = evaluator(network, test);
  let seed = 0;
  return async () => {
    seed++;
    const begun = performance.now();
    await train(network, dataset, {
      ...complete(task.hyperparameters),
      batchSize: task.batchSize,
      epochs: 1,
      seed,
    });
    const seconds = (performance.now() - begun) / 1000;
    return { seconds, accuracy: accuracy().accuracy };
  };
});
