import assert from "node:assert/strict";
import { randomStream } from "../base/random.ts";
import { fileOrder } from "../dataset/dataset.ts";
import { syntheticDigits } from "../dataset/synthetic.ts";
import { plainKernel } from "../kernel/plain.ts";
import { OPTIMIZERS, parseOptimizer } from "./optimizer.ts";
import type { Architecture, Model } from "../network/architecture.ts";
import { type Batch, batchOf, passOf } from "../network/batch.ts";
import { createGradients, keepGradients } from "../network/gradients.ts";
import { MAZUR_BATCH, MAZUR_MODEL } from "./mazur.ts";
import { createNetwork, initialize, modelOf, networkOf } from "../network/network.ts";
import {
  backward,
  drawMasks,
  forward,
  outputError,
  updateRunningStatistics,
} from "../network/pass.ts";
import { modelAfter, type StepTrace, traceStep, traceSteps } from "./trace.ts";
import { train } from "./train.ts";

const MAZUR_STEP = { learningRate: 0.5, updateBiases: false };

/** The trace of the last of `steps` steps from Mazur's initial weights. */
function mazurSteps(count: number): StepTrace {
  let model = MAZUR_MODEL;
  for (let step = 1; step < count; step++) {
    model = modelAfter(traceStep(model, MAZUR_BATCH, MAZUR_STEP));
  }
  return traceStep(model, MAZUR_BATCH, MAZUR_STEP);
}

/** Asserts that a number, rounded to as many digits as printed, is the printed one. */
function prints(value: number, printed: string): void {
  assert.equal(value.toFixed(printed.split(".")[1].length), printed);
}

Deno.test("every number that Mazur prints in the forward pass", () => {
  const { layers: [hidden, output], loss, losses } = mazurSteps(1);
  prints(hidden.z[0][0], "0.3775");
  prints(hidden.a[0][0], "0.593269992");
  prints(hidden.a[0][1], "0.596884378");
  prints(output.z[0][0], "1.105905967");
  prints(output.a[0][0], "0.75136507");
  prints(output.a[0][1], "0.772928465");
  const [error1, error2] = output.a[0].map((a, j) => 0.5 * (MAZUR_BATCH.targets[0][j] - a) ** 2);
  prints(error1, "0.274811083");
  prints(error2, "0.023560026");
  prints(loss, "0.298371109");
  assert.deepEqual(losses, [loss]);
});

Deno.test("every number that Mazur prints in the backward pass", () => {
  const { layers: [hidden, output] } = mazurSteps(1);
  prints(output.dA[0][0], "0.74136507");
  prints(output.dZ[0][0], "0.138498562");
  prints(output.dW[0][0], "0.082167041");
  prints(hidden.dA[0][0], "0.036350306");
  prints(hidden.dW[0][0], "0.000438568");
  ["0.35891648", "0.408666186", "0.511301270", "0.561370121"].forEach((printed, i) =>
    prints(output.weightsAfter[i % 2][i >> 1], printed)
  );
  ["0.149780716", "0.19956143", "0.24975114", "0.29950229"].forEach((printed, i) =>
    prints(hidden.weightsAfter[i % 2][i >> 1], printed)
  );
  assert.deepEqual(hidden.biasesAfter, [0.35, 0.35]);
  assert.deepEqual(output.biasesAfter, [0.6, 0.6]);
});

Deno.test("Mazur's errors after one step and in the 10,000th", () => {
  // His page prints 0.291027924, which does not belong to the weights that it prints.
  prints(mazurSteps(2).loss, "0.291027774");
  // His error after 10,000 steps is the loss of the 10,000th, before its update.
  prints(mazurSteps(10_000).loss, "0.0000351085");
});

