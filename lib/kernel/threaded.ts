import { Worker } from "node:worker_threads";
import { chooseModule } from "./choose_module.ts";
import { divide, DIVISIONS } from "./divisions.ts";
import type { Kernel } from "./kernel.ts";
import * as modules from "./module_shared.js";
import { kernelOf, type Scratch } from "./simd.ts";
import { createTrials } from "./team_trials.ts";
import { type Board, createBoard, endTeam, failTeam, runJob } from "./team.ts";

/** First message to a thread. */
export interface ThreadStart {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  readonly board: Board;
  /** The thread's number, from 1; the main thread is 0. */
  readonly thread: number;
}

/** A kernel that uses several threads. */
export interface ThreadedKernel {
  readonly kernel: Kernel;
  /** Ends the threads; the kernel must not be used afterwards. */
  end(): Promise<void>;
}

/** Microseconds of work below which division does not pay. */
const LEAST_COST = 20;

/**
 * A `simdKernel` that divides its larger operations among threads, with the same bits. The calling thread is
 * one of them and must be allowed to block, as in Deno and in workers, but not on a browser's main thread.
 *
 * @param threads 2 or more
 * @param adaptive `true` to measure regularly, and to use the calling thread alone while that is faster, as
 * on busy cores
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { threadedKernel } from "./threaded.ts";
 * const { kernel, end } = await threadedKernel(2);
 * const a = kernel.matrix(100, 100), b = kernel.matrix(100, 100), out = kernel.matrix(100, 100);
 * a.data.fill(1);
 * b.data.fill(2);
 * kernel.product(a, b, out);
 * assert.equal(out.data[0], 200);
 * await end();
 * ```
 */
export async function threadedKernel(
  threads: number,
  adaptive = false,
): Promise<ThreadedKernel> {
  const memory = new WebAssembly.Memory({ initial: 8192, maximum: 65536, shared: true });
  const imports = { env: { memory } };
  const module = await chooseModule(modules, () => {}, imports);
  const board = createBoard(threads, [...DIVISIONS.keys()]);
  // No need to wait: until a thread has started, the others run its calls.
  const workers = Array.from({ length: threads - 1 }, (_, i) => {
    const workerData: ThreadStart = { module, memory, board, thread: i + 1 };
    const worker = new Worker(new URL("thread.ts", import.meta.url), { workerData });
    worker.on("error", () => failTeam(board));
    worker.on("exit", () => failTeam(board));
    return worker;
  });
  const { exports } = new WebAssembly.Instance(module, imports);
  const room: Scratch = { places: threads, bytes: 0 };
  return {
    kernel: kernelOf(divided(exports, board, room, adaptive), memory, room),
    async end() {
      endTeam(board);
      await Promise.all(workers.map((worker) => worker.terminate()));
    },
  };
}

/** The module's exports; those in {@linkcode DIVISIONS} divide their work among the threads. */
function divided(
  exports: WebAssembly.Exports,
  board: Board,
  room: Scratch,
  adaptive: boolean,
): WebAssembly.Exports {
  const functions = exports as Record<string, (...args: number[]) => unknown>;
  const trials = adaptive ? createTrials() : undefined;
  const parted = [...DIVISIONS].map(([name, division]) => [name, (...args: number[]) => {
    const cost = division.cost(args);
    if (cost < LEAST_COST) {
      functions[name](...args);
      return;
    }
    const begun = performance.now();
    if (trials?.mode === "alone") functions[name](...args);
    else runJob(board, name, divide(division, args, board.threads, room.bytes), functions);
    trials?.record(cost, performance.now() - begun);
  }]);
  return { ...exports, ...Object.fromEntries(parted) };
}
