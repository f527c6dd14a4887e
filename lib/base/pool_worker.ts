import { setImmediate } from "node:timers/promises";
import { parentPort } from "node:worker_threads";
import type { PoolMessage, PoolRequest } from "./worker_pool.ts";

/**
 * The worker's side of {@linkcode runOnWorkers}, called by the module that `script` names.
 *
 * @param prepare takes the first message and returns the function that runs a task; that function
 * reports progress with `tell`. Its `share` is the number of workers for each task that has not yet
 * begun: above 1 when the last tasks begin, which may then use the cores of workers without a task
 */
export function serveTasks<Start, Task, Result, News = never>(
  prepare: (
    start: Start,
  ) => (task: Task, tell: (news: News) => void, share: number) => Result | Promise<Result>,
): void {
  const send = (message: PoolMessage<News, Result>) => parentPort!.postMessage(message);
  let run: ReturnType<typeof prepare>;
  parentPort!.on("message", async (request: PoolRequest<Start, Task>) => {
    if ("start" in request) run = prepare(request.start);
    else {
      try {
        const tell = (news: News) => send({ type: "news", news });
        const result = await run(request.task, tell, request.share);
        send({ type: "result", result });
      } catch (error) {
        send({ type: "error", reason: error instanceof Error ? error.message : String(error) });
      }
    }
    // Pending callbacks of a task may still end the worker: let them run before the next task
    // begins.
    await setImmediate();
    send({ type: "ready" });
  });
}
