import assert from "node:assert/strict";
import { randomStream } from "../base/random.ts";
import { plainKernel } from "../kernel/plain.ts";
import { simdKernel } from "../kernel/simd.ts";
import { createNetwork, initialize, readRows, writeRows } from "./network.ts";
import { backward, createPass, firstRows, forward, outputError } from "./pass.ts";

for (const kernel of [plainKernel(64), simdKernel()]) {
  Deno.test(`evaluation in ${kernel.precision} bits: the same outputs and loss, without memory for hidden errors`, () => {
    const network = createNetwork(kernel, {
      layers: [4, 5, 3, 2],
      activations: ["gelu", "relu", "identity"],
      loss: "crossEntropy",
    });
    initialize(network, "heNormal", randomStream(1, "initializer"));
    const [trained, evaluated] = (["train", "evaluate"] as const).map((mode) => {
      const pass = firstRows(network, createPass(network, 7, mode), 3);
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
