import { serveTasks } from "../base/pool_worker.ts";
import { fromShared } from "../dataset/shared.ts";
import { runTrial } from "../training/trial.ts";
import type { TrialResult } from "../training/trial_result.ts";
import { checkpointFile } from "./checkpoint_file.ts";
import type { WorkerNews, WorkerStart, WorkerTask } from "./engine.ts";

/** Minimum milliseconds between two progress messages. */
const PAUSE = 100;

serveTasks<WorkerStart, WorkerTask, TrialResult, WorkerNews>((start) => {
  const dataset = fromShared(start.dataset);
  return async ({ hyperparameters, checkpoint, ...task }, report, share) => {
    let lastReport = 0;
    const file = checkpoint === undefined ? undefined : checkpointFile(checkpoint);
    const result = await runTrial(hyperparameters, dataset, {
      ...file?.hooks,
      // The cores of workers that find no more trials.
      threads: share > 1 ? "auto" : 1,
      cores: share,
      onStep(progress) {
        const now = performance.now();
        if (now - lastReport < PAUSE) return;
        lastReport = now;
        report({ type: "step", progress });
      },
      readTest: task.readTest,
      readings: task.readings,
      onReading: (reading, result) => report({ type: "reading", reading, result }),
      onEpoch: (record) => report({ type: "epoch", record }),
    });
    if (task.keepCheckpoint) await file?.keep();
    return result;
  };
});
