import assert from "node:assert/strict";
import type { Kind } from "../base/call_syntax.ts";
import { randomStream } from "../base/random.ts";
import { type Dataset, slice, take } from "../dataset/dataset.ts";
import { patchDataset } from "../dataset/testing_samples.ts";
import type { Kernel } from "../kernel/kernel.ts";
import { plainKernel } from "../kernel/plain.ts";
import { simdKernel } from "../kernel/simd.ts";
import { createGradients, keepGradients } from "../network/gradients.ts";
import {
  createNetwork,
  initialize,
  modelOf,
  type Network,
  weightsDigest,
} from "../network/network.ts";
import { backward, createPass, forward, loadTargets, outputError } from "../network/pass.ts";
import type { Checkpoint } from "./checkpoint.ts";
import { evaluate } from "./evaluate.ts";
import {
  architectureOf,
  complete,
  type Hyperparameters,
  type SizedHyperparameters,
} from "./hyperparameters.ts";
import { type CreateOptimizer, OPTIMIZERS, parseOptimizer, type StepSize } from "./optimizer.ts";
import { regularized } from "./regularization.ts";
import { train } from "./train.ts";

const digits: Dataset = patchDataset(1200, 200, 28);

function networkFor(kernel: Kernel, all: Hyperparameters): Network {
  const network = createNetwork(kernel, architectureOf(all));
  initialize(network, all.initializer, randomStream(all.seed, "initializer"), {
    initializer: all.biasInitializer,
    random: randomStream(all.seed, "biases"),
  });
  return network;
}

async function digestAfter(kernel: Kernel, some: SizedHyperparameters, dataset = digits) {
  const all = complete(some);
  const network = networkFor(kernel, all);
  const batchSize = all.batchSize === "full" ? dataset.train.count : all.batchSize;
  await train(network, dataset, { ...all, batchSize });
  return weightsDigest(modelOf(network));
}

const SETTINGS: SizedHyperparameters[] = [
  { layers: [784, 20, 10], epochs: 1 },
  {
    layers: [784, 7, 5, 10],
    activation: "leakyRelu",
    outputActivation: "leakyRelu",
    batchSize: 1,
    epochs: 1,
  },
  {
    layers: [784, 10, 10],
    activation: "tanh",
    loss: "meanSquareError",
    outputActivation: "sigmoid",
  },
  { layers: [784, 10], batchSize: "full", l2: 0.01, epochs: 2 },
  {
    layers: [784, 9, 10],
    activation: "gelu",
    optimizer: "momentum(0.9)",
    l2: 0.001,
    schedule: "warmup(3) + cosine",
  },
  {
    layers: [784, 9, 8, 10],
    activation: ["elu(0.5)", "swish"],
    outputActivation: "softplus",
    optimizer: "nesterov",
    l2: 0.001,
  },
  { layers: [784, 9, 10], optimizer: "adamW", schedule: "oneCycle(0.3, 25, 10000, 0.85, 0.95)" },
  {
    layers: [784, 9, 10],
    optimizer: "adaDelta",
    ...{
      learningRate: 1,
      l1: 0.001,
      weightDecay: 0.01,
      maxNorm: 1,
      clipValue: 0.01,
      clipNorm: 0.1,
    },
  },
  { layers: [784, 9, 8, 10], dropout: 0.5, optimizer: "momentum", batchSize: 7 },
  {
    layers: [784, 9, 8, 10],
    dropout: [0.2, 0, 0.5],
    activation: "tanh",
    augment: "translation(2)",
  },
  { layers: [784, 20, 10], dropout: [0.1, 0.3], activation: "identity", batchSize: 1, epochs: 1 },
  {
    layers: [784, 9, 10],
    activation: "selu",
    initializer: "lecunNormal",
    biasInitializer: "fanInUniform",
    loss: "binaryCrossEntropy",
    labelSmoothing: 0.1,
  },
  { layers: [784, 9, 10], outputActivation: "sigmoid", loss: "squaredErrorMean", learningRate: 2 },
  // The last batch has one image.
  { layers: [784, 9, 8, 10], normalization: "batch", batchSize: 23, l2: 0.001 },
  {
    layers: [784, 9, 8, 10],
    normalization: ["none", "batch(0.3, 0.01)"],
    dropout: [0.1, 0.2, 0.3],
    activation: "identity",
    optimizer: "momentum",
  },
  { layers: [784, 9, 10], normalization: "batch", optimizer: "nesterov", batchSize: "full" },
];

