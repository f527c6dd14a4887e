import { Worker } from "node:worker_threads";
import { UserError } from "./user_error.ts";

/** What a worker of a pool sends; see {@linkcode serveTasks} in `pool_worker.ts`. */
export type PoolMessage<News, Result> =
  /** It waits for a task: sent after its start and after each task. */
  | { readonly type: "ready" }
  | { readonly type: "news"; readonly news: News }
  | { readonly type: "result"; readonly result: Result }
  | { readonly type: "error"; readonly reason: string };

/** What a worker is sent: the start once, then one task after another. */
export type PoolRequest<Start, Task> = { readonly start: Start } | { readonly task: Task };

/** How to run tasks on workers. Tasks are named by their index in the list. */
export interface PoolOptions<Start, Result, News> {
  /** The module of the worker, which calls `serveTasks`. */
  readonly script: URL;
  /** First message to each worker: what all tasks have in common. */
  readonly start: Start;
  /** Number of workers, 1 or more; no more are started than there are tasks. */
  readonly workers: number;
  /** A task has ended; it counts as done when this has returned. */
  readonly onResult: (task: number, result: Result) => void;
  /** A task failed twice; without it the work ends with a {@linkcode UserError}. */
  readonly onFailure?: (task: number, reason: string) => void;
  /** A worker reports on its task. */
  readonly onNews?: (task: number, news: News) => void;
  /** Ends the work; the promise is rejected with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** How often a task is begun before it counts as failed, and a worker started before the work ends. */
const ATTEMPTS = 2;

/**
 * Runs tasks on worker threads, in order, each as soon as a worker is ready. A worker that dies is
 * replaced, whenever it dies, and the task that it had begun is begun once more.
 *
 * @throws {UserError} when a worker cannot be started, or a task fails twice and there is no `onFailure`
 */
export async function runOnWorkers<Start, Task, Result, News = never>(
  tasks: readonly Task[],
  options: PoolOptions<Start, Result, News>,
): Promise<void> {
  const { onResult, onFailure = giveUp, onNews, signal: outer } = options;
  const stop = new AbortController();
  const signal = outer ? AbortSignal.any([stop.signal, outer]) : stop.signal;
  let next = 0;

  const report = (task: number, news: News) => {
    try {
      onNews?.(task, news);
    } catch (error) {
      // A mistake of the caller, not of the worker.
      stop.abort(error);
    }
  };

  /** One place for a worker: task after task, a new thread after a death. */
  async function serve() {
    let worker: PoolWorker<Task, Result, News> | undefined;
    const drop = async () => {
      const dying = worker;
      worker = undefined;
      await dying?.end();
    };
    /** The worker of this place, or a new one, that is ready for a task. */
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
          // One that died after a result has had its time.
          if (isNew && ++attempt === ATTEMPTS) throw unstartable(error);
        }
      }
    };
    /** Begins a task, twice if need be, and passes on what comes of it. */
    const runTask = async (task: number) => {
      for (let attempt = 1;; attempt++) {
        const ready = await readyWorker();
        let result: Result;
        try {
          result = await ready.run(tasks[task], (news) => report(task, news));
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

  outer?.throwIfAborted();
  const count = Math.min(options.workers, tasks.length);
  // All of them are over before the error of the first is passed on.
  const ends = await Promise.allSettled(Array.from({ length: count }, serve));
  const error = ends.find((end) => end.status === "rejected");
  if (error) throw error.reason;
}

/** A worker thread as the pool sees it. Each promise is rejected when the worker dies or the work ends. */
interface PoolWorker<Task, Result, News> {
  /** Waits until it is ready for a task. */
  ready(): Promise<void>;
  /** Has it run a task. */
  run(task: Task, onNews: (news: News) => void): Promise<Result>;
  end(): Promise<void>;
}

/** Starts a worker and watches it from its first moment to its last. */
function startWorker<Start, Task, Result, News>(
  script: URL,
  start: Start,
  signal: AbortSignal,
): PoolWorker<Task, Result, News> {
  signal.throwIfAborted();
  const worker = new Worker(script);
  const send = (request: PoolRequest<Start, Task>) => worker.postMessage(request);
  const over = Promise.withResolvers<never>();
  // It may die while nobody waits for it.
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
    run(task, onNews) {
      ready = Promise.withResolvers();
      answer = Promise.withResolvers();
      tell = onNews;
      send({ task });
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
    `a worker cannot be started (${reasonOf(error)}); what was finished before is kept: ` +
      `run again, with fewer workers where memory is short`,
  );
}

function giveUp(_task: number, reason: string): never {
  throw new UserError(`${reason}, twice; what was finished before is kept: run again to try again`);
}
