import assert from "node:assert/strict";
import { plainKernel } from "../kernel/plain.ts";
import { simdKernel } from "../kernel/simd.ts";
import { passOf } from "../network/batch.ts";
import { createGradients, keepGradients } from "../network/gradients.ts";
import { createNetwork, modelOf, readRows, writeRows } from "../network/network.ts";
import {
  backward,
  createMatrixPass,
  forward,
  loadTargets,
  outputError,
  updateRunningStatistics,
} from "../network/pass.ts";
import { OPTIMIZERS, parseOptimizer } from "./optimizer.ts";

/** Recorded by `lib/network/testing_pytorch.py`, in 64 bits. */
const { training } = JSON.parse(
  await Deno.readTextFile(new URL("../network/testing_pytorch.json", import.meta.url)),
);
const RATES: Record<string, number> = { sgd: 0.5, "momentum(0.9)": 0.1, "nesterov(0.9)": 0.1 };

/** PyTorch's network at its start. */
function start(
  kernel: ReturnType<typeof simdKernel>,
  { weights, biases }: Record<string, number[][]>,
) {
  const network = createNetwork(kernel, {
    layers: [4, 5, 3, 2],
    activations: ["tanh", "selu", "identity"],
    loss: "crossEntropy",
    normalizations: ["batch", "batch", "none"],
  });
  network.layers.forEach((layer, l) => {
    writeRows(layer.weights, weights[l].flat());
    writeRows(layer.biases, biases[l]);
  });
  return network;
}

for (const [text, recorded] of Object.entries<Record<string, number[][]>>(training)) {
  Deno.test(`ten steps of ${text} with batch normalisation and label smoothing are PyTorch's`, () => {
    for (const [kernel, tolerance] of [[plainKernel(64), 1e-10], [simdKernel(), 1e-4]] as const) {
      const network = start(kernel, recorded);
      const { inputs, labels, losses } = recorded as unknown as {
        inputs: number[][];
        labels: number[];
        losses: number[];
      };
      const near = (found: ArrayLike<number>, expected: readonly number[]) =>
        expected.forEach((x, i) =>
          assert.ok(Math.abs(found[i] - x) < tolerance, `${found[i]}, ${x}`)
        );
      const pass = passOf(network, { inputs, targets: labels.map(() => [0, 0]) });
      loadTargets(pass, Uint8Array.from(labels), Uint32Array.of(0, 1, 2, 3, 4, 5), 0, 0.2);
      const optimizer = parseOptimizer(text).value(network, 0);
      const gradients = createGradients(network);
      const found = losses.map((_, i) => {
        forward(network, pass);
        const loss = outputError(network, pass, 1 / 6) / 6;
        updateRunningStatistics(network, pass);
        backward(network, pass, keepGradients(network, gradients).store);
        optimizer.step(gradients, { learningRate: RATES[text], step: i + 1 });
        return loss;
      });
      near(found, losses);
      const { after, evaluation } = recorded as unknown as {
        after: Record<"weights" | "biases" | "scales" | "mean" | "variance", number[][]>;
        evaluation: number[][];
      };
      modelOf(network).parameters.forEach(({ weights, biases, normalizer }, l) => {
        near(weights, after.weights[l].flat());
        near(biases, after.biases[l]);
        if (!normalizer) return;
        near(normalizer.scales, after.scales[l]);
        near(normalizer.mean, after.mean[l]);
        near(normalizer.variance, after.variance[l]);
      });
      const tested = createMatrixPass(network, 6, "evaluate");
      writeRows(tested.x, inputs.flat());
      near(readRows(forward(network, tested)), evaluation.flat());
    }
  });
}

for (const name of Object.keys(OPTIMIZERS)) {
  Deno.test(`${name} trains the scales, and keeps what it remembers of them in its state`, () => {
    const recorded = training.sgd;
    const run = (resumeAfter?: number) => {
      let network = start(plainKernel(32), recorded);
      let optimizer = parseOptimizer(name).value(network, 0.01);
      // An odd number: steps of one size cannot cancel.
      for (let step = 1; step <= 5; step++) {
        const pass = passOf(network, { inputs: recorded.inputs, targets: recorded.evaluation });
        const gradients = createGradients(network);
        forward(network, pass);
        outputError(network, pass, 1 / 6);
        backward(network, pass, keepGradients(network, gradients).store);
        optimizer.step(gradients, { learningRate: 0.05, step });
        if (step !== resumeAfter) continue;
        const model = modelOf(network), state = optimizer.state.map(readRows);
        network = start(plainKernel(32), recorded);
        optimizer = parseOptimizer(name).value(network, 0.01);
        restore(network, model);
        optimizer.state.forEach((matrix, i) => writeRows(matrix, state[i]));
      }
      return modelOf(network);
    };
    const after = run();
    for (const { normalizer } of after.parameters.slice(0, 2)) {
      assert.ok([...normalizer!.scales].every((scale) => scale !== 1), `${normalizer!.scales}`);
    }
    assert.deepEqual(run(2), after);
  });
}

function restore(network: ReturnType<typeof start>, model: ReturnType<typeof modelOf>): void {
  network.layers.forEach(({ weights, biases, normalizer }, l) => {
    const from = model.parameters[l];
    writeRows(weights, from.weights);
    writeRows(biases, from.biases);
    if (normalizer) writeRows(normalizer.scales, from.normalizer!.scales);
  });
}
