import assert from "node:assert/strict";
import { runDeno } from "../base/testing_deno.ts";
import { patchDataset } from "../dataset/testing_samples.ts";
import type { Hyperparameters } from "./hyperparameters.ts";
import { OPTIMIZERS } from "./optimizer.ts";
import { threadsFor } from "./threads.ts";
import { runTrial } from "./trial.ts";

const small = patchDataset(400, 100, 28);

/** Trainings that use the threads: odd sizes, few columns, many layers. */
const TRAININGS: Record<string, Partial<Hyperparameters>> = {
  "bits of wide layers": { layers: [784, 300, 257, 10], batchSize: 128 },
  "bits of odd sizes": {
    layers: [784, 211, 83, 45, 10],
    batchSize: 77,
    activation: "tanh",
    optimizer: "momentum(0.9)",
    l2: 1e-4,
  },
  "bits of a batch in parts": {
    layers: [784, 130, 10],
    batchSize: "full",
    activation: "gelu",
    optimizer: "nesterov(0.9)",
  },
  "bits of dropout and batch normalisation": {
    layers: [784, 211, 83, 10],
    batchSize: 128,
    dropout: [0.2, 0.5, 0.5],
    normalization: "batch",
  },
  ...Object.fromEntries(
    Object.keys(OPTIMIZERS).map((optimizer) => [
      `bits of ${optimizer}`,
      { layers: [784, 300, 10], batchSize: 100, optimizer, learningRate: 0.001 },
    ]),
  ),
};

for (const [name, hyperparameters] of Object.entries(TRAININGS)) {
  Deno.test(`the ${name} do not depend on the threads`, async () => {
    const run = (threads: number) =>
      runTrial({ epochs: 2, ...hyperparameters }, small, { threads });
    const alone = await run(1);
    for (const threads of [2, 3]) assert.deepEqual(await run(threads), alone, `${threads} threads`);
  });
}

Deno.test({
  name: "the bits do not depend on the threads with emulated multiply-add",
  ignore: Deno.build.arch !== "x86_64",
  async fn() {
    const { code, stdout, stderr } = await runDeno([
      ...["test", "-A", "--no-check", "--v8-flags=--no-enable-fma3"],
      ...["--filter", "bits of odd sizes", "lib/training/threads_test.ts"],
    ]);
    assert.equal(code, 0, stdout + stderr);
    assert.match(stdout, /1 passed/);
  },
});

Deno.test("auto uses threads only for wide networks and long trainings", () => {
  const images = 60_000;
  const auto = (layers: number[], batchSize: number, count = images, cores = 4) =>
    threadsFor("auto", { layers, batchSize, images: count }, cores);
  assert.equal(auto([784, 800, 800, 10], 128), 4);
  assert.equal(auto([784, 512, 512, 10], 32), 4);
  assert.equal(auto([784, 800, 800, 10], 128, images, 1), 1);
  assert.equal(auto([784, 800, 800, 10], 128, images, 128), 8);
  assert.equal(auto([784, 128, 64, 10], 32), 1);
  assert.equal(auto([784, 2000, 10], 1), 1);
  assert.equal(auto([784, 800, 800, 10], 128, 1000), 1);
  assert.equal(threadsFor(3, { layers: [784, 10], batchSize: 1, images }, 1), 3);
});

Deno.test("an invalid number of threads is rejected", async () => {
  for (const threads of [0, 1.5, 65, NaN]) {
    await assert.rejects(runTrial({}, small, { threads }), {
      name: "UserError",
      message: `threads must be auto or a whole number from 1 to 64, got ${threads}`,
    });
  }
});
