import assert from "node:assert/strict";
import { type Dataset, type Samples, slice } from "../dataset/dataset.ts";
import { patchDataset } from "../dataset/testing_samples.ts";
import { simdKernel } from "../kernel/simd.ts";
import { networkOf } from "../network/network.ts";
import { evaluate } from "./evaluate.ts";
import { iterationHistory } from "./iterations.ts";
import { runTrial, trainModel } from "./trial.ts";
import { holdOut, trainedOn, type Validation } from "./validation.ts";

const digits: Dataset = patchDataset(600, 100, 14);
const SETTINGS = { layers: [196, 12, 10], epochs: 2 };

/** The same dataset, whose test images throw an error when they are read. */
function withoutTest(dataset: Dataset): Dataset {
  const unreadable = () => {
    throw new Error("the test set was read");
  };
  const test = Object.defineProperties({ ...dataset.test } as Samples, {
    pixels: { get: unreadable },
    labels: { get: unreadable },
  });
  return { ...dataset, test };
}

Deno.test("held out and trained on are all images, each once, in file order", () => {
  const cases: [Validation, number][] = [
    [0.1, 60],
    [1, 1],
    [250, 250],
    ["last(100)", 100],
    ["last(0.25)", 150],
    ["rows(20, 50)", 30],
  ];
  for (const [validation, size] of cases) {
    const split = holdOut(validation, 600, 1);
    const [train, held] = [[...split.train], [...split.validation!]];
    assert.equal(held.length, size, `${validation}`);
    assert.equal(trainedOn(validation, 600), 600 - size);
    for (const part of [train, held]) assert.deepEqual(part, part.toSorted((a, b) => a - b));
    assert.deepEqual([...train, ...held].sort((a, b) => a - b), [...Array(600).keys()]);
  }
  assert.deepEqual([...holdOut("last(2)", 5, 1).validation!], [3, 4]);
  assert.deepEqual([...holdOut("rows(1, 3)", 5, 1).validation!], [1, 2]);
  assert.equal(holdOut("none", 5, 1).validation, undefined);
});

Deno.test("the seed draws, and nothing else", () => {
  const drawn = (seed: number) => [...holdOut(0.2, 600, seed).validation!].join();
  assert.equal(drawn(1), drawn(1));
  assert.notEqual(drawn(1), drawn(2));
  const last = (seed: number) => [...holdOut("last(9)", 600, seed).validation!].join();
  assert.equal(last(1), last(2));
  // Each image is equally likely: 120 of 600, 400 times; the standard deviation of a count is 8.
  const counts = new Array<number>(600).fill(0);
  for (let seed = 1; seed <= 400; seed++) {
    for (const image of holdOut(0.2, 600, seed).validation!) counts[image]++;
  }
  assert.ok(Math.min(...counts) > 80 - 40 && Math.max(...counts) < 80 + 40);
});

Deno.test("a trial is that on the training images left, measured on those held out", async () => {
  const { hyperparameters: _, dataset: __, ...held } = await runTrial(
    { ...SETTINGS, validation: "last(150)" },
    withoutTest(digits),
  );
  const parts: Dataset = {
    ...digits,
    train: slice(digits.train, 0, 450),
    test: slice(digits.train, 450, 600),
  };
  const apart = await runTrial(SETTINGS, parts);
  assert.equal(held.weightsDigest, apart.weightsDigest);
  assert.equal(held.steps, apart.steps);
  assert.deepEqual(
    [held.trainLoss, held.validationLoss, held.validationAccuracy],
    [apart.trainLoss, apart.testLoss, apart.testAccuracy],
  );
  assert.deepEqual([held.testLoss, held.testAccuracy], [null, null]);
  assert.deepEqual([apart.validationLoss, apart.validationAccuracy], [null, null]);
  assert.deepEqual(
    held.history,
    apart.history.map(({ testLoss, testAccuracy, ...record }) => ({
      ...record,
      validationLoss: testLoss,
      validationAccuracy: testAccuracy,
    })),
  );
});

Deno.test("images within the file or drawn from it are held out of the training too", async () => {
  for (const validation of ["rows(100, 250)", 150]) {
    const { train: order, validation: held } = holdOut(validation, 600, 1);
    const { result, model } = await trainModel(
      { ...SETTINGS, validation, batchSize: "full" },
      withoutTest(digits),
    );
    assert.equal(result.steps, 2);
    const network = networkOf(simdKernel(), model);
    // Image by image, with a set of its own for each.
    const right = [...held!].filter((i) =>
      evaluate(network, slice(digits.train, i, i + 1)).accuracy === 1
    );
    assert.equal(result.validationAccuracy, right.length / 150);
    assert.equal(order.length, 450);
  }
});

Deno.test("the test set is read at the end on request", async () => {
  const settings = { ...SETTINGS, validation: 0.1 };
  const [chosen, { result, model }] = await Promise.all([
    runTrial(settings, digits),
    trainModel(settings, digits, { readTest: true }),
  ]);
  const { loss, accuracy } = evaluate(networkOf(simdKernel(), model), digits.test);
  assert.deepEqual(result, { ...chosen, testLoss: loss, testAccuracy: accuracy });
});

Deno.test("step by step, too, the test set is not read", async () => {
  const settings = { ...SETTINGS, validation: 0.25, epochs: 1, batchSize: 45 };
  const records = await iterationHistory(settings, withoutTest(digits), { every: 4 });
  assert.deepEqual(records.map(({ images }) => images), [45, 180, 360, 450]);
  const { validationLoss, validationAccuracy } = await runTrial(settings, digits);
  const { validationLoss: loss, validationAccuracy: accuracy, ...rest } = records.at(-1)!;
  assert.deepEqual([loss, accuracy], [validationLoss, validationAccuracy]);
  assert.equal("testLoss" in rest, false);
});

Deno.test("a validation set that does not fit is refused in one sentence", async () => {
  const fit = /^UserError: validation must hold out 1 to 599 of the 600 training images, got /;
  for (const validation of [600, 0.9999, 0.0001, "last(600)", "rows(500, 601)", "rows(0, 600)"]) {
    await assert.rejects(runTrial({ ...SETTINGS, validation }, digits), fit, `${validation}`);
  }
  for (const validation of [0, -1, 1.5, NaN, "half", "last(-1)", "rows(5, 5)", "rows(3)", "last"]) {
    await assert.rejects(
      runTrial({ ...SETTINGS, validation }, digits),
      /^UserError: validation must be/,
      `${validation}`,
    );
  }
  await assert.rejects(
    runTrial({ ...SETTINGS, validation: 0.5, batchSize: 301 }, digits),
    /batchSize must be a whole number from 1 to 300/,
  );
});
