import assert from "node:assert/strict";
import { inFolder } from "../base/testing_folder.ts";
import { patchDataset } from "../dataset/testing_samples.ts";
import { complete } from "../training/hyperparameters.ts";
import { runTrial } from "../training/trial.ts";
import type { TrialResult } from "../training/trial_result.ts";
import { hyperbandBrackets } from "./brackets.ts";
import { choice, logUniform } from "./distribution.ts";
import { type Engine, inThisThread, onWorkers } from "./engine.ts";
import { formatEpochs } from "./epochs.ts";
import { halve, type RungReport } from "./halving.ts";
import { hyperband, quasiRandom, random } from "./search.ts";
import type { Space } from "./space.ts";
import { runSweep } from "./sweep.ts";
import type { SweepOptions, SweepPlan, SweepProgress } from "./sweep_options.ts";
import { formatTable, rowOf } from "./table.ts";

const data = patchDataset(200, 60, 4);
const space: Space = {
  layers: [16, 8, 10],
  learningRate: logUniform(0.001, 3),
  optimizer: choice("sgd", "momentum(0.9)"),
  schedule: "cosine",
  epochs: 9,
  batchSize: 20,
  validation: 50,
  seed: [1, 2],
};
const halved = { search: random(9), halving: 3, engine: inThisThread } as const;

/** The bytes of all result files. */
async function bytes(options: SweepOptions, of = space): Promise<string> {
  const results = await runSweep(of, data, options);
  return formatTable(results.map(rowOf)) + formatEpochs(results);
}

/** An engine that stops after so many trials. */
function dying(limit: number): Engine {
  let ran = 0;
  return (trials, dataset, hooks) =>
    inThisThread(trials, dataset, {
      ...hooks,
      onResult(trial, result) {
        if (ran++ === limit) throw new Error("killed");
        hooks.onResult(trial, result);
      },
    });
}

Deno.test("halving ends the worse settings of each rung, by the means over their seeds", async () => {
  const reports: RungReport[] = [];
  const results = await runSweep(space, data, { ...halved, onRung: (r) => reports.push(r) });
  assert.deepEqual(reports.map(({ settings, epochs, goingOn }) => [settings, epochs, goingOn]), [
    [9, 1, 3],
    [3, 3, 1],
    [1, 9, 0],
  ]);
  // The same choice, made from whole trainings that were not stopped.
  const whole = await runSweep(space, data, { search: halved.search, engine: inThisThread });
  let going = [...Array(9).keys()];
  const ended: number[] = [];
  for (const [epochs, next] of [[1, 3], [3, 1], [9, 0]]) {
    const score = (setting: number) =>
      [0, 1].reduce(
        (sum, seed) => sum + whole[2 * setting + seed].history[epochs - 1].validationLoss!,
        0,
      );
    const best = going.toSorted((a, b) => score(a) - score(b)).slice(0, next);
    going.filter((setting) => !best.includes(setting)).forEach((setting) =>
      ended[setting] = epochs
    );
    going = best;
  }
  assert.deepEqual(
    results.map(({ hyperparameters: { stopAfter } }) => stopAfter === "all" ? 9 : stopAfter),
    ended.flatMap((epochs) => [epochs, epochs]),
  );
});

Deno.test("a trial that went on from rung to rung has the bits of one without a break", async () => {
  await inFolder(async (folder) => {
    const results = await runSweep(space, data, { ...halved, journal: `${folder}/j.jsonl` });
    const lengths = new Set<number>();
    for (const result of results) {
      lengths.add(result.history.length);
      assert.deepEqual(result, await runTrial(result.hyperparameters, data));
    }
    assert.deepEqual([...lengths].toSorted(), [1, 3, 9]);
    const left = [...Deno.readDirSync(folder)].map(({ name }) => name);
    assert.deepEqual(left, ["j.jsonl"], "no checkpoint is left");
  });
});

Deno.test("trials go on from their checkpoints: no epoch is trained twice", async () => {
  await inFolder(async (folder) => {
    const epochs = new Map<number, number[]>();
    const plans: SweepPlan[] = [], all: SweepProgress[] = [];
    await runSweep(space, data, {
      ...halved,
      journal: `${folder}/j.jsonl`,
      onPlan: (plan) => plans.push(plan),
      onProgress: (progress) => all.push(progress),
      onEpoch: (trial, { epoch }) => epochs.set(trial, [...epochs.get(trial) ?? [], epoch]),
    });
    const trained = [...epochs.values()];
    assert.equal(trained.length, 18);
    for (const list of trained) assert.deepEqual(list, list.map((_, i) => i + 1));
    const total = trained.flat().length;
    assert.equal(total, 2 * (9 * 1 + 3 * 2 + 1 * 6));
    const last = all.at(-1)!;
    assert.deepEqual([last.images, last.totalImages], [total * 150, total * 150]);
    assert.deepEqual([last.finished, last.trials], [26, 26]);
    assert.deepEqual([plans[0].trials, plans[0].missing], [26, 26]);
    assert(all.every(({ images }, i) => i === 0 || images >= all[i - 1].images));
  });
});

