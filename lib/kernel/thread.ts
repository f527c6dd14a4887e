/**
 * A thread of {@linkcode threadedKernel}: an instance of the kernel on the shared memory.
 * @module
 */
import { setImmediate } from "node:timers/promises";
import { workerData } from "node:worker_threads";
import { serveJobs } from "./team.ts";
import type { ThreadStart } from "./threaded.ts";

const { module, memory, board, thread }: ThreadStart = workerData;
const { exports } = new WebAssembly.Instance(module, { env: { memory } });
const functions = exports as Record<string, (...args: number[]) => unknown>;
let job: number | undefined = 0;
while (job !== undefined) {
  job = serveJobs(board, thread, job, functions);
  // Gives the event loop a turn, in which the thread can be terminated.
  await setImmediate();
}
