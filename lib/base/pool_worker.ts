import { setImmediate } from "node:timers/promises";
import { parentPort } from "node:worker_threads";
import type { PoolMessage, PoolRequest } from "./worker_pool.ts";

/**
 * The worker's side of {@linkcode runOnWorkers}: a module that calls this is what its `script` names.
 *
 * @param prepare takes the first message and gives the function that runs a task; that function reports
 * on its way with `tell`
 */
export function serveTasks<Start, Task, Result, News = never>(
  prepare: (
    start: Start,
  ) => (task: Task, tell: (news: News) => void) => Result | Promise<Result>,
): void {
  const send = (message: PoolMessage<News, Result>) => parentPort!.postMessage(message);
  let run: ReturnType<typeof prepare>;
  parentPort!.on("message", async (request: PoolRequest<Start, Task>) => {
    if ("start" in request) run = prepare(request.start);
    else {
      try {
        const result = await run(request.task, (news) => send({ type: "news", news }));
        send({ type: "result", result });
      } catch (error) {
        send({ type: "error", reason: error instanceof Error ? error.message : String(error) });
      }
    }
    // What a task left behind may still end the worker: the next one is not to begin before that.
    await setImmediate();
    send({ type: "ready" });
  });
}
