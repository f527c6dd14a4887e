import assert from "node:assert/strict";
import { randomStream } from "../base/random.ts";
import { emptySamples, slice } from "../dataset/dataset.ts";
import { patchSamples } from "../dataset/testing_samples.ts";
import { simdKernel } from "../kernel/simd.ts";
import { createNetwork, initialize, type Network } from "../network/network.ts";
import { evaluate } from "./evaluate.ts";

function drawnNetwork(): Network {
  const network = createNetwork(simdKernel(), {
    layers: [16, 7, 10],
    activations: ["tanh", "identity"],
    loss: "crossEntropy",
  });
  initialize(network, "normal(1)", randomStream(1, "initializer"));
  return network;
}

Deno.test("an evaluation in several parts equals those of the single images", () => {
  // One full part of 500 images and a rest; and two full parts.
  for (const count of [731, 1000]) {
    const network = drawnNetwork();
    const samples = patchSamples(count, 4, 5);
    const { loss, accuracy, confusion, predictions } = evaluate(network, samples);
    const expected = Array.from({ length: 10 }, () => new Array(10).fill(0));
    let sum = 0, right = 0;
    for (let i = 0; i < count; i++) {
      const one = evaluate(network, slice(samples, i, i + 1));
      assert.equal(predictions[i], one.predictions[0], `image ${i}`);
      expected[samples.labels[i]][one.predictions[0]]++;
      sum += one.loss;
      right += one.accuracy;
    }
    assert.deepEqual(confusion, expected);
    assert.equal(accuracy, right / count);
    assert.ok(Math.abs(loss - sum / count) < 1e-9, `${loss} is not ${sum / count}`);
  }
});

Deno.test("images that do not fit the network are refused, not read as others", () => {
  const network = drawnNetwork();
  // 64 pixels are four images of 16; 4 are a quarter of one.
  for (const size of [8, 2]) {
    assert.throws(() => evaluate(network, emptySamples(20, size, size)), {
      name: "UserError",
      message: `images of ${size}×${size} pixels do not fit a network with 16 inputs`,
    });
  }
  assert.throws(() => evaluate(network, slice(patchSamples(20, 4, 5), 0, 0)), /no images/);
  const samples = patchSamples(20, 4, 5);
  samples.labels[7] = 10;
  assert.throws(
    () => evaluate(network, samples),
    /label 10 of image 7: the network has 10 outputs/,
  );
});

Deno.test("of equal outputs the first class is predicted", () => {
  const network = drawnNetwork();
  network.layers.forEach(({ weights }) => weights.data.fill(0));
  const { predictions, confusion } = evaluate(network, patchSamples(20, 4, 5));
  assert.deepEqual(predictions, new Uint8Array(20));
  assert.equal(confusion.reduce((sum, row) => sum + row[0], 0), 20);
});
