import assert from "node:assert/strict";
import { patchDataset } from "../dataset/testing_samples.ts";
import { complete, fitTo, type Settings } from "../training/hyperparameters.ts";
import { runTrial } from "../training/trial.ts";
import { coursesOf } from "./courses.ts";
import { type Engine, inThisThread, onWorkers } from "./engine.ts";
import type { Space } from "./space.ts";
import { runSweep } from "./sweep.ts";

const data = patchDataset(120, 40, 4);
const settings = { layers: [16, 8, 10], batchSize: 20 } as const;

/** For each schedule, how many trainings 1, 2, 5 and 7 epochs take. */
const courses = (changes: Partial<Settings>) =>
  coursesOf(
    [1, 2, 5, 7].map((epochs) => fitTo(complete({ ...settings, ...changes, epochs }), data)),
    data,
  ).length;

Deno.test("a training is shared wherever its schedule does not look ahead", () => {
  for (
    const schedule of [
      "constant",
      "step(0.5, 3)",
      "exponential(0.9)",
      "warmup(3)",
      "cyclical(0.1, 4)",
    ]
  ) {
    assert.equal(courses({ schedule }), 1, schedule);
  }
  for (const schedule of ["cosine", "polynomial(1)", "oneCycle", "warmup(2) + cosine"]) {
    assert.equal(courses({ schedule }), 4, schedule);
  }
  assert.equal(courses({ schedule: "reduceOnPlateau(0.5, 1)", validation: 20 }), 1);
  assert.equal(courses({ patience: 2, validation: 20 }), 4);
});

Deno.test("full batches have one step an epoch, however many images there are", () => {
  // 1, 2 and 5 epochs end within the warm-up.
  assert.equal(courses({ batchSize: "full", schedule: "warmup(5) + cosine" }), 1);
  assert.equal(courses({ batchSize: 60, schedule: "warmup(5) + cosine" }), 2);
});

/** An engine that notes the epochs of the trainings that it runs. */
function noting(engine: Engine): { engine: Engine; epochs: number[] } {
  const epochs: number[] = [];
  return {
    epochs,
    engine(trials, ...more) {
      epochs.push(...trials.map((trial) => trial.epochs));
      return engine(trials, ...more);
    },
  };
}

for (const [name, engine] of [["this thread", inThisThread], ["workers", onWorkers(2)]] as const) {
  Deno.test(`epochs are read from one training in ${name}, with the bits of a training for each`, async () => {
    const space: Space = {
      ...settings,
      epochs: [1, 2, 5, 7],
      optimizer: "momentum(0.9)",
      augment: "translation(1)",
      learningRate: [0.1, 1e30],
      schedule: ["step(0.5, 3)", "cosine", "reduceOnPlateau(0.5, 1)"],
      validation: 20,
    };
    const { epochs, engine: noted } = noting(engine);
    const results = await runSweep(space, data, { engine: noted });
    assert.deepEqual(epochs.toSorted(), [1, 1, 2, 2, 5, 5, 7, 7, 7, 7, 7, 7]);
    assert.equal(results.length, 24);
    for (const result of results) {
      assert.deepEqual(result, await runTrial(result.hyperparameters, data));
    }
    assert(results.some(({ status }) => status === "diverged"));
  });
}

Deno.test("an interrupted training goes on, and reads what was not read yet", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const space = { ...settings, epochs: [1, 2, 5, 7] };
    const expected = await runSweep(space, data, { engine: inThisThread });
    for (const after of [0, 1, 2]) {
      const journal = `${folder}/${after}.jsonl`;
      let read = 0;
      const dying: Engine = (trials, dataset, hooks) =>
        inThisThread(trials, dataset, {
          ...hooks,
          onReading(...reading) {
            if (read++ === after) throw new Error("killed");
            hooks.onReading?.(...reading);
          },
        });
      await assert.rejects(runSweep(space, data, { journal, engine: dying }), /killed/);
      const { epochs, engine } = noting(inThisThread);
      assert.deepEqual(await runSweep(space, data, { journal, engine }), expected);
      assert.deepEqual(epochs, [7]);
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("a checkpoint of what is to be read, or a later one, is not used", async () => {
  const folder = await Deno.makeTempDir();
  try {
    for (const stopAfter of [2, 4, "all"] as const) {
      const journal = `${folder}/${stopAfter}.jsonl`;
      const seven = { ...settings, epochs: 7, stopAfter };
      // Leaves a checkpoint, as if killed before the result was stored.
      const leaving: Engine = async (trials, dataset, hooks) => {
        await inThisThread(trials, dataset, {
          ...hooks,
          keepCheckpoints: true,
          onResult: () => {},
        });
        throw new Error("killed");
      };
      await assert.rejects(runSweep(seven, data, { journal, engine: leaving }), /killed/);
      const results = await runSweep({ ...settings, epochs: [2, 7] }, data, {
        journal,
        engine: inThisThread,
      });
      assert.equal(results.length, 2);
      for (const result of results) {
        assert.deepEqual(result, await runTrial(result.hyperparameters, data));
      }
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