Deno.test("a halving that goes on counts the images that are left, in as many trials as before", async () => {
  for (const metric of ["validationLoss", "validationAccuracy"] as const) {
    await inFolder(async (folder) => {
      const options = { ...halved, metric, journal: `${folder}/j.jsonl` };
      await assert.rejects(runSweep(space, data, { ...options, engine: dying(7) }), /killed/);
      const all: SweepProgress[] = [];
      await runSweep(space, data, { ...options, onProgress: (progress) => all.push(progress) });
      // 11 trials of one epoch, 6 of two and 2 of six.
      const total = (11 + 6 * 2 + 2 * 6) * 150;
      for (const { trials, totalImages } of all) {
        assert.deepEqual([trials, totalImages], [26, total]);
      }
      const { finished, reused, images } = all.at(-1)!;
      assert.deepEqual({ finished, reused, images }, { finished: 26, reused: 7, images: total });
      // Of twice the settings the new ones might all go on: two seeds of 9, 6 and 2.
      const onPlan = ({ trials, missing }: SweepPlan) => {
        throw new Error(`${missing} of ${trials}`);
      };
      const more = runSweep(space, data, { ...options, search: random(18), onPlan });
      await assert.rejects(more, /^Error: 34 of 52$/);
    });
  }
});

for (
  const [name, search, limits] of [
    ["halving", undefined, [0, 18, 25]],
    ["Hyperband", hyperband(3), [20]],
  ] as const
) {
  Deno.test(`${name}: the same bytes on any number of workers, and after an interruption anywhere`, async () => {
    const options = search ? { search } : { search: halved.search, halving: 3 };
    const expected = await bytes({ ...options, engine: inThisThread });
    for (const workers of [1, 3]) {
      assert.equal(await bytes({ ...options, engine: onWorkers(workers) }), expected);
    }
    for (const limit of limits) {
      await inFolder(async (folder) => {
        const journal = `${folder}/j.jsonl`;
        await assert.rejects(bytes({ ...options, journal, engine: dying(limit) }), /killed/);
        assert.equal(await bytes({ ...options, journal, engine: inThisThread }), expected);
      });
    }
  });
}

Deno.test("a process killed in the middle of a rung resumes with the same bytes", async () => {
  const script = `
    import { patchDataset } from "${new URL("../dataset/testing_samples.ts", import.meta.url)}";
    import { hyperband } from "${new URL("search.ts", import.meta.url)}";
    import { logUniform } from "${new URL("distribution.ts", import.meta.url)}";
    import { runSweep } from "${new URL("sweep.ts", import.meta.url)}";
    const [journal, killAfter] = Deno.args;
    let finished = 0;
    await runSweep({
      layers: [16, 8, 10], learningRate: logUniform(0.001, 3), epochs: 9, batchSize: 20,
      validation: 50,
    }, patchDataset(200, 60, 4), {
      search: hyperband(3), journal, workers: 2,
      onEpoch() { if (++finished > Number(killAfter)) Deno.kill(Deno.pid, "SIGKILL"); },
    });`;
  const plain = {
    ...{ layers: [16, 8, 10], learningRate: logUniform(0.001, 3), epochs: 9, batchSize: 20 },
    validation: 50,
  };
  const expected = await bytes({ search: hyperband(3), engine: inThisThread }, plain);
  await inFolder(async (folder) => {
    const [journal, file] = [`${folder}/j.jsonl`, `${folder}/script.ts`];
    await Deno.writeTextFile(file, script);
    for (const killAfter of [4, 12]) {
      const { signal } = await new Deno.Command(Deno.execPath(), {
        args: [
          "run",
          "-A",
          "--no-check",
          `--config=${new URL("../../deno.json", import.meta.url).pathname}`,
          file,
          journal,
          String(killAfter),
        ],
        stderr: "null",
      }).output();
      assert.equal(signal, "SIGKILL");
    }
    assert.equal(await bytes({ search: hyperband(3), journal, workers: 2 }, plain), expected);
    const left = [...Deno.readDirSync(folder)].map(({ name }) => name).toSorted();
    assert.deepEqual(left, ["j.jsonl", "script.ts"]);
  });
});

