import assert from "node:assert/strict";
import process from "node:process";
import { patchDataset } from "../dataset/testing_samples.ts";
import { complete, type Hyperparameters } from "../training/hyperparameters.ts";
import { aboutTime, estimateSeconds, trialUnits } from "./estimate.ts";

const data = patchDataset(300, 100, 4);
const trial = (some: Partial<Hyperparameters>) => complete({ layers: [16, 8, 10], ...some });
const some = (count: number, of: Partial<Hyperparameters> = {}) =>
  Array.from({ length: count }, (_, seed) => trial({ seed, ...of }));

Deno.test("the estimate is a finite number that grows with the work", async () => {
  assert.equal(await estimateSeconds([], data, 2), 0);
  const few = await estimateSeconds(some(10), data, 1);
  assert.ok(few > 0 && Number.isFinite(few));
  // Far more than the noise of two measurements.
  assert.ok(await estimateSeconds(some(1000), data, 1) > few * 5);
  assert.ok(await estimateSeconds(some(10, { epochs: 1000 }), data, 1) > few * 5);
});

/** Runs a test with clocks that advance at each look, by milliseconds that depend on how often they were seen. */
async function withClocks(
  passes: (look: number) => number,
  works: (look: number) => number,
  run: () => Promise<void>,
) {
  const { now } = performance, { cpuUsage } = process;
  let looks = 0, passed = 0, worked = 0;
  performance.now = () => passed += passes(++looks);
  process.cpuUsage = (begun) => ({
    user: (worked += 1000 * works(++looks)) - (begun?.user ?? 0),
    system: 0,
  });
  try {
    await run();
  } finally {
    performance.now = now;
    process.cpuUsage = cpuUsage;
  }
}

/** 1,000 steps. */
const THOUSAND = [trial({ epochs: 100, batchSize: 30 })];

Deno.test("a slow first step, or a pause of the machine, does not make the estimate", async () => {
  for (const pause of [2, 60, 1000]) {
    const advance = (look: number) => look % 10_000 === pause ? 300 : 0.1;
    await withClocks(advance, advance, async () => {
      const seconds = await estimateSeconds(THOUSAND, data, 1);
      assert.ok(seconds > 0.05 && seconds < 5, `${seconds} with a pause at ${pause}`);
    });
  }
});

Deno.test("on a machine that is busy with other work, the estimate is that of an idle one", async () => {
  // Of every 1,000 milliseconds that pass, a processor works 0.1 for the trial.
  await withClocks(() => 1000, () => 0.1, async () => {
    const seconds = await estimateSeconds(THOUSAND, data, 1);
    assert.ok(seconds > 0.05 && seconds < 5, `${seconds}`);
  });
});

Deno.test("an evaluation that takes longer than a slice has an estimate", async () => {
  // One step per trial: every second look is after its evaluation.
  await withClocks(() => 20, () => 20, async () => {
    const seconds = await estimateSeconds(some(3, { batchSize: "full" }), data, 1);
    assert.ok(seconds > 0 && seconds < 5, `${seconds}`);
  });
});

Deno.test("trials that diverge at once, and steps longer than the measurement, have an estimate", async () => {
  const cases = [{ learningRate: 1e300 }, {
    batchSize: "full",
    layers: [16, 800, 800, 10],
  }] as const;
  for (const hyperparameters of cases) {
    const seconds = await estimateSeconds(some(3, hyperparameters), data, 2);
    assert.ok(seconds > 0 && Number.isFinite(seconds), `${seconds}`);
  }
});

Deno.test("work counts a step three times and an evaluation once, of the images that are read", () => {
  const weights = 16 * 8 + 8 * 10;
  const units = (some: Partial<Hyperparameters>) => trialUnits(trial({ epochs: 2, ...some }), data);
  assert.equal(units({}), 2 * weights * (3 * 300 + 100));
  // Only the validation images are evaluated.
  assert.equal(units({ validation: 50 }), 2 * weights * (3 * 250 + 50));
  assert.equal(units({ stopAfter: 1 }), units({}) / 2);
});

Deno.test("a duration is given in a suitable unit", () => {
  const cases = [[0.2, "a second"], [59.2, "60 seconds"], [600, "10 minutes"], [1e6, "12 days"]];
  for (const [seconds, text] of cases) assert.equal(aboutTime(Number(seconds)), `about ${text}`);
});
