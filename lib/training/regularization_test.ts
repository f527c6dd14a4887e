import assert from "node:assert/strict";
import { patchDataset } from "../dataset/testing_samples.ts";
import { plainKernel } from "../kernel/plain.ts";
import { createGradients } from "../network/gradients.ts";
import { createNetwork } from "../network/network.ts";
import type { Optimizer, StepSize } from "./optimizer.ts";
import { type Regularization, regularized } from "./regularization.ts";
import { trainModel } from "./trial.ts";

const digits = patchDataset(200, 20, 6);
const SIZE: StepSize = { learningRate: 0.5, step: 1 };

/** What an optimizer is given after two layers' gradients (3, −4) and (12) have been limited. */
function limited(options: Partial<Regularization>): number[] {
  const network = createNetwork(plainKernel(64), {
    layers: [1, 2, 1],
    activations: ["relu", "identity"],
    loss: "crossEntropy",
  });
  network.layers[0].weights.data.set([2, -2]);
  const gradients = createGradients(network);
  gradients[0].weights.data.set([3, -4]);
  gradients[1].biases.data.set([12]);
  let given: number[] = [];
  const spy: Optimizer = {
    state: [],
    step: (all) => given = [...all[0].weights.data, ...all[1].biases.data],
  };
  regularized(network, spy, options).step(gradients, SIZE);
  return given;
}

const near = (found: readonly number[], expected: readonly number[]) =>
  found.forEach((x, i) => assert.ok(Math.abs(x - expected[i]) < 1e-6, `${found}`));

Deno.test("gradients are limited by value, by the norm of all layers together, or not at all", () => {
  assert.deepEqual(limited({}), [3, -4, 12]);
  assert.deepEqual(limited({ clipValue: 3.5 }), [3, -3.5, 3.5]);
  // √(3² + 4² + 12²) = 13
  near(limited({ clipNorm: 6.5 }), [1.5, -2, 6]);
  assert.deepEqual(limited({ clipNorm: 14 }), [3, -4, 12]);
  // By value first: √(3² + 4² + 4²) = √41.
  near(limited({ clipValue: 4, clipNorm: Math.sqrt(41) / 2 }), [1.5, -2, 2]);
  // The penalty is added to what has been limited, for weights alone.
  near(limited({ clipValue: 1, l1: 0.25 }), [1.25, -1.25, 1]);
});

Deno.test("the scales of batch normalisation are limited with all other parameters", () => {
  const network = createNetwork(plainKernel(64), {
    layers: [1, 2, 1],
    activations: ["relu", "identity"],
    loss: "crossEntropy",
    normalizations: ["batch", "none"],
  });
  const scales = (options: Partial<Regularization>) => {
    const gradients = createGradients(network);
    gradients[0].scales!.data.set([3, -4]);
    regularized(network, { state: [], step: () => {} }, options).step(gradients, SIZE);
    return [...gradients[0].scales!.data];
  };
  assert.deepEqual(scales({ clipValue: 3.5 }), [3, -3.5]);
  near(scales({ clipNorm: 2.5 }), [1.5, -2]);
});

Deno.test("no unit's weights are longer than max-norm after a training", async () => {
  const norms = async (maxNorm: Regularization["maxNorm"]) => {
    const settings = { layers: [36, 8, 10], learningRate: 0.5, epochs: 3, maxNorm };
    const { model } = await trainModel(settings, digits);
    return model.parameters.map(({ weights }, l) => {
      const columns = settings.layers[l + 1];
      const squares = new Float64Array(columns);
      weights.forEach((w, i) => squares[i % columns] += w * w);
      return Math.sqrt(Math.max(...squares));
    });
  };
  const [free, bound] = [await norms("none"), await norms(1.2)];
  assert.ok(free.every((norm) => norm > 1.3), `${free}`);
  assert.ok(bound.every((norm) => norm < 1.2 + 1e-6), `${bound}`);
});

Deno.test("an L1 penalty leaves smaller weights than none", async () => {
  const size = async (l1: number) => {
    const { model } = await trainModel({ layers: [36, 10], epochs: 5, l1 }, digits);
    return Array.from(model.parameters[0].weights, Math.abs).reduce((sum, w) => sum + w, 0);
  };
  assert.ok(await size(0.1) < 0.7 * await size(0));
});

Deno.test("reduceOnPlateau looks at the validation images, and at nothing else", async () => {
  const learn = async (schedule: "constant" | "reduceOnPlateau(0.01, 0)", validation: string) => {
    const settings = { layers: [36, 10], learningRate: 0.01, epochs: 6, schedule, validation };
    return (await trainModel(settings, digits)).result;
  };
  // Where the loss falls in every epoch, the rate stays as it is.
  const falling = await learn("constant", "last(50)");
  const losses = falling.history.map(({ validationLoss }) => validationLoss!);
  assert.ok(losses.every((loss, i) => i === 0 || loss < losses[i - 1]));
  const same = await learn("reduceOnPlateau(0.01, 0)", "last(50)");
  assert.equal(same.weightsDigest, falling.weightsDigest);

  // Where it rises, as on images with wrong labels, the rate goes down.
  const spoilt = patchDataset(200, 20, 6), { labels } = spoilt.train;
  for (let i = 150; i < 200; i++) labels[i] = 9 - labels[i];
  const settings = { layers: [36, 10], epochs: 6, validation: "last(50)" };
  const [constant, reduced] = await Promise.all(
    ["constant", "reduceOnPlateau(0.01, 0)"].map((schedule) =>
      trainModel({ ...settings, schedule: schedule as "constant" }, spoilt)
    ),
  );
  const ends = ({ result: { history } }: typeof constant) =>
    Math.abs(history.at(-1)!.trainLoss - history.at(-2)!.trainLoss);
  assert.ok(ends(reduced) < ends(constant) / 10, `${ends(reduced)}, ${ends(constant)}`);
});
