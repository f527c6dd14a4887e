import { element } from "../pad/display.ts";
import type { Reply, Request } from "./messages.ts";

/** A worker of the page. */
export interface WorkerThread {
  send(request: Request): void;
  end(): void;
}

/** Starts a worker, whose script is in the page. */
export function startWorker(onReply: (reply: Reply) => void): WorkerThread {
  const script = new Blob([element("worker").textContent!], { type: "text/javascript" });
  const address = URL.createObjectURL(script);
  const worker = new Worker(address);
  let waiting: Request[] | undefined = [];
  worker.onmessage = ({ data }: MessageEvent<Reply>) => {
    if (data.kind !== "ready") return onReply(data);
    for (const request of waiting ?? []) worker.postMessage(request);
    waiting = undefined;
  };
  worker.onerror = ({ message }) =>
    onReply({ kind: "error", message: message || "the worker could not be started" });
  return {
    send(request) {
      if (waiting) waiting.push(request);
      else worker.postMessage(request);
    },
    end() {
      worker.terminate();
      URL.revokeObjectURL(address);
    },
  };
}
