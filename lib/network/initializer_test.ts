import assert from "node:assert/strict";
import { randomStream } from "../base/random.ts";
import { plainKernel } from "../kernel/plain.ts";
import { parseInitializer } from "./initializer.ts";
import { createNetwork, initialize, modelOf } from "./network.ts";

/** Mean and standard deviation of many weights of a layer with 784 inputs and 128 units. */
function moments(text: string): [number, number] {
  const { value: draw } = parseInitializer(text), random = randomStream(1, "initializer");
  const weights = Array.from({ length: 100_000 }, () => draw(random, 784, 128));
  const mean = weights.reduce((sum, w) => sum + w, 0) / weights.length;
  const variance = weights.reduce((sum, w) => sum + (w - mean) ** 2, 0) / weights.length;
  return [mean, Math.sqrt(variance)];
}

const DEVIATIONS: [string, number][] = [
  ["heNormal", Math.sqrt(2 / 784)],
  ["heUniform", Math.sqrt(2 / 784)],
  ["glorotNormal", Math.sqrt(2 / 912)],
  ["glorotUniform", Math.sqrt(2 / 912)],
  ["lecunNormal", Math.sqrt(1 / 784)],
  ["lecunUniform", Math.sqrt(1 / 784)],
  ["fanInUniform", Math.sqrt(1 / 784 / 3)],
  ["normal(0.01)", 0.01],
  ["uniform(0.3)", 0.3 / Math.sqrt(3)],
];

for (const [text, expected] of DEVIATIONS) {
  Deno.test(`${text} has the standard deviation of its definition`, () => {
    const [mean, deviation] = moments(text);
    assert.ok(Math.abs(mean) < 0.02 * expected);
    assert.ok(Math.abs(deviation / expected - 1) < 0.01);
  });
}

Deno.test("zeros are zeros; other texts are rejected", () => {
  assert.deepEqual(moments("zeros"), [0, 0]);
  assert.deepEqual(moments("constant(-0.25)"), [-0.25, 0]);
  for (const text of ["he", "constructor", ""]) {
    assert.throws(
      () => parseInitializer(text),
      /^UserError: initializer must be one of heNormal, .*, got "/,
    );
  }
  for (const text of ["normal", "normal(-1)", "normal(a)", "heNormal(1)", "constant"]) {
    assert.throws(
      () => parseInitializer(text),
      /^UserError: initializer must be written .*; got "/,
    );
  }
});

Deno.test("biases are drawn by their layer's fan-in, from a stream of their own", () => {
  const drawn = (initializer: string) => {
    const network = createNetwork(plainKernel(64), {
      layers: [100, 3000, 2000],
      activations: ["relu", "identity"],
      loss: "crossEntropy",
    });
    const random = randomStream(4, "biases");
    initialize(network, "zeros", randomStream(4, "initializer"), { initializer, random });
    return modelOf(network).parameters.map(({ biases }) => biases);
  };
  const [first, second] = drawn("fanInUniform");
  for (const [biases, fanIn] of [[first, 100], [second, 3000]] as const) {
    const limit = 1 / Math.sqrt(fanIn), largest = Math.max(...biases.map(Math.abs));
    assert.ok(largest <= limit && largest > 0.99 * limit, `${largest}, ${limit}`);
  }
  assert.ok(drawn("zeros").every((biases) => biases.every((bias) => Object.is(bias, 0))));
  assert.ok(drawn("constant(0.1)").every((biases) => biases.every((bias) => bias === 0.1)));

  const network = createNetwork(plainKernel(64), {
    layers: [5, 4],
    activations: ["identity"],
    loss: "crossEntropy",
  });
  const weightsWith = (initializer: string) => {
    const [random, own] = [randomStream(1, "initializer"), randomStream(1, "biases")];
    initialize(network, "heNormal", random, { initializer, random: own });
    return modelOf(network).parameters[0].weights;
  };
  assert.deepEqual(weightsWith("normal(1)"), weightsWith("zeros"));
});
