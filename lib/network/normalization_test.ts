import assert from "node:assert/strict";
import { randomStream } from "../base/random.ts";
import { plainKernel } from "../kernel/plain.ts";
import { simdKernel } from "../kernel/simd.ts";
import type { Architecture, Model } from "./architecture.ts";
import { passOf } from "./batch.ts";
import { checkGradients } from "./check_gradients.ts";
import { createGradients, keepGradients } from "./gradients.ts";
import {
  createNetwork,
  initialize,
  isFiniteModel,
  modelOf,
  type Network,
  networkOf,
  readRows,
  weightsDigest,
  writeRows,
} from "./network.ts";
import { foldNormalization } from "./fold_normalization.ts";
import { parseNormalization } from "./normalization.ts";
import {
  backward,
  createMatrixPass,
  forward,
  outputError,
  updateRunningStatistics,
} from "./pass.ts";

/** Recorded by `testing_pytorch.py`, in 64 bits. */
const { batchNormalization: pytorch } = JSON.parse(
  await Deno.readTextFile(new URL("testing_pytorch.json", import.meta.url)),
);

const near = (found: ArrayLike<number>, expected: readonly number[], tolerance: number) => {
  assert.equal(found.length, expected.length);
  expected.forEach((x, i) =>
    assert.ok(Math.abs(found[i] - x) < tolerance * Math.max(1, Math.abs(x)), `${i}: ${found[i]}`)
  );
};

for (const [kernel, tolerance] of [[plainKernel(64), 1e-13], [simdKernel(), 2e-6]] as const) {
  Deno.test(`PyTorch's BatchNorm1d in ${kernel.precision} bits: forward, back, running statistics, evaluation`, () => {
    const { momentum, epsilon, scales, biases, batches, evaluation } = pytorch;
    // The weights are the unit matrix, so that z is the input; the first layer's error is that of y.
    const network = createNetwork(kernel, {
      layers: [3, 3],
      activations: ["identity"],
      loss: "squaredErrorSum",
      normalizations: [`batch(${momentum}, ${epsilon})`],
    });
    const [layer] = network.layers;
    writeRows(layer.weights, [1, 0, 0, 0, 1, 0, 0, 0, 1]);
    writeRows(layer.biases, biases);
    writeRows(layer.normalizer!.scales, scales);
    for (const batch of batches) {
      const pass = passOf(network, { inputs: batch.z, targets: batch.z });
      near(readRows(forward(network, pass)), batch.y.flat(), tolerance);
      updateRunningStatistics(network, pass);
      writeRows(pass.delta[0], batch.error.flat());
      const gradients = createGradients(network);
      backward(network, pass, keepGradients(network, gradients).store);
      near(readRows(pass.delta[0]), batch.zGradient.flat(), tolerance);
      near(readRows(gradients[0].scales!), batch.scaleGradient, tolerance);
      near(readRows(gradients[0].biases), batch.biasGradient, tolerance);
      near(readRows(layer.normalizer!.mean), batch.runningMean, tolerance);
      near(readRows(layer.normalizer!.variance), batch.runningVariance, tolerance);
    }
    const pass = createMatrixPass(network, 2, "evaluate");
    writeRows(pass.x, evaluation.z.flat());
    near(readRows(forward(network, pass)), evaluation.y.flat(), tolerance);
  });
}

const ARCHITECTURE: Architecture = {
  layers: [3, 5, 4, 3],
  activations: ["tanh", "elu(0.5)", "identity"],
  loss: "crossEntropy",
  normalizations: ["batch(0.1, 0.001)", "batch(0.5, 0.1)", "none"],
};
const BATCH = {
  inputs: [[0.2, -0.7, 1], [1, 0, 0.3], [-0.4, 0.5, -0.5], [0.9, 0.8, -1]],
  targets: [[0, 1, 0], [1, 0, 0], [0, 0, 1], [0, 1, 0]],
};

/** A network whose numbers are all drawn, also those that begin as 0 or 1. */
function drawn(kernel = plainKernel(64), architecture = ARCHITECTURE): Network {
  const network = createNetwork(kernel, architecture);
  const random = randomStream(5, "initializer");
  initialize(network, "normal(0.8)", random, { initializer: "normal(0.3)", random });
  for (const { normalizer } of network.layers) {
    if (!normalizer) continue;
    const { scales, mean, variance } = normalizer;
    for (let c = 0; c < scales.columns; c++) {
      scales.data[c] = 0.5 + random.uniform();
      mean.data[c] = random.normal();
      variance.data[c] = 0.1 + random.uniform();
    }
  }
  return network;
}

Deno.test("every gradient through batch normalisation is its central difference", () => {
  for (const kernel of [plainKernel(64), simdKernel()]) {
    for (const loss of ["crossEntropy", "binaryCrossEntropyMean", "squaredErrorMean"] as const) {
      for (
        const activations of [["identity", "selu", "tanh"], [
          "sigmoid",
          "gelu",
          "identity",
        ]] as const
      ) {
        const network = drawn(kernel, { ...ARCHITECTURE, loss, activations });
        const before = modelOf(network);
        const { correct, verdict, pairs } = checkGradients(network, BATCH);
        assert.ok(correct, verdict);
        // 15 + 5 + 5, 20 + 4 + 4, 12 + 3: weights, biases, scales.
        assert.equal(pairs.length, 68);
        assert.deepEqual(pairs.slice(20, 25).map(({ parameter }) => parameter), [
          ...["γ1[0]", "γ1[1]", "γ1[2]", "γ1[3]", "γ1[4]"],
        ]);
        assert.deepEqual(modelOf(network), before);
      }
    }
  }
});

