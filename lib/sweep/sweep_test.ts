import assert from "node:assert/strict";
import { inFolder } from "../base/testing_folder.ts";
import { patchDataset, patchSamples } from "../dataset/testing_samples.ts";
import { UserError } from "../base/user_error.ts";
import { runTrial } from "../training/trial.ts";
import { type Engine, inThisThread, onWorkers } from "./engine.ts";
import { writeResultFiles } from "./result_files.ts";
import { grid, type Space } from "./space.ts";
import { runSweep } from "./sweep.ts";
import { formatTable, readTable, rowOf } from "./table.ts";
import { trialKey } from "./trial_key.ts";

const data = patchDataset(300, 100, 4);
const space = {
  layers: [16, 8, 10],
  learningRate: [0.01, 0.1, 1, 1e30],
  epochs: 2,
  batchSize: 10,
  seed: [1, 2],
} as const;

const table = async (...args: Parameters<typeof runSweep>) =>
  formatTable((await runSweep(...args)).map(rowOf));

/** An engine that counts what it runs and stops, as if killed, after `limit` trials. */
function counting(limit = Infinity): { engine: Engine; ran: () => number } {
  let ran = 0;
  const engine: Engine = (trials, dataset, hooks) =>
    inThisThread(trials, dataset, {
      ...hooks,
      onResult(trial, result) {
        if (ran === limit) throw new Error("killed");
        hooks.onResult(trial, result);
        ran++;
      },
    });
  return { engine, ran: () => ran };
}

Deno.test("the table has the same bytes whatever the engine and number of workers", async () => {
  const expected = await table(space, data, { engine: inThisThread });
  assert.equal(expected.split("\n").length, 10);
  for (const workers of [1, 2, 3]) {
    assert.equal(await table(space, data, { engine: onWorkers(workers) }), expected);
  }
});

Deno.test("a rate that is far too large is a row marked diverged", async () => {
  const results = await runSweep(space, data, { engine: inThisThread });
  const last = results.at(-1)!;
  assert.equal(last.status, "diverged");
  assert.match(last.reason!, /no longer finite after step \d+, in epoch 1/);
  assert.equal(last.testAccuracy, null);
  assert.equal(results[2].status, "completed");
});

Deno.test("an interrupted sweep resumes and gives the same table", async () => {
  await inFolder(async (folder) => {
    const journal = `${folder}/journal.jsonl`;
    const expected = await table(space, data, { engine: inThisThread });
    await assert.rejects(runSweep(space, data, { journal, engine: counting(3).engine }), /killed/);
    const rest = counting();
    assert.equal(await table(space, data, { journal, engine: rest.engine }), expected);
    assert.equal(rest.ran(), 5);
    const nothing = counting();
    assert.equal(await table(space, data, { journal, engine: nothing.engine }), expected);
    assert.equal(nothing.ran(), 0);
  });
});

Deno.test("a changed space runs only new trials; other data run all again", async () => {
  await inFolder(async (folder) => {
    const journal = `${folder}/journal.jsonl`;
    await runSweep(space, data, { journal, engine: inThisThread });
    const more = counting();
    await runSweep({ ...space, learningRate: [0.1, 0.5] }, data, { journal, engine: more.engine });
    assert.equal(more.ran(), 2);
    const other = counting();
    const fewer = { ...data, test: patchSamples(50, 4, 3) };
    await runSweep(space, fewer, { journal, engine: other.engine });
    assert.equal(other.ran(), 8);
  });
});

