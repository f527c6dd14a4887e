import assert from "node:assert/strict";
import { UserError } from "./user_error.ts";
import { runOnWorkers } from "./worker_pool.ts";

interface Task {
  readonly value: number;
  /** Point in time at which the worker dies, `deaths` times. */
  readonly when?: "before" | "during" | "after" | "later";
  readonly deaths?: number;
}

const DEATHS = ["Deno.exit(3)", "process.exit(0)", "throw new Error('boom')"];

/** A worker that squares numbers and dies as its task says; it counts its deaths in a file. */
async function withWorker(
  die: string,
  run: (script: URL) => Promise<void>,
  first = "",
): Promise<void> {
  const folder = await Deno.makeTempDir();
  await Deno.writeTextFile(
    `${folder}/worker.js`,
    `import process from "node:process";
    import { parentPort } from "node:worker_threads";
    import { serveTasks } from ${JSON.stringify(import.meta.resolve("./pool_worker.ts"))};
    const deaths = (value, add) => {
      const file = ${JSON.stringify(folder)} + "/deaths-" + value;
      let count = 0;
      try { count = Deno.readTextFileSync(file).length; } catch { /* none yet */ }
      if (add) Deno.writeTextFileSync(file, "x".repeat(count + 1));
      return count;
    };
    const die = (value, now) => { deaths(value, true); if (now) { ${die} } };
    const outside = (run) => setTimeout(run, 0);
    ${first}
    serveTasks((offset) => async ({ value, when, deaths: times = 0 }, tell) => {
      const dies = when && deaths(value) < times;
      tell({ begun: value });
      if (dies && when === "before") {
        outside(() => die(value, true));
        await new Promise(() => {});
      }
      await new Promise((resolve) => setTimeout(resolve, 1));
      if (dies && when === "during") {
        queueMicrotask(() => die(value, true));
        await new Promise(() => {});
      }
      if (dies && when === "after") queueMicrotask(() => queueMicrotask(() => queueMicrotask(() => {
        parentPort.postMessage({ type: "result", result: offset + value * value });
        die(value, true);
      })));
      if (dies && when === "after") await new Promise(() => {});
      if (dies && when === "later") setTimeout(() => die(value, true), 0);
      return offset + value * value;
    });`,
  );
  try {
    await run(new URL(`file://${folder}/worker.js`));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Runs tasks; returns the results by task and the reasons of failures. */
async function squares(script: URL, tasks: readonly Task[], workers: number) {
  const results = new Map<number, number>(), failures = new Map<number, string>();
  await runOnWorkers<number, Task, number, { begun: number }>(tasks, {
    script,
    start: 1000,
    workers,
    onResult: (t, result) => {
      assert.ok(!results.has(t), `task ${t} ended twice`);
      results.set(t, result);
    },
    onFailure: (t, reason) => failures.set(t, reason),
    onNews: (t, { begun }) => assert.equal(begun, tasks[t].value),
  });
  return { results, failures };
}

for (const die of DEATHS) {
  Deno.test(`workers that die by ${die}, at any time: every task has its result`, async () => {
    await withWorker(die, async (script) => {
      const whens = ["before", "during", "after"] as const;
      const tasks: Task[] = Array.from({ length: 16 }, (_, value) => ({
        value,
        // A later death may count against the next task, which is then retried.
        when: value % 2 === 0 ? undefined : value > 10 ? "later" : whens[(value - 1) / 2 % 3],
        deaths: 1,
      }));
      for (const workers of [1, 3]) {
        await removeDeaths(script);
        const { results, failures } = await squares(script, tasks, workers);
        assert.deepEqual([...failures], []);
        assert.equal(results.size, tasks.length);
        for (const [t, result] of results) assert.equal(result, 1000 + t * t);
      }
    });
  });
}

async function removeDeaths(script: URL): Promise<void> {
  const folder = new URL(".", script);
  for await (const { name } of Deno.readDir(folder)) {
    if (name.startsWith("deaths-")) await Deno.remove(new URL(name, folder));
  }
}

Deno.test("workers that die after every result still finish the work", async () => {
  await withWorker(DEATHS[0], async (script) => {
    const tasks = Array.from({ length: 12 }, (_, value): Task => ({
      value,
      when: "after",
      deaths: 1,
    }));
    const { results, failures } = await squares(script, tasks, 2);
    assert.deepEqual([results.size, failures.size], [12, 0]);
  });
});

Deno.test("a task whose worker dies twice fails with the reason, or ends the work", async () => {
  await withWorker(DEATHS[0], async (script) => {
    const tasks: Task[] = [{ value: 0 }, { value: 1, when: "during", deaths: 2 }, { value: 2 }];
    const { results, failures } = await squares(script, tasks, 1);
    assert.deepEqual([...results], [[0, 1000], [2, 1004]]);
    assert.deepEqual([...failures], [[1, "its worker ended with exit status 3"]]);

    await removeDeaths(script);
    const done: number[] = [];
    const options = { script, start: 0, workers: 1, onResult: (t: number) => void done.push(t) };
    await assert.rejects(
      runOnWorkers(tasks, options),
      (error) =>
        error instanceof UserError && /exit status 3, twice; .* run again/.test(error.message),
    );
    assert.deepEqual(done, [0]);
  });
});

Deno.test("a worker that cannot be started ends the work with the reason", async () => {
  const starts = [
    ["throw new Error('no memory');", /^a worker cannot be started \(its worker died: .*no memory/],
    [
      "await import('./missing' + '.js');",
      /^a worker cannot be started \(its worker died: .*missing\.js/,
    ],
    ["process.exit(4);", /^a worker cannot be started \(its worker ended with exit status 4\)/],
  ] as const;
  for (const [first, message] of starts) {
    await withWorker("", async (script) => {
      await assert.rejects(
        // One worker: Deno may leave a thread that spins when a worker is terminated while it exits.
        squares(script, [{ value: 1 }, { value: 2 }], 1),
        (error) => error instanceof UserError && message.test(error.message),
      );
    }, first);
  }
});

Deno.test("an error of the caller or an abort ends the work with that reason", async () => {
  await withWorker("", async (script) => {
    const tasks = Array.from({ length: 50 }, (_, value): Task => ({ value }));
    const fail = () => {
      throw new Error("disk full");
    };
    const common = { script, start: 0, workers: 2 };
    await assert.rejects(runOnWorkers(tasks, { ...common, onResult: fail }), /disk full/);
    await assert.rejects(
      runOnWorkers(tasks, { ...common, onResult: () => {}, onNews: fail }),
      /disk full/,
    );
    const stop = new AbortController();
    const onResult = (t: number) => t === 3 && stop.abort(new Error("enough"));
    await assert.rejects(
      runOnWorkers(tasks, { ...common, onResult, signal: stop.signal }),
      /enough/,
    );
    await assert.rejects(
      runOnWorkers(tasks, { ...common, onResult, signal: stop.signal }),
      /enough/,
    );
  });
});

Deno.test("the last tasks learn how many workers there are for each", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const pool = JSON.stringify(import.meta.resolve("./pool_worker.ts"));
    await Deno.writeTextFile(
      `${folder}/worker.js`,
      `import { serveTasks } from ${pool}; serveTasks(() => (_task, _tell, share) => share);`,
    );
    const shares: number[] = [];
    await runOnWorkers<null, number, number>([0, 1, 2, 3, 4, 5], {
      script: new URL(`file://${folder}/worker.js`),
      start: null,
      workers: 4,
      onResult: (task, share) => void (shares[task] = share),
    });
    assert.deepEqual(shares, [1, 1, 1, 1, 2, 4]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("no tasks start no worker", async () => {
  const script = new URL("file:///missing.js");
  await runOnWorkers([], { script, start: 0, workers: 2, onResult: () => {} });
});
