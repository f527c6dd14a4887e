import assert from "node:assert/strict";
import { emptySamples, imageAt } from "../dataset/dataset.ts";
import { plainKernel } from "../kernel/plain.ts";
import { batchOf, passOf } from "./batch.ts";
import { createNetwork } from "./network.ts";

const samples = emptySamples(3, 2, 1);
samples.labels.set([2, 0, 1]);
imageAt(samples, 1).set([0, 255]);
imageAt(samples, 2).set([51, 102]);

Deno.test("a batch has pixels from 0 to 1 and one-hot targets, in the order of the indices", () => {
  assert.deepEqual(batchOf(samples, [2, 0, 1], 3), {
    inputs: [[0.2, 0.4], [0, 0], [0, 1]],
    targets: [[0, 1, 0], [0, 0, 1], [1, 0, 0]],
  });
  assert.equal(batchOf(samples, [0]).targets[0].length, 10);
});

Deno.test("an image that does not exist is an error", () => {
  for (const index of [-1, 3, NaN]) {
    assert.throws(() => batchOf(samples, [0, index]), {
      name: "UserError",
      message: `image index must be from 0 to 2, got ${index}`,
    });
  }
});

Deno.test("every example has an input and a target", () => {
  const network = createNetwork(plainKernel(64), {
    layers: [2, 3],
    activations: ["identity"],
    loss: "crossEntropy",
  });
  assert.throws(
    () => passOf(network, { inputs: [[1, 2], [3, 4]], targets: [[1, 0, 0]] }),
    /got 2 inputs and 1 targets/,
  );
});