Deno.test("a torn last line is dropped; a damaged line is named, kept and its trial run again", async () => {
  await inFolder(async (folder) => {
    const journal = `${folder}/journal.jsonl`;
    const expected = await table(space, data, { journal, engine: inThisThread });
    const text = await Deno.readTextFile(journal);
    await Deno.writeTextFile(journal, text.slice(0, -40));
    const again = counting();
    assert.equal(await table(space, data, { journal, engine: again.engine }), expected);
    assert.equal(again.ran(), 1);
    assert.equal(await Deno.readTextFile(journal), text);

    for (
      const broken of [
        text.replace("\n", " torn\n"),
        text.replace(/"result":.*/, '"result":{"status":"completed"}}'),
        text.replace(/"testAccuracy":0\.(\d)/, (_, digit) => `"testAccuracy":0.${digit ^ 1}`),
      ]
    ) {
      await Deno.writeTextFile(journal, broken);
      const notices: string[] = [], one = counting();
      const options = { journal, engine: one.engine, onNotice: (n: string) => notices.push(n) };
      assert.equal(await table(space, data, options), expected);
      assert.equal(one.ran(), 1);
      assert.match(notices[0], /journal.jsonl, line 1: damaged/);
      assert.ok((await Deno.readTextFile(`${journal}.damaged`)).includes(broken.split("\n")[0]));
      await Deno.remove(`${journal}.damaged`);
    }
  });
});

Deno.test("two processes cannot hold one journal", async () => {
  await inFolder(async (folder) => {
    const journal = `${folder}/journal.jsonl`;
    const script = `
      import { openJournal } from ${JSON.stringify(import.meta.resolve("../base/journal.ts"))};
      openJournal(Deno.args[0], (value) => true);
      console.log("open");
      await new Promise((resolve) => setTimeout(resolve, 60_000));`;
    const command = new Deno.Command(Deno.execPath(), {
      args: ["eval", script, journal],
      stdout: "piped",
    });
    const holder = command.spawn();
    const reader = holder.stdout.getReader();
    await reader.read();
    await assert.rejects(
      runSweep(space, data, { journal }),
      /already in use by another process/,
    );
    holder.kill("SIGKILL");
    await holder.status;
    await reader.cancel();
    await runSweep({ ...space, learningRate: 0.1, seed: 1 }, data, { journal });
  });
});

/** A worker that crashes in a given way at some learning rate, and works otherwise. */
async function dyingWorker(folder: string, how: string, times: number): Promise<URL> {
  const path = `${folder}/dying.js`;
  await Deno.writeTextFile(
    path,
    `import { parentPort } from "node:worker_threads";
    import process from "node:process";
    import ${JSON.stringify(import.meta.resolve("./worker.ts"))};
    parentPort.on("message", (message) => {
      const { learningRate, seed } = message.task?.hyperparameters ?? {};
      if (learningRate !== 1 || seed !== 2) return;
      const file = ${JSON.stringify(`${folder}/deaths`)};
      let deaths = 0;
      try { deaths = Deno.readTextFileSync(file).length; } catch { /* none yet */ }
      if (deaths >= ${times}) return;
      Deno.writeTextFileSync(file, "x".repeat(deaths + 1));
      ${how}
    });`,
  );
  return new URL(`file://${path}`);
}

for (const [name, how] of [["ends", "process.exit(3);"], ["throws", "throw new Error('boom');"]]) {
  Deno.test(`a worker that ${name} is replaced and its trial retried`, async () => {
    await inFolder(async (folder) => {
      const expected = await table(space, data, { engine: inThisThread });
      const script = await dyingWorker(folder, how, 1);
      assert.equal(await table(space, data, { engine: onWorkers(2, script) }), expected);
    });
  });

  Deno.test(`a trial whose worker ${name} twice fails with the reason, the others go on`, async () => {
    await inFolder(async (folder) => {
      const journal = `${folder}/journal.jsonl`;
      const expected = await runSweep(space, data, { engine: inThisThread });
      const script = await dyingWorker(folder, how, 2);
      const results = await runSweep(space, data, { journal, engine: onWorkers(2, script) });
      assert.equal(results[5].status, "failed");
      assert.match(results[5].reason!, name === "ends" ? /exit status 3/ : /boom/);
      assert.deepEqual(results.toSpliced(5, 1), expected.toSpliced(5, 1));
      // Failed trials are not in the journal: they run again.
      assert.deepEqual(await runSweep(space, data, { journal }), expected);
    });
  });
}

Deno.test("an abort ends the sweep and keeps what is finished", async () => {
  await inFolder(async (folder) => {
    const journal = `${folder}/journal.jsonl`;
    const stop = new AbortController();
    await assert.rejects(
      runSweep(space, data, {
        journal,
        engine: onWorkers(1),
        signal: stop.signal,
        onProgress: ({ finished }) => finished === 3 && stop.abort(new Error("enough")),
      }),
      /enough/,
    );
    const rest = counting();
    await runSweep(space, data, { journal, engine: rest.engine });
    assert.equal(rest.ran(), 5);
  });
});

