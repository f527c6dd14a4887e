import assert from "node:assert/strict";
import { randomStream } from "../base/random.ts";
import { plainKernel } from "../kernel/plain.ts";
import { simdKernel } from "../kernel/simd.ts";
import { createNetwork, initialize, readRows, writeRows } from "./network.ts";
import { backward, createMatrixPass, drawMasks, firstRows, forward, outputError } from "./pass.ts";

for (const kernel of [plainKernel(64), simdKernel()]) {
  Deno.test(`evaluation in ${kernel.precision} bits: the same outputs and loss, without memory for hidden errors`, () => {
    const network = createNetwork(kernel, {
      layers: [4, 5, 3, 2],
      activations: ["gelu", "relu", "identity"],
      loss: "crossEntropy",
    });
    initialize(network, "heNormal", randomStream(1, "initializer"));
    const [trained, evaluated] = (["train", "evaluate"] as const).map((mode) => {
      const pass = firstRows(network, createMatrixPass(network, 7, mode), 3);
      assert.equal(pass.mode, mode);
      writeRows(pass.x, [1, -2, 3, 4, 0, 0.5, 0, 1, -1, 2, 2, -3]);
      writeRows(pass.targets, [1, 0, 0, 1, 1, 0]);
      const outputs = readRows(forward(network, pass));
      const loss = outputError(network, pass, 1 / 3);
      return { pass, outputs, loss, error: readRows(pass.delta[2]) };
    });
    assert.deepEqual(
      [evaluated.outputs, evaluated.loss, evaluated.error],
      [trained.outputs, trained.loss, trained.error],
    );
    assert.deepEqual(evaluated.pass.delta.map(({ rows }) => rows), [0, 0, 3]);
    assert.deepEqual(trained.pass.delta.map(({ rows }) => rows), [3, 3, 3]);
    backward(network, trained.pass, () => {});
    assert.throws(() => backward(network, evaluated.pass, () => {}), /made for training/);
  });
}

Deno.test("dropout thins out the inputs in training alone, anew for each batch and layer", () => {
  const kernel = plainKernel(64);
  const network = createNetwork(kernel, {
    layers: [400, 400, 300, 2],
    activations: ["identity", "identity", "identity"],
    loss: "crossEntropy",
  });
  const dropout = [0.25, 0.5, 0];
  const evaluated = createMatrixPass(network, 1, "evaluate", dropout);
  assert.deepEqual(evaluated.masks, [undefined, undefined, undefined]);
  assert.deepEqual(evaluated.inputs, [evaluated.x, ...evaluated.a.slice(0, 2)]);

  const pass = createMatrixPass(network, 1, "train", dropout), random = randomStream(1, "dropout");
  network.layers[0].biases.data.fill(1);
  writeRows(pass.x, new Array(400).fill(1));
  const drawn = [1, 2].map(() => {
    drawMasks(pass, random);
    forward(network, pass);
    return pass.inputs.slice(0, 2).map((matrix) => [...readRows(matrix)]);
  });
  for (const [x, a] of drawn) {
    assert.deepEqual([new Set(x), new Set(a)], [new Set([0, 1 / 0.75]), new Set([0, 2])]);
  }
  const patterns = drawn.flat().map((row) => row.map((number) => number > 0).join());
  assert.equal(new Set(patterns).size, 4);
  assert.equal(pass.inputs[2], pass.a[1]);
});