const ARCHITECTURE: Architecture = {
  layers: [3, 4, 4, 2],
  activations: ["relu", "tanh", "identity"],
  loss: "crossEntropy",
};
const BATCH: Batch = {
  inputs: [[0.2, -0.7, 1], [1, 0, 0.3], [0, 0.5, -0.5]],
  targets: [[0, 1], [1, 0], [0, 1]],
};

function drawnNetwork() {
  const network = createNetwork(plainKernel(64), ARCHITECTURE);
  initialize(network, "heNormal", randomStream(3, "initializer"));
  return network;
}

Deno.test("a trace has the bits of a training step", () => {
  const network = drawnNetwork();
  const trace = traceStep(modelOf(network), BATCH, { learningRate: 0.3 });
  const pass = passOf(network, BATCH);
  const gradients = createGradients(network);
  forward(network, pass);
  const sum = outputError(network, pass, 1 / 3);
  backward(network, pass, keepGradients(network, gradients).store);
  parseOptimizer("sgd").value(network, 0).step(gradients, { learningRate: 0.3, step: 1 });
  assert.equal(trace.loss, sum / 3);
  assert.deepEqual(modelAfter(trace), modelOf(network));
});

Deno.test("the traced numbers satisfy the equations of backpropagation", () => {
  const { layers, outputs, losses, loss, batch } = traceStep(modelOf(drawnNetwork()), BATCH, {
    learningRate: 0.3,
  });
  const near = (a: number, b: number) => assert.ok(Math.abs(a - b) < 1e-12, `${a} is not ${b}`);
  assert.deepEqual(layers[0].input, batch.inputs);
  layers.slice(1).forEach((layer, l) => assert.deepEqual(layer.input, layers[l].a));
  near(losses.reduce((sum, one) => sum + one) / 3, loss);
  outputs.forEach((row, r) => near(-Math.log(row[batch.targets[r].indexOf(1)]), losses[r]));
  layers[0].dZ.forEach((row, r) =>
    row.forEach((dz, j) => near(dz, layers[0].z[r][j] > 0 ? layers[0].dA[r][j] : 0))
  );
  layers[1].dZ.forEach((row, r) =>
    row.forEach((dz, j) => near(dz, layers[1].dA[r][j] * (1 - layers[1].a[r][j] ** 2)))
  );
  for (const { weights, weightsAfter, dW, db, dZ } of layers) {
    near(weightsAfter[0][1], weights[0][1] - 0.3 * dW[0][1]);
    near(db[1], dZ[0][1] + dZ[1][1] + dZ[2][1]);
  }
});

Deno.test("a trace is plain data, and the model is not changed", () => {
  const model = modelOf(networkOf(plainKernel(64), MAZUR_MODEL));
  const trace = traceStep(model, MAZUR_BATCH, MAZUR_STEP);
  assert.deepEqual(JSON.parse(JSON.stringify(trace)), trace);
  assert.deepEqual(model, MAZUR_MODEL);
});

Deno.test("a batch that does not fit is rejected with a reason", () => {
  const step = (batch: Batch) => () => traceStep(MAZUR_MODEL, batch, MAZUR_STEP);
  assert.throws(step({ inputs: [], targets: [] }), /at least one example; got 0 inputs/);
  assert.throws(step({ inputs: [[1]], targets: [[0, 1]] }), /input 0 .* has 1 numbers.* 2/);
  assert.throws(step({ inputs: [[1, 2]], targets: [[1, 2, 3]] }), /target 0 .* has 3 numbers/);
});