for (const setting of SETTINGS) {
  Deno.test(`training on the two kernels gives the same bits: ${JSON.stringify(setting)}`, async () => {
    const few = { ...digits, train: take(digits.train, 70), test: take(digits.test, 9) };
    assert.equal(
      await digestAfter(simdKernel(), setting, few),
      await digestAfter(plainKernel(32), setting, few),
    );
  });
}

Deno.test("dropout of 0 has the bits of no dropout; its masks come from the seed alone", async () => {
  const few = { ...digits, train: take(digits.train, 100), test: take(digits.test, 9) };
  const digest = (some: Partial<Hyperparameters>) =>
    digestAfter(simdKernel(), { layers: [784, 8, 6, 10], epochs: 1, ...some }, few);
  const none = await digest({});
  assert.equal(await digest({ dropout: 0 }), none);
  assert.equal(await digest({ dropout: [0, 0, 0] }), none);
  const half = await digest({ dropout: 0.5 });
  assert.equal(await digest({ dropout: [0, 0.5, 0.5] }), half);
  const others = [{}, { dropout: [0.5, 0, 0] }, { dropout: [0, 0.5, 0] }, { dropout: [0, 0, 0.5] }];
  const all = [half, ...await Promise.all(others.map(digest))];
  assert.equal(new Set(all).size, 5);
});

for (
  const some of [
    { dropout: [0.2, 0.5], optimizer: "momentum" },
    { normalization: "batch", dropout: 0.3 },
  ] as const
) {
  Deno.test(`a resumed training has the bits of one in a piece: ${JSON.stringify(some)}`, async () => {
    const all = complete({ layers: [784, 12, 10], epochs: 3, ...some });
    const run = async (resumeFrom?: Checkpoint) => {
      const network = networkFor(simdKernel(), all), checkpoints: Checkpoint[] = [];
      await train(network, digits, {
        ...all,
        batchSize: 100,
        resumeFrom,
        onCheckpoint: (take) => void checkpoints.push(take()),
      });
      return { checkpoints, model: modelOf(network), loss: evaluate(network, digits.test).loss };
    };
    const whole = await run(), resumed = await run(whole.checkpoints[0]);
    assert.deepEqual([resumed.model, resumed.loss], [whole.model, whole.loss]);
  });
}

Deno.test("a normalised batch is not divided, whatever its size", async () => {
  const all = complete({ layers: [784, 6, 10], normalization: "batch(1, 0.00001)", epochs: 1 });
  const network = networkFor(simdKernel(), all);
  const { weights } = modelOf(network).parameters[0];
  await train(network, digits, { ...all, batchSize: 1200 });
  const { scales, mean, variance } = modelOf(network).parameters[0].normalizer!;
  assert.ok(scales.every((scale) => scale !== 1), "the scales are trained");
  // With a momentum of 1 the running statistics are those of the only batch: all images.
  const { pixels, count } = digits.train;
  for (let unit = 0; unit < 6; unit++) {
    const sums = Array.from({ length: count }, (_, image) => {
      let sum = 0;
      for (let i = 0; i < 784; i++) sum += pixels[image * 784 + i] / 255 * weights[i * 6 + unit];
      return sum;
    });
    const average = sums.reduce((a, b) => a + b) / count;
    const spread = sums.reduce((a, b) => a + (b - average) ** 2, 0) / (count - 1);
    assert.ok(Math.abs(mean[unit] - average) < 1e-5, `${mean[unit]}, ${average}`);
    assert.ok(Math.abs(variance[unit] / spread - 1) < 1e-5, `${variance[unit]}, ${spread}`);
  }
});

