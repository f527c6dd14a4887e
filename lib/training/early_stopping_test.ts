import assert from "node:assert/strict";
import { patchDataset } from "../dataset/testing_samples.ts";
import { plainKernel } from "../kernel/plain.ts";
import { createNetwork } from "../network/network.ts";
import type { Checkpoint } from "./checkpoint.ts";
import { earlyStopping } from "./early_stopping.ts";
import { runTrial } from "./trial.ts";

// Few images, a high rate and momentum: the validation loss goes up and down.
const digits = patchDataset(120, 20, 8);
const SETTINGS = {
  layers: [64, 30, 10],
  learningRate: 0.3,
  optimizer: "momentum(0.8)",
  batchSize: 10,
  validation: 0.3,
  epochs: 14,
  augment: "translation(1)",
};

Deno.test("training ends after so many epochs without a lower loss, with the best weights", async () => {
  const { history } = await runTrial(SETTINGS, digits);
  const losses = history.map(({ validationLoss }) => validationLoss!);
  const ends = new Set<number>();
  for (const patience of [1, 2, 3, 14]) {
    // The definition, epoch by epoch.
    let best = 0, end = 1;
    for (; end < losses.length && end - 1 - best < patience; end++) {
      if (losses[end] < losses[best]) best = end;
    }
    ends.add(end);
    const stopped = await runTrial({ ...SETTINGS, patience }, digits);
    assert.deepEqual(stopped.history, history.slice(0, end));
    assert.equal(stopped.bestEpoch, best + 1);
    assert.equal(stopped.steps, end * Math.ceil(84 / 10));
    const shorter = await runTrial({ ...SETTINGS, epochs: best + 1 }, digits);
    assert.equal(stopped.weightsDigest, shorter.weightsDigest);
    const measures = ["trainLoss", "validationLoss", "validationAccuracy"] as const;
    for (const measure of measures) assert.equal(stopped[measure], shorter[measure]);
  }
  assert.ok(ends.size >= 3, `the losses ${losses} do not put patience to the test`);
});

Deno.test("any lower loss is the best one, however little lower; of equals it is the first", () => {
  const network = createNetwork(plainKernel(64), {
    layers: [1, 1],
    activations: ["identity"],
    loss: "crossEntropy",
  });
  const { weights: { data } } = network.layers[0];
  const losses = [0.5, 0.5 - 1e-9, 0.5 - 1e-9];
  const history = losses.map((validationLoss, i) => ({
    epoch: i + 1,
    trainLoss: 1,
    validationLoss,
  }));
  const stopping = earlyStopping(network, 2);
  losses.forEach((_, i) => {
    data[0] = i + 1;
    stopping.keep(history.slice(0, i + 1));
  });
  assert.equal(stopping.restore(history), 2);
  assert.equal(data[0], 2);
});

Deno.test("resumed after any epoch, it ends with the same bits", async () => {
  for (const patience of [1, 3, 14]) {
    const settings = { ...SETTINGS, patience };
    const checkpoints: Checkpoint[] = [];
    const whole = await runTrial(settings, digits, {
      onCheckpoint: (take) => void checkpoints.push(take()),
    });
    assert.equal(checkpoints.length, whole.history.length);
    for (const resumeFrom of checkpoints) {
      assert.deepEqual(await runTrial(settings, digits, { resumeFrom }), whole);
    }
  }
});

Deno.test("without a validation set it is refused", async () => {
  await assert.rejects(
    runTrial({ layers: [64, 10], patience: 3 }, digits),
    /^UserError: patience 3 needs a validation set to stop on; add, for example, validation 0.1$/,
  );
});
