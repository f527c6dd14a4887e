import assert from "node:assert/strict";
import { syntheticDigits } from "../dataset/synthetic.ts";
import type { Checkpoint } from "../training/checkpoint.ts";
import { complete } from "../training/hyperparameters.ts";
import { runTrial } from "../training/trial.ts";
import { formatCheckpoint, parseCheckpoint } from "./checkpoint_file.ts";
import { inThisThread, onWorkers } from "./engine.ts";
import { trialKey } from "./trial_key.ts";
import { runSweep } from "./sweep.ts";

const digits = syntheticDigits({ train: 200, test: 50 });
const settings = {
  layers: [784, 16, 10],
  epochs: 4,
  optimizer: "momentum(0.9)",
  schedule: "warmup(3) + cosine",
  augment: "rotation(10) + elastic(4, 34)",
};

/** Checkpoint of the trial after its second epoch. */
async function checkpointAfterTwo(): Promise<Checkpoint> {
  const all: Checkpoint[] = [];
  await runTrial(settings, digits, { onCheckpoint: (take) => void all.push(take()) });
  assert.deepEqual(all.map(({ history }) => history.length), [1, 2, 3, 4]);
  return all[1];
}

Deno.test("a training that is resumed ends with the same bits", async () => {
  const whole = await runTrial(settings, digits);
  const checkpoint = await checkpointAfterTwo();
  assert.deepEqual(await runTrial(settings, digits, { resumeFrom: checkpoint }), whole);
  const inFileOrder = { ...settings, shuffle: false };
  assert.notDeepEqual(await runTrial(inFileOrder, digits, { resumeFrom: checkpoint }), whole);
});

Deno.test("a checkpoint survives its file", async () => {
  const checkpoint = await checkpointAfterTwo();
  assert.deepEqual(parseCheckpoint(formatCheckpoint(checkpoint)), checkpoint);
  const early: Checkpoint[] = [];
  const stopping = { ...settings, validation: 0.2, patience: 2 };
  await runTrial(stopping, digits, { onCheckpoint: (take) => void early.push(take()) });
  assert.equal(early[0].best?.length, 4);
  assert.deepEqual(parseCheckpoint(formatCheckpoint(early[0])), early[0]);
  const whole = formatCheckpoint(checkpoint);
  for (const text of ["", "{}", "[]\n{}", whole.slice(0, 5000), whole.replace("A", "B")]) {
    assert.equal(parseCheckpoint(text), undefined);
  }
});

for (const [name, engine] of [["this thread", inThisThread], ["a worker", onWorkers(1)]] as const) {
  Deno.test(`a sweep in ${name} resumes the trial that was interrupted`, async () => {
    const folder = await Deno.makeTempDir();
    try {
      const journal = `${folder}/journal.jsonl`;
      const path = `${journal}.${trialKey(complete(settings), digits)}.checkpoint`;
      await Deno.writeTextFile(path, formatCheckpoint(await checkpointAfterTwo()));
      const epochs: number[] = [];
      const options = {
        journal,
        engine,
        onEpoch: (_: number, r: { epoch: number }) => epochs.push(r.epoch),
      };
      const [result] = await runSweep(settings, digits, options);
      assert.deepEqual(result, await runTrial(settings, digits));
      assert.deepEqual(epochs, [3, 4]);
      assert.deepEqual([...Deno.readDirSync(folder)].map(({ name }) => name), ["journal.jsonl"]);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
}
