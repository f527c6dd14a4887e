import assert from "node:assert/strict";
import { patchDataset } from "../dataset/testing_samples.ts";
import { runTrial } from "../training/trial.ts";
import { isTrialResult } from "./is_trial_result.ts";

Deno.test("what a trial returns has the form of a result; anything else has not", async () => {
  const data = patchDataset(40, 20, 4);
  const good = await runTrial({ layers: [16, 10], epochs: 2 }, data);
  assert.ok(isTrialResult(good));
  assert.ok(isTrialResult(JSON.parse(JSON.stringify(good))));
  assert.ok(isTrialResult(await runTrial({ layers: [16, 10], learningRate: 1e300 }, data)));
  const [first, second] = good.history;
  const bad: unknown[] = [
    undefined,
    "result",
    [],
    { ...good, status: "done" },
    { ...good, steps: -1 },
    { ...good, steps: 1.5 },
    { ...good, history: [second, first] },
    { ...good, history: [{ ...first, testLoss: "0.1" }, second] },
    { ...good, history: {} },
    { ...good, weightsDigest: "short" },
    { ...good, trainLoss: NaN },
    { ...good, hyperparameters: null },
    { ...good, reason: 7 },
    { ...good, dataset: undefined },
  ];
  for (const value of bad) assert.ok(!isTrialResult(value), JSON.stringify(value));
});