for (const rule of Object.keys(OPTIMIZERS)) {
  Deno.test(`a step of ${rule} in the backward pass has the bits of one from stored gradients`, () => {
    const all = complete({ layers: [784, 30, 10], l2: 0.001 });
    const [direct, stored] = [1, 2].map(() => networkFor(simdKernel(), all));
    const order = Uint32Array.from({ length: 96 }, (_, i) => i);
    for (const network of [direct, stored]) {
      const pass = createPass(network, 32, "train");
      const created = parseOptimizer(rule).value(network, all.l2);
      const optimizer = regularized(network, created, { weightDecay: 0.1, maxNorm: 0.5 });
      for (const step of [1, 2, 3]) {
        network.kernel.loadPixels(pass.x, digits.train.pixels, order, 32 * (step - 1));
        loadTargets(pass, digits.train.labels, order, 32 * (step - 1));
        forward(network, pass);
        outputError(network, pass, 1 / 32);
        const size = { learningRate: 0.1, step };
        if (network === direct) {
          backward(network, pass, optimizer.direct!(size));
        } else {
          const gradients = createGradients(network);
          backward(network, pass, keepGradients(network, gradients).store);
          optimizer.step(gradients, size);
        }
      }
    }
    assert.equal(weightsDigest(modelOf(direct)), weightsDigest(modelOf(stored)));
  });
}

Deno.test("a batch larger than a part has the gradient of the whole batch", async () => {
  const all = complete({ layers: [784, 10, 10], batchSize: "full", epochs: 1, learningRate: 0.5 });
  const network = networkFor(simdKernel(), all);
  await train(network, digits, { ...all, batchSize: 1200 });

  // The same step in 64 bits, in one piece.
  const exact = networkFor(plainKernel(64), all);
  const pass = createPass(exact, 1200, "train");
  const order = Uint32Array.from({ length: 1200 }, (_, i) => i);
  exact.kernel.loadPixels(pass.x, digits.train.pixels, order, 0);
  loadTargets(pass, digits.train.labels, order, 0);
  forward(exact, pass);
  outputError(exact, pass, 1 / 1200);
  backward(
    exact,
    pass,
    parseOptimizer("sgd").value(exact, 0).direct!({ learningRate: 0.5, step: 1 }),
  );

  const [a, b] = [network, exact].map((n) => modelOf(n).parameters);
  a.forEach(({ weights, biases }, l) => {
    weights.forEach((w, i) => assert.ok(Math.abs(w - b[l].weights[i]) < 1e-6));
    biases.forEach((w, i) => assert.ok(Math.abs(w - b[l].biases[i]) < 1e-6));
  });
});

Deno.test("an unshuffled epoch in batches of one is project A's rule, image by image", async () => {
  const all = complete({
    layers: [784, 4, 10],
    batchSize: 1,
    epochs: 1,
    shuffle: false,
    learningRate: 0.01,
  });
  const few = { ...digits, train: take(digits.train, 3) };
  const network = networkFor(simdKernel(), all);
  await train(network, few, { ...all, batchSize: 1 });
  const single = networkFor(simdKernel(), all);
  for (let i = 0; i < 3; i++) {
    const one = { ...few, train: slice(few.train, i, i + 1) };
    await train(single, one, { ...all, batchSize: 1 });
  }
  assert.equal(weightsDigest(modelOf(single)), weightsDigest(modelOf(network)));
});

Deno.test("an optimizer receives every step and its rate, also when resumed", async () => {
  const seen: StepSize[] = [];
  const spy: CreateOptimizer = () => ({ state: [], step: (_, size) => void seen.push(size) });
  const kinds: Record<string, Kind<CreateOptimizer>> = OPTIMIZERS;
  kinds.spy = { form: "spy", help: "changes nothing", make: () => spy };
  try {
    const all = complete({ layers: [784, 10], optimizer: "spy", epochs: 2, learningRate: 0.5 });
    const options = { ...all, batchSize: 600, schedule: "warmup(2) + step(0.5, 2)" };
    const checkpoints: Checkpoint[] = [];
    await train(networkFor(simdKernel(), all), digits, {
      ...options,
      onCheckpoint: (take) => void checkpoints.push(take()),
    });
    const expected = [[1, 0.25], [2, 0.5], [3, 0.25], [4, 0.25]];
    assert.deepEqual(seen.map(({ step, learningRate }) => [step, learningRate]), expected);
    const resumeFrom = checkpoints[0];
    await train(networkFor(simdKernel(), all), digits, { ...options, resumeFrom });
    assert.deepEqual(seen.slice(4), seen.slice(2, 4));
  } finally {
    delete kinds.spy;
  }
});

