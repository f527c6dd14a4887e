/** TensorFlow.js with its WebAssembly backend as a peer, written with its Layers API. */
import * as tf from "@tensorflow/tfjs-core";
import { setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
import { layers, sequential } from "@tensorflow/tfjs-layers";
import type { BenchTask } from "../bench_task.ts";
import { serve, stopwatch } from "../serve.ts";

const assets = new URL(".", import.meta.resolve("@tensorflow/tfjs-backend-wasm"));
setWasmPaths(decodeURIComponent(assets.pathname));
// One core, like all others.
tf.env().set("WASM_HAS_MULTITHREAD_SUPPORT", false);
await tf.setBackend("wasm");

/** Layers' optimizer of the task. */
function optimizerOf({ learningRate, optimizer: { name, numbers } }: BenchTask) {
  if (name === "adam") return tf.train.adam(learningRate, numbers[0], numbers[1], 1e-8);
  if (name === "momentum") return tf.train.momentum(learningRate, numbers[0]);
  return tf.train.sgd(learningRate);
}

await serve(`TensorFlow.js ${tf.version_core} (WebAssembly)`, async (task) => {
  const sizes = task.layers;
  const pixels = (await Deno.readFile(task.images)).subarray(16);
  const labels = (await Deno.readFile(task.labels)).subarray(8);
  const images = (bytes: Uint8Array, count: number) =>
    tf.tensor2d(Float32Array.from(bytes.subarray(0, count * sizes[0]), (x) => x / 255), [
      count,
      sizes[0],
    ]);
  const x = images(pixels, task.count);
  const y = tf.tensor1d(Float32Array.from(labels.subarray(0, task.count)), "float32");
  const testLabels = (await Deno.readFile(task.testLabels)).subarray(8);
  const testX = images((await Deno.readFile(task.testImages)).subarray(16), testLabels.length);

  const model = sequential();
  sizes.slice(1).forEach((units, l) => {
    const last = l === sizes.length - 2;
    const inputShape = l === 0 ? [sizes[0]] : undefined;
    const activation = task.slope === 0 && !last ? "relu" : "linear";
    model.add(layers.dense({ units, activation, inputShape }));
    if (task.slope > 0) model.add(layers.leakyReLU({ alpha: task.slope }));
  });
  model.add(layers.softmax());
  model.compile({
    optimizer: optimizerOf(task),
    loss: "sparseCategoricalCrossentropy",
  });
  const numbers = new Float32Array((await Deno.readFile(task.parameters)).buffer);
  let read = 0;
  model.setWeights(
    model.getWeights().map(({ shape }) => {
      const size = shape.reduce((product, n) => product * n, 1);
      return tf.tensor(numbers.slice(read, read += size), shape);
    }),
  );

  return async () => {
    const watch = stopwatch(task);
    await model.fit(x, y, {
      batchSize: task.batchSize,
      epochs: 1,
      shuffle: task.batchSize < task.count,
      verbose: 0,
    });
    const seconds = watch();
    const scores = model.predict(testX, { batchSize: 1000 }) as tf.Tensor;
    const predictions = await tf.argMax(scores, 1).data();
    const right = predictions.filter((digit, i) => digit === testLabels[i]).length;
    scores.dispose();
    return { seconds, accuracy: right / testLabels.length };
  };
});
