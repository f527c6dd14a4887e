import assert from "node:assert/strict";
import { plainKernel } from "../kernel/plain.ts";
import { simdKernel } from "../kernel/simd.ts";
import { createGradients } from "../network/gradients.ts";
import { createNetwork } from "../network/network.ts";
import { parseOptimizer } from "./optimizer.ts";

/**
 * Weights after each of four steps down ½ wᵀA w − bᵀw from (1, 2), with A = [[2, ½], [½, 1]],
 * b = (1, −1) and a rate of 0.1; they are the two weights of a layer from one input to two units.
 */
function descent(text: string, l2: number, kernel = plainKernel(64)): number[][] {
  const network = createNetwork(kernel, {
    layers: [1, 2],
    activations: ["identity"],
    loss: "meanSquareError",
  });
  const { weights, biases } = network.layers[0];
  weights.data.set([1, 2]);
  const gradients = createGradients(network);
  const optimizer = parseOptimizer(text).value(network, l2);
  return [1, 2, 3, 4].map((step) => {
    const [u, v] = weights.data;
    gradients[0].weights.data.set([2 * u + 0.5 * v - 1, 0.5 * u + v + 1]);
    gradients[0].biases.data.set([biases.data[0] - 1, biases.data[1] + 1]);
    optimizer.step(gradients, { learningRate: 0.1, step });
    return [...weights.data.subarray(0, 2), ...biases.data.subarray(0, 2)];
  });
}

// PyTorch 2.13: torch.optim.SGD(lr=0.1, momentum=0.9, nesterov=…, weight_decay=…), 64 bits.
const PYTORCH: [string, number, number[][]][] = [
  ["momentum(0.9)", 0, [[0.8, 1.65], [0.47750000000000004, 1.03], [0.14025, 0.2451250000000001], [
    -0.10358125000000003,
    -0.5927875,
  ]]],
  ["nesterov(0.9)", 0, [[0.62, 1.335], [0.28557499999999997, 0.5489499999999999], [
    0.09559874999999995,
    -0.24187512500000022,
  ], [0.087376986875, -0.9544869700000003]]],
  ["momentum(0.9)", 0.1, [[0.7899999999999999, 1.63], [0.4535999999999999, 0.9781999999999997], [
    0.1066739999999999,
    0.16129799999999972,
  ], [-0.13602584000000006, -0.6969902800000003]]],
  ["nesterov(0.9)", 0.1, [[0.601, 1.297], [0.25788599999999995, 0.4791319999999999], [
    0.07262334599999992,
    -0.32613895800000015,
  ], [0.0781948373559999, -1.030580057848]]],
];

for (const [text, l2, expected] of PYTORCH) {
  Deno.test(`${text} with λ = ${l2} takes PyTorch's steps`, () => {
    for (const [kernel, tolerance] of [[plainKernel(64), 1e-14], [simdKernel(), 1e-6]] as const) {
      descent(text, l2, kernel).forEach(([u, v], i) => {
        assert.ok(Math.abs(u - expected[i][0]) < tolerance, `${u}`);
        assert.ok(Math.abs(v - expected[i][1]) < tolerance, `${v}`);
      });
    }
  });

  Deno.test(`${text} with λ = ${l2} moves biases by the same rule, without the penalty`, () => {
    // ½ (b − 1)² from 0: by hand, v = μ v + g and the two forms of the step.
    let b = 0, v = 0;
    descent(text, l2).forEach(([, , bias]) => {
      const g = b - 1;
      v = 0.9 * v + g;
      b -= 0.1 * (text.startsWith("nesterov") ? g + 0.9 * v : v);
      assert.ok(Math.abs(bias - b) < 1e-14, `${bias} is not ${b}`);
    });
  });

  Deno.test(`${text} with λ = ${l2} has the same bits on both kernels`, () => {
    assert.deepEqual(descent(text, l2, simdKernel()), descent(text, l2, plainKernel(32)));
  });
}

Deno.test("momentum 0 takes the steps of sgd, and the state holds every matrix", () => {
  assert.deepEqual(descent("momentum(0)", 0), descent("sgd", 0));
  const network = createNetwork(plainKernel(64), {
    layers: [3, 4, 2],
    activations: ["relu", "identity"],
    loss: "crossEntropy",
  });
  const shapes = ({ rows, columns }: { rows: number; columns: number }) => [rows, columns];
  for (const text of ["momentum", "nesterov"]) {
    const { state } = parseOptimizer(text).value(network, 0);
    assert.deepEqual(state.map(shapes), [[3, 4], [1, 4], [4, 2], [1, 2]]);
  }
});

Deno.test("other texts are rejected", () => {
  for (const text of ["adam2", "", "SGD"]) {
    assert.throws(() => parseOptimizer(text), /^UserError: optimizer must be one of sgd, momentum/);
  }
  for (const text of ["sgd(1)", "momentum(1)", "momentum(-0.1)", "nesterov(0.9, 1)"]) {
    assert.throws(() => parseOptimizer(text), /^UserError: optimizer must be written .*; got "/);
  }
});