Deno.test("settings that diverge do not go on", async () => {
  const wild: Space = { ...space, learningRate: [1e30, 1e31, 0.1], optimizer: "sgd" };
  const reports: RungReport[] = [];
  let last: SweepProgress | undefined;
  const how: SweepOptions = {
    engine: inThisThread,
    halving: 2,
    onRung: (report) => reports.push(report),
    onProgress: (progress) => last = progress,
  };
  const results = await runSweep(wild, data, how);
  assert.deepEqual(reports.map(({ settings, goingOn }) => [settings, goingOn]), [[3, 1], [1, 0]]);
  assert.deepEqual(
    results.map(({ status }) => status),
    ["diverged", "diverged", "diverged", "diverged", "completed", "completed"],
  );
  assert.deepEqual(
    results.map(({ hyperparameters: { stopAfter } }) => stopAfter),
    [5, 5, 5, 5, "all", "all"],
  );
  // Where fewer go on than planned, what was planned is not left over: two seeds of 5, 1 and 1 settings.
  await runSweep({ ...wild, learningRate: [1e30, 1e31, 1e32, 1e33, 0.1] }, data, how);
  assert.deepEqual(reports.slice(2).map(({ settings }) => settings), [5, 1, 1]);
  assert.deepEqual([last!.finished, last!.trials], [14, 14]);
  assert.equal(last!.images, last!.totalImages);
});

/** How many settings begin and go on in each rung, where trial `t` ends with the loss `lossOf(t)`. */
async function rungsOf(
  brackets: ReturnType<typeof hyperbandBrackets>,
  trials: readonly { readonly l2: number; readonly seed: number }[],
  lossOf: (trial: number) => number | null = (trial) => trial,
): Promise<number[][]> {
  const reports: RungReport[] = [];
  const all = trials.map((settings) => complete({ layers: [16, 10], epochs: 9, ...settings }));
  await halve(
    all,
    { brackets, metric: "validationLoss" },
    (rung) =>
      Promise.resolve(
        rung.map(({ trial }) => ({ validationLoss: lossOf(trial) }) as TrialResult),
      ),
    { onRung: (report) => reports.push(report) },
  );
  return reports.map(({ settings, goingOn }) => [settings, goingOn]);
}

Deno.test("with more or fewer settings than planned, each is in one bracket, and the same shares go on", async () => {
  const settings = (count: number) => Array.from({ length: count }, (_, l2) => ({ l2, seed: 1 }));
  const [first, ...others] = hyperbandBrackets(9, 3);
  assert.deepEqual(await rungsOf([first], settings(9)), [[9, 3], [3, 1], [1, 0]]);
  assert.deepEqual(await rungsOf([first], settings(18)), [[18, 6], [6, 2], [2, 0]]);
  // 9, 5 and 3 of 17 points: of three settings two, none and one.
  const few = await rungsOf([first, ...others], settings(3));
  assert.deepEqual(few, [[2, 1], [1, 1], [1, 0], [1, 0]]);
});

Deno.test("a setting of which one seed diverges does not go on", async () => {
  const trials = [0, 1, 2].flatMap((l2) => [1, 2].map((seed) => ({ l2, seed })));
  const [bracket] = [[{ settings: 3, epochs: 1 }, { settings: 2, epochs: 9 }]];
  // The first setting has the lowest loss, with its first seed alone; the other two go on.
  const losses = [0.1, null, 0.5, 0.5, 0.6, 0.6];
  assert.deepEqual(await rungsOf([bracket], trials, (t) => losses[t]), [[3, 2], [2, 0]]);
  const one = [0.1, null, 0.5, null, 0.6, 0.6];
  assert.deepEqual(await rungsOf([bracket], trials, (t) => one[t]), [[3, 1], [1, 0]]);
});

Deno.test("halving is refused where it cannot choose honestly", async () => {
  const refused = (changes: Space, options: SweepOptions, message: RegExp) =>
    assert.rejects(runSweep({ ...space, ...changes }, data, { ...halved, ...options }), message);
  await refused(
    { validation: "none" },
    {},
    /halving 3 chooses on validation images, and there are none/,
  );
  await refused({}, { metric: "testLoss" }, /metric must be validationLoss or validationAccuracy/);
  await refused({ epochs: [1, 9] }, {}, /epochs one number/);
  await refused({ stopAfter: 2 }, {}, /no stopAfter/);
  await refused({}, { halving: 1 }, /halving must be a number from 2 to 100, got 1/);
  await refused({}, { search: hyperband(3) }, /has its own rungs; leave out halving 3/);
  await refused(
    { loss: ["crossEntropy", "meanSquareError"] },
    {},
    /cannot compare the validation loss of different loss functions/,
  );
  await refused(
    { epochs: [1, 9] },
    { search: hyperband(3), halving: undefined },
    /epochs must be one number/,
  );
});

Deno.test("quasi-random points and a plain grid are halved too", async () => {
  const drawn = await runSweep(space, data, { ...halved, search: quasiRandom(9) });
  const grid = await runSweep({ ...space, learningRate: [0.01, 0.1, 1], optimizer: "sgd" }, data, {
    engine: inThisThread,
    halving: 3,
  });
  const stops = (results: typeof drawn) =>
    results.map(({ hyperparameters: { stopAfter } }) => stopAfter);
  assert.equal(stops(drawn).filter((stop) => stop === "all").length, 2);
  assert.equal(stops(grid).filter((stop) => stop === 3).length, 4);
  assert.equal(stops(grid).filter((stop) => stop === "all").length, 2);
});