Deno.test("a trace with batch normalisation and dropout: training's bits, and the equations between", () => {
  const network = createNetwork(plainKernel(64), {
    ...ARCHITECTURE,
    normalizations: ["batch(0.3, 0.01)", "none", "none"],
  });
  initialize(network, "heNormal", randomStream(3, "initializer"));
  const dropout = [0.3, 0, 0.5], model = modelOf(network);
  const trace = traceStep(model, BATCH, { learningRate: 0.3, dropout, seed: 8 });
  assert.deepEqual(JSON.parse(JSON.stringify(trace)), trace);

  const pass = passOf(network, BATCH, dropout);
  const gradients = createGradients(network);
  drawMasks(pass, randomStream(8, "dropout"));
  forward(network, pass);
  assert.equal(outputError(network, pass, 1 / 3) / 3, trace.loss);
  updateRunningStatistics(network, pass);
  backward(network, pass, keepGradients(network, gradients).store);
  parseOptimizer("sgd").value(network, 0).step(gradients, { learningRate: 0.3, step: 1 });
  assert.deepEqual(modelAfter(trace), modelOf(network));
  assert.notDeepEqual(modelAfter(trace).parameters[0].normalizer, model.parameters[0].normalizer);

  const near = (a: number, b: number) => assert.ok(Math.abs(a - b) < 1e-12, `${a} is not ${b}`);
  const [first, second, third] = trace.layers, { normalization: norm } = first;
  first.a.forEach((row, r) =>
    row.forEach((a, j) => {
      const normal = (first.z[r][j] - norm!.mean[j]) / Math.sqrt(norm!.variance[j] + 0.01);
      near(norm!.normal[r][j], normal);
      near(a, Math.max(norm!.scales[j] * normal + first.biases[j], 0));
    })
  );
  const slopes = first.a.map((row, r) => row.map((a, j) => a > 0 ? first.dA[r][j] : 0));
  first.db.forEach((db, j) => near(db, slopes.reduce((sum, row) => sum + row[j], 0)));
  norm!.dScales.forEach((dScale, j) =>
    near(dScale, slopes.reduce((sum, row, r) => sum + row[j] * norm!.normal[r][j], 0))
  );
  assert.deepEqual(second.input, first.a);
  const ratios = third.input.flatMap((row, r) => row.map((x, j) => x / second.a[r][j]));
  ratios.forEach((ratio) => assert.ok(ratio === 0 || Math.abs(ratio - 2) < 1e-12, `${ratio}`));
  assert.equal(new Set(ratios.map(Math.round)).size, 2);
});

Deno.test("a trace has ∂L/∂a of a layer with batch normalisation and no activation", () => {
  const network = createNetwork(plainKernel(64), {
    ...ARCHITECTURE,
    activations: ["identity", "tanh", "identity"],
    normalizations: ["batch", "none", "none"],
  });
  initialize(network, "heNormal", randomStream(3, "initializer"));
  const { layers: [first, second] } = traceStep(modelOf(network), BATCH, { learningRate: 0 });
  first.dA.forEach((row, r) =>
    row.forEach((dA, j) => {
      const sum = second.dZ[r].reduce((sum, dZ, k) => sum + dZ * second.weights[j][k], 0);
      assert.ok(Math.abs(dA - sum) < 1e-15, `${dA}, ${sum}`);
    })
  );
});

Deno.test("the outputs of a trace are the sigmoids with binary cross-entropy", () => {
  const architecture = { ...ARCHITECTURE, loss: "binaryCrossEntropy" } as const;
  const { layers, outputs, losses, batch } = traceStep(
    { ...modelOf(drawnNetwork()), architecture },
    BATCH,
    { learningRate: 0 },
  );
  outputs.forEach((row, r) => {
    row.forEach((p, j) => assert.ok(Math.abs(p - 1 / (1 + Math.exp(-layers[2].z[r][j]))) < 1e-15));
    const loss = row.reduce((sum, p, j) => sum - Math.log(batch.targets[r][j] ? p : 1 - p), 0);
    assert.ok(Math.abs(loss - losses[r]) < 1e-12);
  });
});

const digits = syntheticDigits({ train: 24, test: 4, seed: 2 });

