import assert from "node:assert/strict";
import { patchDataset } from "../dataset/testing_samples.ts";
import { complete, type Hyperparameters } from "../training/hyperparameters.ts";
import { aboutTime, estimateSeconds } from "./estimate.ts";

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

Deno.test("a slow first step, or a pause of the machine, does not make the estimate", async () => {
  const now = performance.now;
  for (const pause of [2, 60, 1000]) {
    let calls = 0, time = 0;
    performance.now = () => time += ++calls % 10_000 === pause ? 300 : 0.1;
    try {
      // 1,000 steps of about 0.1 ms.
      const seconds = await estimateSeconds([trial({ epochs: 100, batchSize: 30 })], data, 1);
      assert.ok(seconds > 0.05 && seconds < 5, `${seconds} with a pause at ${pause}`);
    } finally {
      performance.now = now;
    }
  }
});

Deno.test("trials that diverge at once, and steps longer than the measurement, have an estimate", async () => {
  for (
    const 
      of of[{ learningRate: 1e300 }, { batchSize: "full", layers: [16, 800, 800, 10] }] as const
  ) {
    const seconds = await estimateSeconds(some(3, of), data, 2);
    assert.ok(seconds > 0 && Number.isFinite(seconds), `${seconds}`);
  }
});

Deno.test("a duration is given in a suitable unit", () => {
  const cases = [[0.2, "a second"], [59.2, "60 seconds"], [600, "10 minutes"], [1e6, "12 days"]];
  for (const [seconds, text] of cases) assert.equal(aboutTime(Number(seconds)), `about ${text}`);
});