Deno.test("hooks are called for every step and epoch; an abort ends the training", async () => {
  const all = complete({ layers: [784, 5, 10], batchSize: 500, epochs: 2 });
  const steps: number[] = [], epochs: number[] = [];
  const options = {
    ...all,
    batchSize: 500,
    onStep: ({ step, steps: of }: { step: number; steps: number }) => steps.push(step / of),
    onEpoch: ({ epoch }: { epoch: number }) => epochs.push(epoch),
  };
  await train(networkFor(simdKernel(), all), digits, options);
  assert.deepEqual(steps, [1, 2, 3, 4, 5, 6].map((step) => step / 6));
  assert.deepEqual(epochs, [1, 2]);

  const stop = new AbortController();
  const aborted = train(networkFor(simdKernel(), all), digits, {
    ...options,
    onStep: ({ step }) => step === 4 && stop.abort(new Error("enough")),
    signal: stop.signal,
  });
  await assert.rejects(aborted, /enough/);
});

Deno.test("an epoch's training loss is the mean over its images, also where the last batch is smaller", async () => {
  const all = complete({ layers: [784, 10], epochs: 2 });
  const some = { ...digits, train: take(digits.train, 70) };
  const sums = [0, 0];
  const { history } = await train(networkFor(plainKernel(32), all), some, {
    ...all,
    batchSize: 32,
    // Batches of 32, 32 and 6 images.
    onStep: ({ loss, step, epoch }) => sums[epoch - 1] += loss * (step % 3 === 0 ? 6 : 32),
  });
  history.forEach(({ trainLoss }, i) => assert.ok(Math.abs(trainLoss - sums[i] / 70) < 1e-12));
});

for (
  const some of [
    { layers: [784, 20, 10], optimizer: "adam", learningRate: 1e17 },
    { layers: [784, 20, 10], clipNorm: 1e30 },
    { layers: [784, 20, 10], batchSize: 1000 },
    { layers: [784, 20, 10], normalization: "batch" },
  ] as const
) {
  Deno.test(`a diverged network has the parameters of its last finite step: ${JSON.stringify(some)}`, async () => {
    const all = complete({ epochs: 40, learningRate: 30, loss: "meanSquareError", ...some });
    const network = networkFor(plainKernel(32), all as Hyperparameters);
    let last = "";
    const { status, steps } = await train(network, digits, {
      ...all,
      batchSize: all.batchSize as number,
      onStep: (_, trained) => last = weightsDigest(modelOf(trained)),
    });
    assert.equal(status, "diverged");
    assert.ok(steps > 0);
    assert.equal(weightsDigest(modelOf(network)), last);
  });
}

Deno.test("a training gives the event loop turns, in which a timer can end it", async () => {
  const all = complete({ layers: [784, 5, 10], epochs: 2000 });
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(new Error("by a timer")), 0);
  try {
    const training = train(networkFor(simdKernel(), all), digits, {
      ...all,
      batchSize: 500,
      signal: stop.signal,
    });
    await assert.rejects(training, /by a timer/);
  } finally {
    clearTimeout(timer);
  }
});

Deno.test("accuracy and predictions agree with the confusion matrix", async () => {
  const all = complete({ layers: [784, 20, 10], epochs: 3 });
  const network = networkFor(simdKernel(), all);
  await train(network, digits, { ...all, batchSize: 32 });
  const { accuracy, confusion, predictions, loss } = evaluate(network, digits.test);
  const right = confusion.reduce((sum, row, c) => sum + row[c], 0);
  assert.equal(right / digits.test.count, accuracy);
  assert.equal(confusion.flat().reduce((sum, n) => sum + n, 0), digits.test.count);
  assert.equal([...predictions].filter((p, i) => p === digits.test.labels[i]).length, right);
  assert.ok(accuracy > 0.6 && loss < 1.5, `accuracy ${accuracy}, loss ${loss}`);
});