for (const optimizer of Object.keys(OPTIMIZERS)) {
  Deno.test(`traced steps of ${optimizer} have the bits of a training with dropout and batch normalisation`, async () => {
    const network = createNetwork(plainKernel(64), {
      layers: [784, 6, 5, 10],
      activations: ["tanh", "relu", "identity"],
      loss: "crossEntropy",
      normalizations: ["batch", "none", "none"],
    });
    initialize(network, "heNormal", randomStream(3, "initializer"));
    const model = modelOf(network), order = fileOrder(24);
    const batches = [0, 8, 16].map((start) =>
      batchOf(digits.train, order.subarray(start, start + 8))
    );
    const dropout = [0.1, 0.4, 0.3];
    const traces = traceSteps(model, batches, { learningRate: 0.02, optimizer, dropout, seed: 9 });
    await train(network, digits, {
      ...{ batchSize: 8, optimizer, learningRate: 0.02, schedule: "constant", epochs: 1, l2: 0 },
      ...{ shuffle: false, augment: "none", dropout, seed: 9 },
    });
    assert.deepEqual(modelAfter(traces[2]), modelOf(network));
    assert.notEqual(
      JSON.stringify(traces[0].layers[2].mask),
      JSON.stringify(traces[1].layers[2].mask),
    );

    const alone = traceStep(model, batches[0], { learningRate: 0.02, optimizer, dropout, seed: 9 });
    assert.deepEqual(alone, traces[0]);
    assert.deepEqual(traces.map(({ step }) => step), [1, 2, 3]);
    for (const [l, { kept }] of traces[2].layers.entries()) {
      assert.deepEqual(Object.keys(kept), OPTIMIZERS[optimizer].keeps);
      assert.deepEqual(kept, traces[1].layers[l].keptAfter, "what one step leaves the next finds");
    }
  });
}

/** Recorded by `lib/network/testing_pytorch.py`, in 64 bits. */
const { batchNormalization: recorded } = JSON.parse(
  await Deno.readTextFile(new URL("../network/testing_pytorch.json", import.meta.url)),
);

Deno.test("the traced numbers of batch normalisation are PyTorch's", () => {
  const { momentum, epsilon, scales, biases, batches: [{ z, error, ...expected }] } = recorded;
  const count = z.length;
  // The weights are the unit matrix, so z is the input; the targets are chosen so that ∂L/∂y is the error.
  const model: Model = {
    architecture: {
      layers: [3, 3],
      activations: ["identity"],
      loss: "meanSquareError",
      normalizations: [`batch(${momentum}, ${epsilon})`],
    },
    parameters: [{
      weights: Float64Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1),
      biases: Float64Array.from(biases),
      normalizer: {
        scales: Float64Array.from(scales),
        mean: new Float64Array(3),
        variance: new Float64Array(3).fill(1),
      },
    }],
  };
  const targets = expected.y.map((row: number[], r: number) =>
    row.map((y, c) => y - count * error[r][c])
  );
  const { layers: [{ normalization: norm, dZ, db }] } = traceStep(
    model,
    { inputs: z, targets },
    { learningRate: 0.1 },
  );
  const near = (found: unknown[], numbers: unknown[]) =>
    (found.flat() as number[]).forEach((x, i) =>
      assert.ok(Math.abs(x - (numbers.flat() as number[])[i]) < 1e-12, `${x}`)
    );
  near(norm!.y as unknown[], expected.y);
  near(norm!.dY as unknown[], error);
  near(dZ as unknown[], expected.zGradient);
  near(norm!.dScales as unknown[], expected.scaleGradient);
  near(db as unknown[], expected.biasGradient);
  near(norm!.runningMean as unknown[], expected.runningMean);
  near(norm!.runningVariance as unknown[], expected.runningVariance);
});

/** One weight with the loss ½ (w − 1)² and so the gradient w − 1; the bias stays 0. */
const ONE_WEIGHT: Model = {
  architecture: { layers: [1, 1], activations: ["identity"], loss: "meanSquareError" },
  parameters: [{ weights: Float64Array.of(3), biases: Float64Array.of(0) }],
};

