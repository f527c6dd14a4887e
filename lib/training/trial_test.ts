import assert from "node:assert/strict";
import { loadMnist } from "../dataset/mnist.ts";
import { mnistTest } from "../dataset/testing_mnist.ts";
import { patchDataset } from "../dataset/testing_samples.ts";
import { runTrial, trainModel, TRIAL_VERSION } from "./trial.ts";

const small = patchDataset(500, 100, 28);

Deno.test("the same hyperparameters and data give the same result, others a different one", async () => {
  const first = await runTrial({ epochs: 1 }, small);
  assert.deepEqual(await runTrial({ epochs: 1 }, small), first);
  const other = await runTrial({ epochs: 1, seed: 2 }, small);
  assert.notEqual(other.weightsDigest, first.weightsDigest);
});

// If one of these digests changes, the results of trials have changed: increment TRIAL_VERSION.
Deno.test("the weights after an epoch are pinned to the bit", async () => {
  const result = await runTrial({ epochs: 1 }, small);
  assert.deepEqual([TRIAL_VERSION, result.weightsDigest], [
    2,
    "494b5a7cdcbe9011188244a7617961d5f1f233033b05023e9f18ba0569836267",
  ]);
});

mnistTest("the weights after an epoch on MNIST are pinned to the bit", async ({ folder }) => {
  const result = await runTrial({ epochs: 1 }, await loadMnist({ path: folder }));
  assert.deepEqual([TRIAL_VERSION, result.weightsDigest], [
    2,
    "03171000c9fa519f52f575b177625422baa0412ae23f9b11d31fcb6d28cb07dc",
  ]);
  assert.ok(result.testAccuracy! > 0.94);
});

Deno.test("a diverged trial is a result with step and epoch", async () => {
  const { status, reason, testLoss, steps } = await runTrial({ learningRate: 1e20 }, small);
  assert.equal(status, "diverged");
  assert.equal(testLoss, null);
  assert.equal(reason, `the loss was no longer finite after step ${steps}, in epoch 1`);
});

Deno.test("biases are drawn by the seed, and not by the numbers of the weights", async () => {
  const drawn = { initializer: "normal(1)", biasInitializer: "normal(1)" } as const;
  const parameters = async (seed: number) => {
    const still = { epochs: 1, batchSize: "full", learningRate: 1e-30 } as const;
    return (await trainModel({ ...drawn, ...still, seed }, small)).model.parameters;
  };
  const [first, again, other] = await Promise.all([1, 1, 2].map(parameters));
  assert.deepEqual(again, first);
  const numbers = new Set<number>(),
    all = [...first, ...other].flatMap(({ weights, biases }) => [
      ...weights.subarray(0, 200),
      ...biases,
    ]);
  all.forEach((x) => numbers.add(x));
  assert.equal(numbers.size, all.length);
});

Deno.test("invalid hyperparameters are named", async () => {
  const cases: [object, RegExp][] = [
    [{ batchSize: 0 }, /^batchSize must be a whole number from 1 .* got 0$/],
    [{ batchSize: 501 }, /^batchSize must be a whole number from 1 to 500, got 501$/],
    [{ layers: [784, 0, 10] }, /^layers must be .* got \[784,0,10\]$/],
    [{ layers: [100, 10] }, /^layers must begin with 784, .* got 100,10$/],
    [{ layers: [784, 5] }, /^layers must end with 10, .* got 784,5$/],
    [
      { leakySlope: 0.1 },
      /^leakySlope is not a hyperparameter; the slope is in the activation, leaky/,
    ],
    [
      { activation: 3 },
      /^activation must be an activation, or a list of one per hidden layer, got 3$/,
    ],
    [{ loss: "toString" }, /^loss must be one of crossEntropy, .*, got "toString"$/],
    [{ labelSmoothing: 1 }, /^labelSmoothing must be a number from 0 to below 1, got 1$/],
    [{ dropout: 1 }, /^dropout must be a number from 0 to below 1, or one for .*, got 1$/],
    [
      { dropout: [0.5] },
      /^dropout must be a number from 0 to below 1, or one for .*, got \[0.5\]$/,
    ],
    [
      { dropout: [0.2, 0.5] },
      /^dropout must have one entry for the inputs and one for each of the 2 hidden layers, got 2: 0.2-0.5$/,
    ],
    [{ dropout: 0.5, layers: [784, 10] }, /^dropout must be 0 without hidden layers, got 0.5$/],
    [{ normalization: "layer" }, /^normalization must be one of none, batch\(m, ε\), got "layer"$/],
    [
      { normalization: "batch(0)" },
      /^normalization must be written batch\(m, ε\): .*; got "batch\(0/s,
    ],
    [
      { normalization: ["batch"] },
      /^normalization must have one entry for each of the 2 hidden layers, got 1: batch/,
    ],
    [
      { normalization: "batch", layers: [784, 10] },
      /^normalization must be none without hidden layers, got batch/,
    ],
    [
      { normalization: ["none", "batch"], batchSize: 1 },
      /^batchSize must be 2 or more with normalization \(one image has no variance\)$/,
    ],
    [
      { loss: "binaryCrossEntropyMean", outputActivation: "sigmoid" },
      /^outputActivation must not be sigmoid with the loss binaryCrossEntropyMean, which takes/,
    ],
    [{ biasInitializer: "ones" }, /^biasInitializer must be one of heNormal, .* got "ones"$/],
    [{ activation: "swoosh" }, /^activation must be one of relu, .* got "swoosh"$/],
    [
      { activation: ["relu"] },
      /^activation must have one entry for each of the 2 hidden layers, got 1/,
    ],
    [{ learningRate: -1 }, /^learningRate must be a number above 0, got -1$/],
    [{ seed: 1.5 }, /^seed must be a whole number .* got 1.5$/],
    [{ optimizer: "adam2" }, /^optimizer must be one of sgd.* got "adam2"$/],
    [{ rate: 1 }, /^rate is not a hyperparameter; there are layers, /],
  ];
  for (const [wrong, message] of cases) {
    await assert.rejects(runTrial(wrong, small), { name: "UserError", message });
  }
});