Deno.test("invalid hyperparameters are reported before any work", async () => {
  const cases: [Parameters<typeof runSweep>[0], RegExp][] = [
    [{ ...space, batchSize: 0 }, /^batchSize must be a whole number from 1 .*, got 0$/],
    [
      { ...space, batchSize: [10, 301] },
      /^batchSize must be a whole number from 1 to 300, got 301$/,
    ],
    [
      { ...space, layers: [784, 10] },
      /^layers must begin with 16, .* of patches \(4×4\), or auto, got 784,10$/,
    ],
    [
      { ...space, layers: [16, 0, 10] },
      /^layers must be two or more whole numbers .* got \[16,0,10\]$/,
    ],
    [{ ...space, learningRate: [] }, /^learningRate must have at least one value/],
    [{ ...space, learningRate: "abc" as unknown as number }, /^learningRate must be .* got "abc"$/],
    [
      { ...space, momentun: 1 } as typeof space,
      /^momentun is not a hyperparameter; there are layers,/,
    ],
  ];
  for (const [wrong, message] of cases) {
    await assert.rejects(
      runSweep(wrong, data, { engine: () => Promise.reject(new Error("the work has begun")) }),
      (error) => error instanceof UserError && error.status === 2 && message.test(error.message),
    );
  }
});

Deno.test("a table read back is the table that was written", async () => {
  await inFolder(async (folder) => {
    const rows = (await runSweep(space, data, { engine: inThisThread })).map(rowOf);
    await Deno.writeTextFile(`${folder}/table.csv`, formatTable(rows));
    assert.deepEqual(await readTable(`${folder}/table.csv`), rows);
  });
});

Deno.test("progress counts up to the whole work", async () => {
  let last = { images: 0, totalImages: 0, finished: 0, trials: 0 };
  await runSweep(space, data, {
    engine: onWorkers(2),
    onProgress(progress) {
      assert.ok(progress.images >= last.images && progress.finished >= last.finished);
      last = progress;
    },
  });
  assert.equal(last.totalImages, 8 * 2 * 300);
  assert.equal(last.images, last.totalImages);
  assert.equal(last.finished, 8);
});

Deno.test("auto in the first and last layer is the data's size, and the same trial as with numbers", async () => {
  const data = patchDataset(70, 10, 4);
  const space = {
    layers: [["auto", 5, "auto"], [16, 5, 10], ["auto", "auto"]],
    epochs: 1,
  } as const;
  const results = await runSweep(space, data, { workers: 1 });
  assert.deepEqual(results.map(({ hyperparameters }) => hyperparameters.layers), [[16, 5, 10], [
    16,
    10,
  ]]);
  assert.equal(rowOf(results[0]).layers, "16-5-10");
  const { weightsDigest, hyperparameters } = await runTrial(
    { layers: [16, 5, 10], epochs: 1 },
    data,
  );
  assert.equal(results[0].weightsDigest, weightsDigest);
  assert.equal(trialKey(results[0].hyperparameters, data), trialKey(hyperparameters, data));
  assert.throws(() => grid({ layers: [16, "auto", 10] }), /^UserError: layers must be two or more/);
});

