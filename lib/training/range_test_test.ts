import assert from "node:assert/strict";
import type { Samples } from "../dataset/dataset.ts";
import { patchDataset } from "../dataset/testing_samples.ts";
import { rangeTest, type RangeTestProgress, rangeTestTraining } from "./range_test.ts";
import { parseSchedule } from "./schedule.ts";
import { runTrial } from "./trial.ts";

const digits = patchDataset(800, 20, 8);
const SETTINGS = { layers: [64, 16, 10], batchSize: 4 } as const;

Deno.test("the rate grows by the same factor each step, and the test ends when the loss explodes", async () => {
  const { runs, hyperparameters } = await rangeTest(SETTINGS, digits, { to: 1000, seeds: [1, 2] });
  assert.match(hyperparameters.schedule, /^geometric\((1e-10|9\.9+\d*e-11), 200\)$/);
  assert.deepEqual(runs.map(({ seed, exploded }) => [seed, exploded]), [[1, true], [2, true]]);
  for (const { points, suggestions } of runs) {
    assert.equal(points[0].learningRate, 1e-7);
    const factor = points[1].learningRate / points[0].learningRate;
    points.slice(1).forEach(({ learningRate }, i) => {
      assert.ok(Math.abs(learningRate / points[i].learningRate / factor - 1) < 1e-9);
    });
    // Every second of 200 steps: 10 decades in 199 steps.
    assert.ok(Math.abs(factor - 10 ** (20 / 199)) < 1e-6);
    const last = points.at(-1)!;
    assert.ok(last.learningRate < 1000);
    assert.ok(suggestions!.valley > 1e-5 && suggestions!.valley < 10, `${suggestions!.valley}`);
  }
});

Deno.test("the losses are those of a training with these rates, and smoothed without bias", async () => {
  const options = { from: 0.01, to: 0.1, steps: 150, seeds: [3] };
  const { runs: [{ points }], hyperparameters } = await rangeTest(SETTINGS, digits, options);
  const losses: number[] = [];
  const { value: schedule } = parseSchedule("geometric(0.1, 150)");
  const rates: number[] = [];
  await runTrial(
    { ...SETTINGS, learningRate: 0.1, schedule: "geometric(0.1, 150)", epochs: 1, seed: 3 },
    digits,
    {
      onStep: ({ loss, step, steps }) => {
        losses.push(loss);
        rates.push(0.1 * schedule({ step, steps, stepsPerEpoch: 200, warmup: 0 }));
      },
    },
  );
  assert.equal(hyperparameters.epochs, 1);
  assert.equal(points.length, 150);
  points.forEach(({ step, loss, learningRate, smoothedLoss }, i) => {
    assert.equal(loss, losses[step - 1]);
    assert.ok(Math.abs(learningRate / rates[step - 1] - 1) < 1e-9, "the rate that was used");
    // The weights 0.98^age, normalised: fastai's AvgSmoothLoss.
    const weights = losses.slice(0, i + 1).map((_, j) => 0.98 ** (i - j));
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    const expected = weights.reduce((sum, weight, j) => sum + weight * losses[j], 0) / total;
    assert.ok(Math.abs(smoothedLoss - expected) < 1e-9);
  });
});

Deno.test("the same test gives the same bits; no test images are read", async () => {
  const unreadable = Object.defineProperties({ ...digits.test } as Samples, {
    pixels: { get: () => assert.fail("the test set was read") },
  });
  const again = await rangeTest(SETTINGS, { ...digits, test: unreadable });
  assert.deepEqual(again, await rangeTest(SETTINGS, digits));
  const { suggestions, runs } = again;
  const valleys = runs.map(({ suggestions }) => suggestions!.valley).sort((a, b) => a - b);
  assert.equal(suggestions!.valley, valleys[1], "the median of three seeds");
});

Deno.test("progress counts all runs, and an abort ends the test", async () => {
  const seen: RangeTestProgress[] = [];
  const options = {
    seeds: [1, 2],
    steps: 100,
    onProgress: (p: RangeTestProgress) => void seen.push(p),
  };
  await rangeTest(SETTINGS, digits, options);
  const steps = seen.map(({ steps }) => steps);
  assert.deepEqual(steps, steps.toSorted((a, b) => a - b));
  assert.deepEqual([steps.at(-1), seen[0].totalSteps], [200, 200]);
  assert.equal(seen.at(-1)!.test.runs.length, 2);
  const stop = AbortSignal.abort(new Error("enough"));
  await assert.rejects(rangeTest(SETTINGS, digits, { signal: stop }), /enough/);
});

Deno.test("a range test of more than an epoch, or of full batches, has all its steps", async () => {
  const { runs, hyperparameters } = await rangeTest(
    { ...SETTINGS, batchSize: "full" },
    digits,
    { to: 1e-4, seeds: [1] },
  );
  assert.equal(hyperparameters.epochs, 100);
  assert.equal(runs[0].points.at(-1)!.step, 100);
  assert.equal(runs[0].exploded, false);
});

Deno.test("the training of a test has as many epochs as its steps need", () => {
  // 800 images in batches of 4: 200 steps an epoch.
  for (const [steps, epochs, part] of [[150, 1, 0.75], [200, 1, 1], [500, 3, 5 / 6]]) {
    const training = rangeTestTraining(SETTINGS, digits, { steps });
    assert.deepEqual([training.hyperparameters.epochs, training.part], [epochs, part]);
  }
});

Deno.test("what the test sets itself, and impossible ranges, are refused", async () => {
  const cases: [object, object, RegExp][] = [
    [{ learningRate: 0.1 }, {}, /learningRate is set by the range test: leave it out/],
    [{ schedule: "cosine" }, {}, /schedule is set by the range test/],
    [{ stopAfter: 1 }, {}, /stopAfter is set by the range test/],
    [{}, { from: 1, to: 0.1 }, /needs two rates, 0 < from < to, got 1 and 0.1/],
    [{}, { from: 0 }, /0 < from < to/],
    [{}, { steps: 5 }, /steps must be a whole number from 20/],
    [{}, { seeds: [] }, /one seed or more, got none/],
    [{ layers: [63, 10] }, {}, /layers must begin with 64/],
  ];
  for (const [settings, options, message] of cases) {
    await assert.rejects(rangeTest({ ...SETTINGS, ...settings }, digits, options), message);
  }
});
