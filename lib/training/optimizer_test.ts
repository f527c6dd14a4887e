import assert from "node:assert/strict";
import { plainKernel } from "../kernel/plain.ts";
import { simdKernel } from "../kernel/simd.ts";
import { createNetwork } from "../network/network.ts";
import { OPTIMIZERS, parseOptimizer } from "./optimizer.ts";
import { descend, type Descent, readDescents, recordedText } from "./testing_pytorch.ts";

const recorded = readDescents(await recordedText("optimizers"));

/** `adam(0.9, 0.999), l2 0.1` */
function nameOf({ optimizer, learningRate: _, parameters: __, ...options }: Descent): string {
  const used = Object.entries(options).filter(([, value]) => value && value !== "none");
  return [optimizer, ...used.map((pair) => pair.join(" "))].join(", ");
}

Deno.test("every optimizer is compared with PyTorch, plain and with both kinds of decay", () => {
  for (const name of Object.keys(OPTIMIZERS)) {
    const cases = recorded.filter(({ optimizer }) => optimizer.startsWith(name));
    const kinds = ["l2", "weightDecay"] as const;
    const isIn = (kind: typeof kinds[number]) => cases.some((one) => one[kind] > 0);
    assert.ok(name === "adamW" || kinds.every(isIn), name);
    assert.ok(cases.length >= 2, name);
  }
});

for (const descent of recorded) {
  Deno.test(`${nameOf(descent)} takes PyTorch's hundred steps`, () => {
    const exact = descend(plainKernel(64), descent), single = descend(simdKernel(), descent);
    for (const [step, expected] of descent.parameters) {
      expected.forEach((number, i) => {
        const error = Math.abs(exact.get(step)![i] - number);
        assert.ok(error < 1e-10, `step ${step}, parameter ${i}: ${error}`);
        const coarse = Math.abs(single.get(step)![i] - number);
        assert.ok(coarse < 2e-5, `step ${step}, parameter ${i}, 32 bits: ${coarse}`);
      });
    }
  });

  Deno.test(`${nameOf(descent)} has the same bits on both kernels`, () => {
    assert.deepEqual(descend(simdKernel(), descent), descend(plainKernel(32), descent));
  });
}

Deno.test("momentum 0 takes the steps of sgd", () => {
  const of = (optimizer: string) => descend(plainKernel(64), { ...recorded[0], optimizer });
  assert.deepEqual(of("momentum(0)"), of("sgd"));
});

Deno.test("every matrix that an optimizer keeps is in its state", () => {
  const network = createNetwork(plainKernel(64), {
    layers: [3, 4, 2],
    activations: ["relu", "identity"],
    loss: "crossEntropy",
  });
  const shapes = ({ rows, columns }: { rows: number; columns: number }) => [rows, columns];
  for (const text of ["momentum", "nesterov", "adaGrad", "rmsProp", "lion"]) {
    const { state } = parseOptimizer(text).value(network, 0);
    assert.deepEqual(state.map(shapes), [[3, 4], [1, 4], [4, 2], [1, 2]]);
  }
  for (const text of ["adaDelta", "adam", "adamW"]) {
    const { state } = parseOptimizer(text).value(network, 0);
    const once = [[3, 4], [1, 4], [4, 2], [1, 2]];
    assert.deepEqual(state.map(shapes), once.flatMap((shape) => [shape, shape]));
  }
});

Deno.test("other texts are rejected", () => {
  for (const text of ["adam2", "", "SGD"]) {
    assert.throws(() => parseOptimizer(text), /^UserError: optimizer must be one of sgd, momentum/);
  }
  const wrong = [
    ...["sgd(1)", "momentum(1)", "momentum(-0.1)", "nesterov(0.9, 1)", "adaGrad(1)"],
    ...["adaDelta(1)", "adaDelta(0.9, 0)", "rmsProp(1)", "adam(1)", "adam(0.9, 1)"],
    ...["adam(0.9, 0.999, 0.1)", "adamW(0.9, 0.999, -1)", "lion(0.9, 1)"],
  ];
  for (const text of wrong) {
    assert.throws(() => parseOptimizer(text), /^UserError: optimizer must be written .*; got "/);
  }
});
