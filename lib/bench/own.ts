/** This project's side of the comparison, in a separate process like its peers. */
import { DIGITS, take } from "../dataset/dataset.ts";
import { readIdx } from "../dataset/idx.ts";
import { networkOf } from "../network/network.ts";
import { evaluator } from "../training/evaluate.ts";
import { complete } from "../training/hyperparameters.ts";
import { trainingKernel } from "../training/threads.ts";
import { train } from "../training/train.ts";
import { serve, stopwatch } from "./serve.ts";
import { firstModel } from "./task.ts";

/** Epochs of a training of usual length, by which `auto` decides about threads. */
const EPOCHS = 10;
/** More epochs than are ever timed. */
const MOST_EPOCHS = 1000;

let end: () => Promise<void> = () => Promise.resolve();

await serve("Descent", async (task) => {
  const training = await trainingKernel(task.cores === "all" ? "auto" : 1, {
    layers: task.layers,
    batchSize: task.batchSize,
    images: EPOCHS * task.count,
  });
  end = training.end;
  const network = networkOf(training.kernel, await firstModel(task));
  const test = await readIdx(task.testImages, task.testLabels);
  const samples = take(await readIdx(task.images, task.labels), task.count);
  // Evaluation is not timed: training gets a single test image.
  const dataset = { name: "bench", classes: DIGITS, train: samples, test: take(test, 1) };
  const accuracy = evaluator(network, test);
  // One training, which waits after every epoch: an optimizer keeps its state from epoch to epoch.
  let next = Promise.withResolvers<void>(), ended = Promise.withResolvers<void>();
  const begin = () =>
    train(network, dataset, {
      ...complete(task.hyperparameters),
      batchSize: task.batchSize,
      epochs: MOST_EPOCHS,
      onCheckpoint() {
        next = Promise.withResolvers();
        ended.resolve();
        return next.promise;
      },
    });
  let whole: Promise<unknown> | undefined;
  return async () => {
    ended = Promise.withResolvers();
    const seconds = stopwatch(task);
    if (whole) next.resolve();
    else whole = begin();
    await Promise.race([ended.promise, whole]);
    return { seconds: seconds(), accuracy: accuracy().accuracy };
  };
});
await end();