Deno.test("every gradient through dropout is its central difference, alone and with normalisation", () => {
  const { normalizations: _, ...plain } = ARCHITECTURE;
  for (const architecture of [plain, ARCHITECTURE]) {
    for (const kernel of [plainKernel(64), simdKernel()]) {
      const network = drawn(kernel, architecture);
      const all = [[0.4, 0, 0], [0, 0.5, 0.3], [0.2, 0.3, 0.4]];
      const gradients = all.map((dropout) => {
        const { correct, verdict, pairs } = checkGradients(network, BATCH, { dropout });
        assert.ok(correct, verdict);
        return JSON.stringify(pairs.map(({ backward }) => backward));
      });
      assert.equal(new Set(gradients).size, 3);
    }
  }
});

Deno.test("a wrong factor in the gradient is found", () => {
  const right = plainKernel(64);
  const mistakes: Partial<typeof right>[] = [
    { standardizeGradient: () => {} },
    {
      standardizeGradient(normal, variance, epsilon, scales, delta, ...gradients) {
        right.standardizeGradient(normal, variance, epsilon * 1.001, scales, delta, ...gradients);
      },
    },
    { dropOut: (mask, a, out) => a === out ? undefined : right.dropOut(mask, a, out) },
  ];
  for (const mistake of mistakes) {
    const { correct } = checkGradients(drawn({ ...right, ...mistake }), BATCH, {
      dropout: [0, 0.5, 0.5],
    });
    assert.equal(correct, false);
  }
});

Deno.test("one image is normalised to 0 and leaves the running statistics alone", () => {
  const network = drawn();
  const before = modelOf(network);
  const pass = passOf(network, { inputs: [BATCH.inputs[0]], targets: [BATCH.targets[0]] });
  forward(network, pass);
  updateRunningStatistics(network, pass);
  assert.deepEqual(readRows(pass.y[0]), before.parameters[0].biases);
  assert.ok(Number.isFinite(outputError(network, pass, 1)));
  assert.deepEqual(modelOf(network), before);
});

/** The outputs of a model in evaluation. */
function outputsOf(model: Model, kernel = plainKernel(64)): number[] {
  const network = networkOf(kernel, model);
  const pass = createMatrixPass(network, BATCH.inputs.length, "evaluate");
  writeRows(pass.x, BATCH.inputs.flat());
  return [...readRows(forward(network, pass))];
}

Deno.test("the same bits in evaluation on both kernels, whatever the batch", () => {
  const model = modelOf(drawn(simdKernel()));
  assert.deepEqual(outputsOf(model, simdKernel()), outputsOf(model, plainKernel(32)));
  const network = networkOf(simdKernel(), model);
  const pass = createMatrixPass(network, 1, "evaluate");
  const one = BATCH.inputs.flatMap((input) => {
    writeRows(pass.x, input);
    return [...readRows(forward(network, pass))];
  });
  assert.deepEqual(one, outputsOf(model, simdKernel()));
});

Deno.test("folding gives the same outputs without normalisation: 10⁻¹³ in 64 bits, 10⁻⁵ in 32", () => {
  for (const [kernel, tolerance] of [[plainKernel(64), 1e-13], [simdKernel(), 1e-5]] as const) {
    const model = modelOf(drawn(kernel));
    const folded = foldNormalization(model);
    assert.equal("normalizations" in folded.architecture, false);
    assert.ok(folded.parameters.every((layer) => !("normalizer" in layer)));
    assert.equal(folded.parameters[0].weights.constructor, model.parameters[0].weights.constructor);
    assert.notDeepEqual(folded.parameters[0].weights, model.parameters[0].weights);
    assert.deepEqual(folded.parameters[2], model.parameters[2]);
    near(outputsOf(folded, kernel), outputsOf(model, kernel), tolerance);
    assert.equal(foldNormalization(folded), folded);
  }
});

Deno.test("digest and finiteness take every number of batch normalisation", () => {
  const model = modelOf(drawn(simdKernel()));
  const changed = (["scales", "mean", "variance"] as const).map((field) => {
    const copy = structuredClone(model);
    copy.parameters[1].normalizer![field][3] = NaN;
    assert.equal(isFiniteModel(copy), false);
    return weightsDigest(copy);
  });
  assert.ok(isFiniteModel(model));
  assert.equal(new Set([weightsDigest(model), ...changed]).size, 4);
});

Deno.test("texts: defaults, ranges", () => {
  assert.deepEqual(parseNormalization("batch").value, { momentum: 0.1, epsilon: 1e-5 });
  assert.deepEqual(parseNormalization("batch(1)").text, "batch(1, 0.00001)");
  assert.equal(parseNormalization("none").value, null);
  for (const text of ["batch(0)", "batch(1.1)", "batch(0.1, 0)", "batch(0.1, 1, 1)", "none(1)"]) {
    assert.throws(() => parseNormalization(text), /^UserError: normalization must be written/);
  }
});
