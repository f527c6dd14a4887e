import assert from "node:assert/strict";
import { projectPath } from "../base/project.ts";
import { randomStream } from "../base/random.ts";
import { imageAt } from "../dataset/dataset.ts";
import { syntheticDigits } from "../dataset/synthetic.ts";
import { simdKernel } from "../kernel/simd.ts";
import { loadModel } from "../model/model_file.ts";
import type { Model } from "../network/architecture.ts";
import type { Loss } from "../network/loss.ts";
import { networkOf } from "../network/network.ts";
import { evaluate } from "../training/evaluate.ts";
import { trainModel } from "../training/trial.ts";
import { foldNormalization } from "../network/fold_normalization.ts";
import { classifier } from "./classify.ts";
import { runnerUp } from "./runner_up.ts";

const { test } = syntheticDigits({ train: 0, test: 50 });

/** A network 784-6-10 with random weights, tanh in between. */
function randomModel(loss: Loss, wide: boolean): Model {
  const random = randomStream(5, "data");
  const numbers = (count: number) => {
    const drawn = Array.from({ length: count }, () => 0.3 * random.normal());
    return wide ? Float64Array.from(drawn) : Float32Array.from(drawn);
  };
  return {
    architecture: {
      layers: [784, 6, 10],
      activations: ["tanh", "identity"],
      loss,
    },
    parameters: [
      { weights: numbers(784 * 6), biases: numbers(6) },
      { weights: numbers(60), biases: numbers(10) },
    ],
  };
}

/** The outputs, computed directly from the formulas. */
function outputsOf({ parameters: [first, second] }: Model, digit: Uint8Array) {
  const layer = (input: number[], { weights, biases }: typeof first) =>
    Array.from(
      biases,
      (bias, j) => input.reduce((sum, x, i) => sum + x * weights[i * biases.length + j], bias),
    );
  const hidden = layer(Array.from(digit, (value) => value / 255), first).map(Math.tanh);
  return { hidden, outputs: layer(hidden, second) };
}

function near(actual: ArrayLike<number>, expected: readonly number[], play: number): void {
  assert.equal(actual.length, expected.length);
  expected.forEach((value, i) => assert.ok(Math.abs(actual[i] - value) < play, `${i}`));
}

for (const [wide, play] of [[false, 1e-4], [true, 1e-12]] as const) {
  Deno.test(`probabilities are the softmax of the outputs, in ${wide ? 64 : 32} bits`, () => {
    const model = randomModel("crossEntropy", wide);
    const classify = classifier(model);
    for (let i = 0; i < 10; i++) {
      const { hidden, outputs } = outputsOf(model, imageAt(test, i));
      const powers = outputs.map(Math.exp), sum = powers.reduce((a, b) => a + b);
      const found = classify(imageAt(test, i));
      near(found.probabilities, powers.map((power) => power / sum), play);
      near(found.hidden[0], hidden, play);
      assert.equal(found.label, outputs.indexOf(Math.max(...outputs)));
      const sorted = outputs.toSorted((a, b) => b - a);
      assert.equal(runnerUp(found), outputs.indexOf(sorted[1]));
    }
  });
}

Deno.test("outputs trained with the mean square error are shares of the positive outputs", () => {
  const model = randomModel("meanSquareError", true);
  const { probabilities } = classifier(model)(imageAt(test, 0));
  const positive = outputsOf(model, imageAt(test, 0)).outputs.map((value) => Math.max(0, value));
  const sum = positive.reduce((a, b) => a + b);
  near(probabilities, positive.map((value) => value / sum), 1e-12);
  model.parameters[1].weights.fill(0);
  model.parameters[1].biases.fill(-1);
  near(classifier(model)(imageAt(test, 0)).probabilities, new Array(10).fill(0.1), 1e-12);
});

Deno.test("outputs trained with binary cross-entropy are shares of the sigmoids", () => {
  const model = randomModel("binaryCrossEntropy", true);
  const { probabilities } = classifier(model)(imageAt(test, 0));
  const sigmoids = outputsOf(model, imageAt(test, 0)).outputs.map((z) => 1 / (1 + Math.exp(-z)));
  const sum = sigmoids.reduce((a, b) => a + b);
  near(probabilities, sigmoids.map((value) => value / sum), 1e-12);
});

Deno.test("a network with batch normalisation answers as in its evaluation, and as it does folded", async () => {
  const { model } = await trainModel(
    { layers: [784, 12, 10], normalization: "batch", dropout: [0.2, 0.5], epochs: 1 },
    syntheticDigits({ train: 300, test: 10 }),
  );
  const classify = classifier(model), folded = classifier(foldNormalization(model));
  const { predictions } = evaluate(networkOf(simdKernel(), model), test);
  for (let i = 0; i < test.count; i++) {
    const { label, probabilities } = classify(imageAt(test, i));
    assert.equal(label, predictions[i]);
    near(folded(imageAt(test, i)).probabilities, probabilities, 1e-5);
  }
  assert.ok(new Set(predictions).size > 3, "it has learnt something");
});

Deno.test("digits get the same answers one by one as in a batch", async () => {
  const { model } = await loadModel(projectPath("results", "models", "digits.npz"));
  const classify = classifier(model);
  const { predictions } = evaluate(networkOf(simdKernel(), model), test);
  const oneByOne = Array.from(predictions, (_, i) => classify(imageAt(test, i)).label);
  assert.deepEqual(oneByOne, [...predictions]);
});

Deno.test("outputs that overflow are rejected, for every loss and precision", () => {
  for (const loss of ["crossEntropy", "meanSquareError"] as const) {
    for (const wide of [false, true]) {
      const model = randomModel(loss, wide);
      const huge = wide ? 1e308 : 3e38;
      const [first, second] = model.parameters;
      for (const wrong of [3, 7]) {
        const weights = second.weights.slice();
        for (let j = 0; j < 6; j++) weights[j * 10 + wrong] = huge;
        // tanh is 1 for all six: their sum overflows to infinity.
        const biases = first.biases.map(() => 1000);
        const parameters = [{ ...first, biases }, { ...second, weights }];
        assert.throws(() => classifier({ ...model, parameters }, "m.npz")(test.pixels, "a.png"), {
          name: "UserError",
          message: new RegExp(`^a\\.png: not recognised, as m\\.npz overflows: .* ${wrong} is Inf`),
        });
      }
    }
  }
});