Deno.test("columns appear where a sweep needs them, and not before", async () => {
  const data = patchDataset(100, 20, 4);
  const space = { layers: [16, 4, 10], epochs: 1, seed: [1, 2] };
  const tableOf = async (more: Space) =>
    formatTable((await runSweep({ ...space, ...more }, data, { engine: inThisThread })).map(rowOf));
  const [plain] = (await tableOf({})).split("\n");
  const [held, ...lines] = (await tableOf({ validation: ["last(10)", 20] })).trim().split("\n");
  const columns = held.split(",");
  const added = ["validation", "validationLoss", "validationAccuracy"];
  assert.deepEqual(columns.filter((name) => !added.includes(name)), plain.split(","));
  assert.deepEqual(columns.filter((name) => added.includes(name)), added);
  for (const line of lines) {
    const cells = line.split(",");
    const cell = (name: string) => cells[columns.indexOf(name)];
    assert.deepEqual([cell("testLoss"), cell("testAccuracy")], ["", ""]);
    assert.ok(Number(cell("validationLoss")) > 0);
  }

  // Extended by a column, a table has lost no row.
  await inFolder(async (folder) => {
    const files = {
      name: "a",
      table: `${folder}/a.csv`,
      figure: `${folder}/a.svg`,
      journal: `${folder}/.journal/a.jsonl`,
    };
    await writeResultFiles(files, await tableOf({ validation: 20 }), "");
    const both = await tableOf({ validation: 20, patience: ["none", 1] });
    assert.equal(await writeResultFiles(files, both, ""), undefined);
    assert.deepEqual(
      (await readTable(files.table)).map(({ patience, validation }) => [patience, validation]),
      [["none", 20], ["none", 20], [1, 20], [1, 20]],
    );
    assert.match((await writeResultFiles(files, await tableOf({}), ""))!, /^4 of 4 rows/);
  });
});

Deno.test("results on validation and on test images are not mixed in a sweep", async () => {
  const sweep = runSweep({ validation: ["none", 0.1] }, patchDataset(100, 20, 28));
  await assert.rejects(sweep, /validation must be none for all trials of a sweep or for none/);
});

Deno.test("results with the test set are kept apart in the journal, and equal to those without", async () => {
  await inFolder(async (folder) => {
    const data = patchDataset(100, 20, 4);
    const space = { layers: [16, 4, 10], epochs: 2, validation: 0.2, seed: [1, 2] };
    const options = { journal: `${folder}/a.jsonl` };
    for (const engine of [inThisThread, onWorkers(2)]) {
      const plain = await runSweep(space, data, { ...options, engine });
      const tested = await runSweep(space, data, { ...options, engine, readTest: true });
      assert.deepEqual(
        tested.map((result) => ({ ...result, testLoss: null, testAccuracy: null })),
        plain,
      );
      for (const { testAccuracy } of tested) assert.ok(testAccuracy! >= 0);
      assert.deepEqual(await runSweep(space, data, { ...options, engine }), plain);
      await Deno.remove(options.journal);
    }
  });
});

Deno.test({
  name: "a large trial without others beside it uses the cores of idle workers: the same result",
  // Where threads have names that can be read.
  ignore: Deno.build.os !== "linux",
  async fn() {
    const module = (path: string) => JSON.stringify(import.meta.resolve(path));
    // A process of its own, as other tests have threads in this one.
    const script = `
      import { onWorkers } from ${module("./engine.ts")};
      import { complete } from ${module("../training/hyperparameters.ts")};
      import { patchDataset } from ${module("../dataset/testing_samples.ts")};
      const data = patchDataset(400, 100, 28);
      const layers = [784, 800, 10];
      const trial = complete({ layers, batchSize: 128, epochs: 70, learningRate: 0.01 });
      const nameOf = (task) => {
        try {
          return Deno.readTextFileSync("/proc/self/task/" + task + "/comm");
        } catch {
          return "";
        }
      };
      const run = async (workers) => {
        let threads = 0, digest;
        await onWorkers(workers)([trial], data, {
          onResult: (_, { weightsDigest }) => digest = weightsDigest,
          onStep() {
            const tasks = [...Deno.readDirSync("/proc/self/task")].map(({ name }) => nameOf(name));
            threads = Math.max(threads, tasks.filter((name) => name.startsWith("worker-")).length);
          },
        });
        return { threads, digest };
      };
      const together = await run(3);
      await onWorkers(1)([trial], data, {
        onResult: (_, { weightsDigest }) => console.log(JSON.stringify({ together, weightsDigest })),
      });`;
    const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["eval", "--no-check", script],
    }).output();
    const decoder = new TextDecoder();
    assert.equal(decoder.decode(stderr), "");
    const { together, weightsDigest } = JSON.parse(decoder.decode(stdout));
    assert.deepEqual(together, { threads: 3, digest: weightsDigest });
  },
});
