import assert from "node:assert/strict";
import { sha256 } from "../base/sha256.ts";
import { classCounts, type Dataset, datasetDigest, emptySamples, imageAt } from "./dataset.ts";
import { readIdxBytes } from "./idx.ts";
import { BOX, CENTRE, SIDE } from "../picture/mnist_frame.ts";
import { runTrial } from "../training/trial.ts";
import { syntheticDigits } from "./synthetic.ts";
import { mnistTest } from "./testing_mnist.ts";

const digits = syntheticDigits({ train: 2000, test: 500, seed: 1 });

/** Returns the rows and columns with ink, and its centre of mass, in pixel indices. */
function extent(image: Uint8Array) {
  let left = SIDE, right = -1, top = SIDE, bottom = -1, mass = 0, massX = 0, massY = 0;
  image.forEach((ink, i) => {
    if (ink === 0) return;
    const x = i % SIDE, y = Math.floor(i / SIDE);
    left = Math.min(left, x);
    right = Math.max(right, x);
    top = Math.min(top, y);
    bottom = Math.max(bottom, y);
    mass += ink;
    massX += ink * x;
    massY += ink * y;
  });
  return {
    width: right - left + 1,
    height: bottom - top + 1,
    centreX: massX / mass,
    centreY: massY / mass,
  };
}

Deno.test("the same seed gives the same bits, pinned", () => {
  const small = syntheticDigits({ train: 200, test: 100, seed: 1 });
  assert.equal(
    sha256(small.train.pixels),
    "a4fe831c7660ad1736770df351b1ffa26830d886174bcbf98a861b9ec0a6ffac",
  );
  assert.deepEqual(
    small.train.pixels,
    digits.train.pixels.slice(0, 200 * SIDE * SIDE),
    "a smaller training set is the start of a larger one",
  );
  assert.notEqual(
    datasetDigest(small),
    datasetDigest(syntheticDigits({ train: 200, test: 100, seed: 2 })),
  );
});

Deno.test("every class occurs equally often, in every ten images", () => {
  assert.deepEqual(classCounts(digits.train, 10), new Array(10).fill(200));
  for (let i = 0; i < digits.test.count; i += 10) {
    assert.equal(new Set(digits.test.labels.slice(i, i + 10)).size, 10);
  }
});

Deno.test("every digit fills the 20×20 box with its centre of mass at the centre", () => {
  for (let i = 0; i < digits.train.count; i++) {
    const { width, height, centreX, centreY } = extent(imageAt(digits.train, i));
    const longer = Math.max(width, height);
    assert.ok(longer <= BOX && longer >= BOX - 2, `image ${i} is ${width}×${height}`);
    assert.ok(Math.abs(centreX - CENTRE) <= 0.51, `image ${i} has its centre at x = ${centreX}`);
    assert.ok(Math.abs(centreY - CENTRE) <= 0.51, `image ${i} has its centre at y = ${centreY}`);
  }
});

Deno.test("no two digits are the same", () => {
  const digests = new Set<string>();
  for (const samples of [digits.train, digits.test]) {
    for (let i = 0; i < samples.count; i++) digests.add(sha256(imageAt(samples, i)));
  }
  assert.equal(digests.size, 2500);
});

Deno.test("the amount of ink is MNIST's: mean 33.3 of 255, 19.1 % of the pixels", () => {
  const { pixels } = digits.train;
  const mean = pixels.reduce((sum, ink) => sum + ink, 0) / pixels.length;
  const inked = pixels.reduce((sum, ink) => sum + (ink > 0 ? 1 : 0), 0) / pixels.length;
  assert.ok(Math.abs(mean - 33.3) < 1.5, `mean ${mean}`);
  assert.ok(Math.abs(inked - 0.191) < 0.01, `inked ${inked}`);
});

Deno.test("impossible counts and seeds are named", () => {
  assert.throws(
    () => syntheticDigits({ train: -1 }),
    /train must be a whole number from 0.*got -1/,
  );
  assert.throws(
    () => syntheticDigits({ seed: 0.5 }),
    /seed must be a whole number from 0.*got 0.5/,
  );
});

mnistTest("a network trained only on synthetic digits classifies real ones", async ({ files }) => {
  const test = emptySamples(10_000, SIDE, SIDE);
  test.pixels.set((await readIdxBytes(files[2])).subarray(16));
  test.labels.set((await readIdxBytes(files[3])).subarray(8));
  const dataset: Dataset = {
    ...syntheticDigits({ test: 0 }),
    name: "synthetic against MNIST",
    test,
  };
  const { testAccuracy } = await runTrial(
    { layers: [784, 128, 64, 10], epochs: 4, schedule: "exponential(0.5)" },
    dataset,
  );
  console.log(`      ${testAccuracy} of the MNIST test images correct`);
  assert.ok(testAccuracy !== null && testAccuracy >= 0.85);
});
