import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { randomStream } from "../base/random.ts";
import { plainKernel } from "../kernel/plain.ts";
import { simdKernel } from "../kernel/simd.ts";
import { createNetwork, initialize, weightsDigest } from "./network.ts";

const create = (kernel = plainKernel(64)) =>
  createNetwork(kernel, {
    layers: [3, 2, 2],
    activations: ["relu", "identity"],
    loss: "crossEntropy",
  });

Deno.test("initial weights contain no −0, on which the kernels' skipping of zeros relies", () => {
  for (const kernel of [plainKernel(64), simdKernel()]) {
    const network = create(kernel);
    // Half of the draws are negative, times 0.
    initialize(network, "uniform(0)", randomStream(1, "initializer"));
    for (const { weights } of network.layers) {
      for (const weight of weights.data) assert.ok(Object.is(weight, 0), `${weight}`);
    }
  }
});

Deno.test("a network that is initialised again has the weights and biases of a new one", () => {
  const [used, fresh] = [create(), create()];
  used.layers.forEach(({ weights, biases }) => {
    weights.data.fill(5);
    biases.data.fill(7);
  });
  for (const network of [used, fresh]) {
    initialize(network, "heNormal", randomStream(1, "initializer"));
  }
  used.layers.forEach(({ weights, biases }, l) => {
    assert.deepEqual(weights.data, fresh.layers[l].weights.data);
    assert.deepEqual(biases.data, fresh.layers[l].biases.data);
  });
});

Deno.test("the digest does not depend on the bits of NaN, but on every number", () => {
  const modelOf = (bits: number, bias = 0) => ({
    architecture: { layers: [2, 1], activations: ["identity"], loss: "crossEntropy" },
    parameters: [{
      weights: new Float32Array(Uint32Array.of(bits, 0x3f800000).buffer),
      biases: Float32Array.of(bias),
    }],
  } as const);
  const digest = weightsDigest(modelOf(0x7fc00000));
  // NaN, 1 and 0 as NumPy writes them: np.float32([np.nan, 1, 0]).tobytes().
  const bytes = Uint8Array.of(0, 0, 0xc0, 0x7f, 0, 0, 0x80, 0x3f, 0, 0, 0, 0);
  assert.equal(digest, createHash("sha256").update(bytes).digest("hex"));
  for (const bits of [0xffc00000, 0x7fc00001, 0x7f800001]) {
    assert.equal(weightsDigest(modelOf(bits)), digest);
  }
  assert.notEqual(weightsDigest(modelOf(0x7fc00000, 1)), digest);
  assert.notEqual(weightsDigest(modelOf(0x3f800000)), digest);
});