/** Worked on paper, two steps each with η = 0.5: the gradients, what is kept, the weight. */
const BY_HAND: Record<string, { g: number[]; kept: Record<string, number[]>; w: number[] }> = {
  sgd: { g: [2, 1], kept: {}, w: [2, 1.5] },
  // v = 2, then 0.5 · 2 + 1 = 2
  "momentum(0.5)": { g: [2, 1], kept: { v: [2, 2] }, w: [2, 1] },
  // w = 3 − 0.5 · (2 + 0.5 · 2) = 1.5; v = 0.5 · 2 + 0.5 = 1.5; w = 1.5 − 0.5 · (0.5 + 0.5 · 1.5)
  "nesterov(0.5)": { g: [2, 0.5], kept: { v: [2, 1.5] }, w: [1.5, 0.875] },
  // √s = 2: w = 3 − 0.5 · 2 / 2; then g = 1.5, s = 6.25: 2.5 − 0.5 · 1.5 / 2.5
  adaGrad: { g: [2, 1.5], kept: { s: [4, 6.25] }, w: [2.5, 2.2] },
  // s = 0.75 · 4 = 3: w = 3 − 0.5 · 2 / √3 = 2.4226497…; g = 1.4226497…; s = 0.25 · 3 + 0.75 · g²
  "rmsProp(0.25)": {
    g: [2, 1.4226497308],
    kept: { s: [3, 2.2679491924] },
    w: [2.4226497308, 1.9503134237],
  },
  // m = 1, v = 1; m/(1 − ½) = 2, v/(1 − ¼)… with β₂ = 0.75: v = 1, v/0.25 = 4: w = 3 − 0.5 · 2 / 2
  // then g = 1.5; m = 1.25, / 0.75; v = 0.75 + 0.25 · 2.25 = 1.3125, / 0.4375 = 3
  "adam(0.5, 0.75)": {
    g: [2, 1.5],
    kept: { m: [1, 1.25], v: [1, 1.3125] },
    w: [2.5, 2.5 - 0.5 * (5 / 3) / Math.sqrt(3)],
  },
  // sign(0.5 · 2) = 1; m = 0.25 · 2; then g = 1.5
  "lion(0.5, 0.75)": { g: [2, 1.5], kept: { m: [0.5, 0.75] }, w: [2.5, 2] },
};

for (const [optimizer, { g, kept, w }] of Object.entries(BY_HAND)) {
  Deno.test(`two steps of ${optimizer} are those worked by hand`, () => {
    const batch = { inputs: [[1]], targets: [[1]] };
    const traces = traceSteps(ONE_WEIGHT, [batch, batch], {
      learningRate: 0.5,
      optimizer,
      updateBiases: false,
    });
    const near = (a: number, b: number) => assert.ok(Math.abs(a - b) < 1e-7, `${a} is not ${b}`);
    traces.forEach(({ layers: [layer], optimizer: text }, i) => {
      assert.equal(text, optimizer);
      near(layer.dW[0][0], g[i]);
      near(layer.weightsAfter[0][0], w[i]);
      assert.deepEqual(Object.keys(layer.keptAfter), Object.keys(kept));
      for (const [letter, numbers] of Object.entries(kept)) {
        near(layer.keptAfter[letter].weights[0][0], numbers[i]);
        near(layer.kept[letter].weights[0][0], i === 0 ? 0 : numbers[0]);
      }
      assert.deepEqual(layer.biasesAfter, [0]);
    });
  });
}

Deno.test("an unknown optimizer and dropout without hidden layers are refused", () => {
  const step = (options: object) => () =>
    traceStep(ONE_WEIGHT, { inputs: [[1]], targets: [[1]] }, { learningRate: 1, ...options });
  assert.throws(step({ optimizer: "adamant" }), /optimizer/);
  assert.throws(step({ dropout: 0.5 }), /without hidden layers/);
});
