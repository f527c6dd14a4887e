import assert from "node:assert/strict";
import { randomStream } from "../base/random.ts";
import { type Activation, ACTIVATIONS } from "../kernel/activations.ts";
import type { Kernel } from "../kernel/kernel.ts";
import { plainKernel } from "../kernel/plain.ts";
import { simdKernel } from "../kernel/simd.ts";
import type { Architecture } from "./architecture.ts";
import type { Batch } from "./batch.ts";
import { checkGradients } from "./check_gradients.ts";
import { type Loss, LOSSES } from "./loss.ts";
import { createNetwork, initialize, modelOf } from "./network.ts";

const BATCH: Batch = {
  inputs: [[0.2, -0.7, 1], [1, 0, 0.3], [-0.4, 0.5, -0.5]],
  targets: [[0, 1, 0], [1, 0, 0], [0, 0, 1]],
};
const HIDDEN: readonly number[][] = [[], [4], [5, 4], [4, 4, 4]];

function drawn(kernel: Kernel, architecture: Partial<Architecture> = {}) {
  const network = createNetwork(kernel, {
    layers: [3, 4, 3],
    activations: ["tanh", "identity"],
    loss: "crossEntropy",
    ...architecture,
  });
  initialize(network, "normal(0.8)", randomStream(5, "initializer"));
  // Biases are not zero, so that they affect the result.
  network.layers.forEach(({ biases }) =>
    biases.data.forEach((_, i) => biases.data[i] = 0.1 * (i + 1))
  );
  return network;
}

const ALL = [...Object.keys(ACTIVATIONS), "leakyRelu(0.3)", "elu(0.5)", "swish(2)"] as Activation[];
for (const activation of ALL) {
  for (const loss of Object.keys(LOSSES) as Loss[]) {
    Deno.test(`${activation} with ${loss}: every gradient is its central difference`, () => {
      for (const hidden of HIDDEN) {
        // With the same activation at the output, and with none.
        for (const output of [activation, "identity"] as const) {
          const network = drawn(plainKernel(64), {
            layers: [3, ...hidden, 3],
            activations: [...hidden.map(() => activation), output],
            loss,
          });
          const { correct, verdict, pairs, atKinks } = checkGradients(network, BATCH);
          assert.ok(correct, `${hidden.length} hidden layers: ${verdict}`);
          const parameters = network.layers.reduce(
            (sum, { weights, biases }) => sum + (weights.rows + 1) * biases.columns,
            0,
          );
          assert.deepEqual([pairs.length, atKinks.length], [parameters, 0]);
        }
      }
    });
  }
}

/** Mistakes in the backward pass. */
const MISTAKES: Record<string, (right: Kernel) => Partial<Kernel>> = {
  "the slope of the activation forgotten": () => ({ activationGradient: () => {} }),
  "the slope taken twice": (right) => ({
    activationGradient(activation, z, a, delta) {
      right.activationGradient(activation, z, a, delta);
      right.activationGradient(activation, z, a, delta);
    },
  }),
  "the weights not transposed": (right) => ({
    productNT(a, b, out) {
      right.product(a, b, out);
    },
  }),
  "one sign flipped": (right) => ({
    crossEntropy(scores, targets, scale, delta) {
      return right.crossEntropy(scores, targets, -scale, delta);
    },
  }),
  "the batch summed, not averaged": (right) => ({
    crossEntropy: (scores, targets, _, delta) => right.crossEntropy(scores, targets, 1, delta),
  }),
  "one bias two millionths off": (right) => ({
    columnSums(alpha, a, beta, out) {
      right.columnSums(alpha, a, beta, out);
      if (out.columns === 3) out.data[2] *= 1 + 2e-6;
    },
  }),
};

for (const [mistake, wrong] of Object.entries(MISTAKES)) {
  Deno.test(`found: ${mistake}`, () => {
    const right = plainKernel(64);
    const network = drawn({ ...right, ...wrong(right) }, {
      layers: [3, 3, 3, 3],
      activations: ["sigmoid", "tanh", "identity"],
    });
    const { correct, worst, verdict } = checkGradients(network, BATCH);
    assert.equal(correct, false, verdict);
    assert.ok(worst.relativeError > 1e-6);
    assert.match(verdict, /^wrong: .* W\d|^wrong: .* b\d/);
  });
}

Deno.test("the worst parameter is named", () => {
  const right = plainKernel(64);
  const network = drawn({
    ...right,
    columnSums(alpha, a, beta, out) {
      right.columnSums(alpha, a, beta, out);
      if (out.columns === 4) out.data[1] = 7;
    },
  });
  const { worst } = checkGradients(network, BATCH);
  assert.deepEqual([worst.parameter, worst.backward], ["b1[1]", 7]);
});

Deno.test("a gradient that is too small is as wrong as one that is too large", () => {
  const right = plainKernel(64);
  const network = drawn({
    ...right,
    columnSums(alpha, a, beta, out) {
      right.columnSums(alpha, a, beta, out);
      if (out.columns === 4) out.data[1] = -7;
    },
  });
  const { correct, worst } = checkGradients(network, BATCH);
  assert.deepEqual([correct, worst.parameter, worst.backward], [false, "b1[1]", -7]);
});

Deno.test("if every parameter is at a kink, the check does not succeed", () => {
  const network = drawn(plainKernel(64), { layers: [3, 3], activations: ["relu"] });
  network.layers[0].weights.data.fill(0);
  network.layers[0].biases.data.fill(0);
  const { correct, pairs, atKinks, verdict } = checkGradients(network, BATCH);
  assert.deepEqual([correct, pairs.length, atKinks.length], [false, 0, 12]);
  assert.match(verdict, /nothing could be compared/);
});

Deno.test("a smooth activation is checked at 0 as well", () => {
  for (const activation of ["tanh", "gelu", "sigmoid"] as const) {
    const network = drawn(plainKernel(64), { activations: [activation, "identity"] });
    network.layers[0].weights.data.fill(0);
    network.layers[0].biases.data.fill(0);
    const { correct, atKinks, verdict } = checkGradients(network, BATCH);
    assert.ok(correct, verdict);
    assert.deepEqual(atKinks, []);
  }
});

Deno.test("a gradient that is not a number is worse than any other", () => {
  const right = plainKernel(64);
  const network = drawn({
    ...right,
    columnSums(alpha, a, beta, out) {
      right.columnSums(alpha, a, beta, out);
      out.data[0] = NaN;
    },
  });
  const { correct, worst } = checkGradients(network, BATCH);
  assert.deepEqual([correct, worst.parameter], [false, "b1[0]"]);
});

Deno.test("a ReLU at its kink is skipped and named", () => {
  const network = drawn(plainKernel(64), { activations: ["relu", "identity"] });
  network.layers[0].weights.data.fill(0);
  network.layers[0].biases.data.set([0, 1, 1, -1]);
  const { correct, atKinks, verdict } = checkGradients(network, BATCH);
  assert.ok(correct, verdict);
  assert.deepEqual(atKinks, ["W1[0][0]", "W1[1][0]", "W1[2][0]", "b1[0]"]);
});

Deno.test("a network in 32 bits is checked too, and not changed", () => {
  const network = drawn(simdKernel());
  const before = modelOf(network);
  const { correct, tolerance, verdict } = checkGradients(network, BATCH);
  assert.ok(correct && tolerance === 1e-3, verdict);
  assert.deepEqual(modelOf(network), before);
});
