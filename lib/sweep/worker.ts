import { parentPort } from "node:worker_threads";
import type { Dataset } from "../dataset/dataset.ts";
import { fromShared } from "../dataset/shared.ts";
import { runTrial } from "../training/trial.ts";
import { checkpointHooks } from "./checkpoint_file.ts";
import type { WorkerMessage, WorkerStart, WorkerTask } from "./engine.ts";

/** Milliseconds between two messages about steps. */
const PAUSE = 100;

let dataset: Dataset;

function tell(message: WorkerMessage): void {
  parentPort!.postMessage(message);
}

async function run({ hyperparameters, checkpoint }: WorkerTask): Promise<void> {
  let told = 0;
  try {
    const result = await runTrial(hyperparameters, dataset, {
      ...(checkpoint !== undefined && checkpointHooks(checkpoint)),
      onStep(progress) {
        const now = performance.now();
        if (now - told < PAUSE) return;
        told = now;
        tell({ type: "step", progress });
      },
      onEpoch: (record) => tell({ type: "epoch", record }),
    });
    tell({ type: "result", result });
  } catch (error) {
    tell({ type: "error", reason: error instanceof Error ? error.message : String(error) });
  }
}

parentPort!.on("message", (message: WorkerStart | WorkerTask) => {
  if ("dataset" in message) dataset = fromShared(message.dataset);
  else run(message);
});
