import { serveTasks } from "../base/pool_worker.ts";
import { fromShared } from "../dataset/shared.ts";
import { runTrial } from "../training/trial.ts";
import type { TrialResult } from "../training/trial_result.ts";
import { checkpointFile } from "./checkpoint_file.ts";
import type { WorkerNews, WorkerStart, WorkerTask } from "./engine.ts";

/** Milliseconds between two messages about steps. */
const PAUSE = 100;

serveTasks<WorkerStart, WorkerTask, TrialResult, WorkerNews>((start) => {
  const dataset = fromShared(start.dataset);
  return ({ hyperparameters, checkpoint }, tell) => {
    let told = 0;
    return runTrial(hyperparameters, dataset, {
      ...(checkpoint !== undefined && checkpointFile(checkpoint).hooks),
      onStep(progress) {
        const now = performance.now();
        if (now - told < PAUSE) return;
        told = now;
        tell({ type: "step", progress });
      },
      onEpoch: (record) => tell({ type: "epoch", record }),
    });
  };
});
