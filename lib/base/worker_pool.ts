import { Worker } from "node:worker_threads";
import { interruptible } from "./interrupt.ts";
import { UserError } from "./user_error.ts";

/** Messages from a worker to the pool; see {@linkcode serveTasks} in `pool_worker.ts`. */
export type PoolMessage<News, Result> =
  /** The worker is idle: sent after the start and after each task. */
  | { readonly type: "ready" }
  | { readonly type: "news"; readonly news: News }
  | { readonly type: "result"; readonly result: Result }
  | { readonly type: "error"; readonly reason: string };

/** Messages from the pool to a worker: the start once, then one task after another. */
export type PoolRequest<Start, Task> = { readonly start: Start } | {
  readonly task: Task;
  /** Workers for each task that has not yet begun, this one included, rounded down; at least 1. */
  readonly share: number;
};

/** Options of {@linkcode runOnWorkers}. Callbacks get a task's index in the list. */
export interface PoolOptions<Start, Result, News> {
  /** The module of the worker, which calls `serveTasks`. */
  readonly script: URL;
  /** First message to each worker: the data that all tasks share. */
  readonly start: Start;
  /** Number of workers, 1 or more; at most one per task is started. */
  readonly workers: number;
  /** Called when a task has completed; it counts as done when this has returned. */
  readonly onResult: (task: number, result: Result) => void;
  /** Called when a task failed twice; defaults to throwing a {@linkcode UserError}. */
  readonly onFailure?: (task: number, reason: string) => void;
  /** Called when a worker reports progress on its task. */
  readonly onNews?: (task: number, news: News) => void;
  /** Aborts the work; the promise is rejected with its reason. An interrupt does so too. */
  readonly signal?: AbortSignal;
}

/** Attempts to run a task before it counts as failed, and to start a worker before giving up. */
const ATTEMPTS = 2;

/**
 * Runs tasks on worker threads, in order, each as soon as a worker is ready. A worker that dies at
 * any time is replaced, and its task is retried once.
 *
 * @throws {UserError} when a worker cannot be started, or a task fails twice and there is no
 * `onFailure`
 */
export async function runOnWorkers<Start, Task, Result, News = never>(
  tasks: readonly Task[],
  options: PoolOptions<Start, Result, News>,
): Promise<void> {
  const { onResult, onFailure = giveUp, onNews } = options;
  const outer = interruptible(options.signal);
  const stop = new AbortController();
  const signal = AbortSignal.any([stop.signal, outer]);
  let next = 0;

  const report = (task: number, news: News) => {
    try {
      onNews?.(task, news);
    } catch (error) {
      // An error of the caller, not of the worker.
      stop.abort(error);
    }
  };

  /** Runs task after task on one worker, replacing it if it dies. */
  async function serve() {
    let worker: PoolWorker<Task, Result, News> | undefined;
    const drop = async () => {
      const dying = worker;
      worker = undefined;
      await dying?.end();
    };
    /** The current worker or a new one, ready for a task. */
    const readyWorker = async () => {
      for (let attempt = 0;;) {
        const isNew = worker === undefined;
        worker ??= startWorker(options.script, options.start, signal);
        try {
          await worker.ready();
          return worker;
        } catch (error) {
          signal.throwIfAborted();
          await drop();
          // A worker that died after delivering a result does not count as unstartable.
          if (isNew && ++attempt === ATTEMPTS) throw unstartable(error);
        }
      }
    };
    /** Runs a task, twice if necessary, and passes on the result or the failure. */
    const runTask = async (task: number) => {
      for (let attempt = 1;; attempt++) {
        const ready = await readyWorker();
        let result: Result;
        try {
          const share = Math.max(1, Math.floor(options.workers / (tasks.length - task)));
          result = await ready.run(tasks[task], share, (news) => report(task, news));
        } catch (error) {
          signal.throwIfAborted();
          await drop();
          if (attempt < ATTEMPTS) continue;
          return onFailure(task, reasonOf(error));
        }
        return onResult(task, result);
      }
    };
    try {
      while (next < tasks.length) {
        signal.throwIfAborted();
        await runTask(next++);
      }
    } catch (error) {
      stop.abort(error);
      throw error;
    } finally {
      await drop();
    }
  }

  outer.throwIfAborted();
  const count = Math.min(options.workers, tasks.length);
  // Wait for all of them before throwing the first error.
  const ends = await Promise.allSettled(Array.from({ length: count }, serve));
  const error = ends.find((end) => end.status === "rejected");
  if (error) throw error.reason;
}

/** A worker thread as the pool sees it. Each promise is rejected when the worker dies or the work ends. */
interface PoolWorker<Task, Result, News> {
  /** Waits until the worker is ready for a task. */
  ready(): Promise<void>;
  /** Runs a task on the worker. */
  run(task: Task, share: number, onNews: (news: News) => void): Promise<Result>;
  end(): Promise<void>;
}

/** Starts a worker and handles its messages, errors and exit. */
function startWorker<Start, Task, Result, News>(
  script: URL,
  start: Start,
  signal: AbortSignal,
): PoolWorker<Task, Result, News> {
  signal.throwIfAborted();
  const worker = new Worker(script);
  const send = (request: PoolRequest<Start, Task>) => worker.postMessage(request);
  const over = Promise.withResolvers<never>();
  // The worker may die while nothing awaits it.
  over.promise.catch(() => {});
  let ready = Promise.withResolvers<void>();
  let answer: PromiseWithResolvers<Result> | undefined;
  let tell: ((news: News) => void) | undefined;
  const onAbort = () => over.reject(signal.reason);
  signal.addEventListener("abort", onAbort);
  worker.on("error", (error) => over.reject(new Error(`its worker died: ${reasonOf(error)}`)));
  worker.on("messageerror", (error) => over.reject(new Error(`unreadable message: ${error}`)));
  worker.on("exit", (code) => over.reject(new Error(`its worker ended with exit status ${code}`)));
  worker.on("message", (message: PoolMessage<News, Result>) => {
    if (message.type === "ready") ready.resolve();
    else if (message.type === "news") tell?.(message.news);
    else if (message.type === "result") answer?.resolve(message.result);
    else answer?.reject(new Error(message.reason));
  });
  send({ start });
  return {
    ready: () => Promise.race([ready.promise, over.promise]),
    run(task, share, onNews) {
      ready = Promise.withResolvers();
      answer = Promise.withResolvers();
      tell = onNews;
      send({ task, share });
      return Promise.race([answer.promise, over.promise]);
    },
    async end() {
      signal.removeEventListener("abort", onAbort);
      await worker.terminate();
    },
  };
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function unstartable(error: unknown): UserError {
  return new UserError(
    `a worker cannot be started (${reasonOf(error)}); finished work is kept: ` +
      `run again, with fewer workers if memory is short`,
  );
}

function giveUp(_task: number, reason: string): never {
  throw new UserError(`${reason}, twice; finished work is kept: run again to retry`);
}
