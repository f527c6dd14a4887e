import assert from "node:assert/strict";
import { syntheticDigits } from "../dataset/synthetic.ts";
import { evaluate } from "./evaluate.ts";
import { iterationHistory } from "./iterations.ts";
import { runTrial } from "./trial.ts";

const digits = syntheticDigits({ train: 250, test: 50 });
const settings = { layers: [784, 16, 10], batchSize: 64, epochs: 3 };

Deno.test("iterations are the trial's: the last of each epoch has the epoch's test loss", async () => {
  const records = await iterationHistory(settings, digits, { every: 1 });
  const { history, steps } = await runTrial(settings, digits);
  assert.equal(records.length, steps);
  assert.deepEqual(records.slice(0, 5).map(({ images }) => images), [64, 128, 192, 250, 314]);
  const ends = records.filter(({ iteration }) => iteration % 4 === 0);
  assert.deepEqual(ends.map(({ testLoss }) => testLoss), history.map(({ testLoss }) => testLoss));
  assert.deepEqual(
    ends.map(({ testAccuracy }) => testAccuracy),
    history.map(({ testAccuracy }) => testAccuracy),
  );
});

Deno.test("the training loss after a full batch is the loss at the start of the next step", async () => {
  const full = { ...settings, batchSize: "full" } as const;
  const records = await iterationHistory(full, digits, { every: 1 });
  const { history } = await runTrial(full, digits);
  assert.deepEqual(records.map(({ images }) => images), [250, 500, 750]);
  // The trial's training loss is measured before each step.
  for (const [i, { trainLoss }] of history.slice(1).entries()) {
    assert.ok(Math.abs(trainLoss - records[i].trainLoss) < 1e-6);
  }
});

Deno.test("every n-th step is recorded, and the first and the last", async () => {
  const steps = async (options: { every: number; last?: number }) =>
    (await iterationHistory(settings, digits, options)).map(({ iteration }) => iteration);
  assert.deepEqual(await steps({ every: 5 }), [1, 5, 10, 12]);
  assert.deepEqual(await steps({ every: 4, last: 7 }), [1, 4, 7]);
});

Deno.test("a record has the losses and accuracies of both sets after its step; onStep sees all steps", async () => {
  const expected: number[][] = [], seen: number[] = [];
  const records = await iterationHistory(settings, digits, {
    every: 3,
    onStep({ step, steps }, network) {
      seen.push(step);
      if (step !== 1 && step % 3 !== 0 && step !== steps) return;
      const [train, test] = [digits.train, digits.test].map((set) => evaluate(network, set));
      expected.push([train.loss, train.accuracy, test.loss, test.accuracy]);
    },
  });
  assert.deepEqual(seen, Array.from({ length: 12 }, (_, i) => i + 1));
  assert.deepEqual(
    records.map((one) => [one.trainLoss, one.trainAccuracy, one.testLoss, one.testAccuracy]),
    expected,
  );
});

Deno.test("an abort is passed on", async () => {
  const reason = new Error("enough");
  await assert.rejects(
    iterationHistory(settings, digits, { every: 1, signal: AbortSignal.abort(reason) }),
    reason,
  );
});

Deno.test("a training that diverges ends the records", async () => {
  const records = await iterationHistory({ ...settings, learningRate: 1e30 }, digits, { every: 1 });
  assert.ok(records.length < 12);
});
