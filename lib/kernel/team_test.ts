import assert from "node:assert/strict";
import { Worker } from "node:worker_threads";
import { type Board, createBoard, endTeam, failTeam, runJob } from "./team.ts";
import { createTrials } from "./team_trials.ts";

/** A thread that writes its number to elements of `out`, or runs `add` instead. */
function startThread(board: Board, out: Int32Array, thread: number, add = ""): Worker {
  const source = `
    import { workerData } from "node:worker_threads";
    import { setImmediate } from "node:timers/promises";
    import { serveJobs } from ${JSON.stringify(import.meta.resolve("./team.ts"))};
    const { board, out, thread } = workerData;
    const add = (at, x) => { ${add}; Atomics.add(out, at, x); Atomics.add(out, 100 + thread, 1); };
    let job = 0;
    while (job !== undefined) {
      job = serveJobs(board, thread, job, { add });
      await setImmediate();
    }`;
  const url = new URL(`data:text/javascript,${encodeURIComponent(source)}`);
  return new Worker(url, { workerData: { board, out, thread } });
}

/** 100 sums, then the number of calls run by each thread. */
const sums = () => new Int32Array(new SharedArrayBuffer(4 * 110));

/** The functions of the main thread. */
const functionsOf = (out: Int32Array) => ({
  add(at: number, x: number) {
    Atomics.add(out, at, x);
    Atomics.add(out, 100, 1);
  },
});

Deno.test("each call of each job runs once, on any thread", async () => {
  const board = createBoard(3, ["none", "add"]), out = sums(), run = functionsOf(out);
  const workers = [1, 2].map((thread) => startThread(board, out, thread));
  const othersHelp = () => out[101] > 0 && out[102] > 0;
  let jobs = 0;
  // Initially the main thread is alone.
  for (; jobs < 2000 || !othersHelp(); jobs++) {
    runJob(board, "add", [[jobs % 100, 1], [(jobs + 1) % 100, 2], [(jobs + 2) % 100, 3]], run);
    if (jobs % 500 === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  }
  assert.equal(out.subarray(0, 100).reduce((sum, x) => sum + x, 0), 6 * jobs);
  assert.equal(out.subarray(100).reduce((sum, x) => sum + x, 0), 3 * jobs);
  // A job is over when runJob returns.
  for (let i = 0; i < 100; i++) {
    const before = out[7];
    runJob(board, "add", [[7, 1], [], [7, 1]], run);
    assert.equal(out[7], before + 2);
  }
  endTeam(board);
  await Promise.all(workers.map((worker) => worker.terminate()));
});

Deno.test("a thread that fails or has died is an error, not a hang", async () => {
  const message = /^a training thread has died/;
  for (const [wrong, patience] of [["throw new Error('a fault')", 60], ["process.exit()", 2]]) {
    const board = createBoard(2, ["add"]), out = sums();
    const worker = startThread(board, out, 1, `${wrong}`);
    worker.on("error", () => failTeam(board));
    await assert.rejects(async () => {
      // The other thread takes the second call, as the main thread's first is long enough.
      const add = (at: number) => {
        const until = performance.now() + 5;
        while (performance.now() < until);
        Atomics.add(out, at, 1);
      };
      for (;;) {
        runJob(board, "add", [[0, 1], [1, 1]], { add }, Number(patience));
        await new Promise((resolve) => setTimeout(resolve));
      }
    }, { message });
    endTeam(board);
    await worker.terminate();
  }
  const board = createBoard(2, ["add"]);
  failTeam(board);
  assert.throws(() => runJob(board, "add", [[0, 1], []], functionsOf(sums())), { message });
});

Deno.test("the faster mode is chosen, and changed when the other becomes faster", () => {
  const trials = createTrials();
  const slow = { together: 1, alone: 2 };
  const calls = (count: number) => {
    const taken = { together: 0, alone: 0 };
    for (let i = 0; i < count; i++) {
      taken[trials.mode]++;
      trials.record(10, 10 * slow[trials.mode]);
    }
    return taken;
  };
  calls(128);
  const first = calls(64 * 320);
  assert.ok(first.alone > 0 && first.alone < 0.05 * first.together, JSON.stringify(first));
  slow.together = 5;
  calls(64 * 64);
  const second = calls(64 * 320);
  assert.ok(second.together < 0.05 * second.alone, JSON.stringify(second));
});
