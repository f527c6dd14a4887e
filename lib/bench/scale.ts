import { join } from "node:path";
import type { Dataset } from "../dataset/dataset.ts";
import type { Engine } from "../sweep/engine.ts";
import { runSweep } from "../sweep/sweep.ts";
import { formatTable, rowOf } from "../sweep/table.ts";
import type { TrialResult } from "../training/trial_result.ts";
import { stopwatch } from "./serve.ts";

/** Time and memory of a part of a sweep's own work. */
export interface ScaleRow {
  readonly what: string;
  readonly seconds: number;
  /** Seconds on processors, of all threads. */
  readonly cpu: number;
  /** Memory of the process at the end, in 10⁶ bytes; the garbage that is left in it depends on the machine. */
  readonly megabytes: number;
}

/**
 * Times what a sweep itself costs, with an engine that trains nothing: writing the journal of `count`
 * trials, reading it again and skipping all of them, and formatting the table.
 *
 * @param count number of trials, from 1 to 1,000,000
 * @param folder for the journal; about 900 bytes a trial
 */
export async function timeScale(count: number, dataset: Dataset, folder: string) {
  const rows: ScaleRow[] = [];
  const timed = async <Value>(what: string, work: () => Promise<Value> | Value) => {
    const start = performance.now();
    const cpu = stopwatch({ cores: 1 });
    const value = await work();
    const seconds = (performance.now() - start) / 1000;
    rows.push({ what, seconds, cpu: cpu(), megabytes: Deno.memoryUsage().rss / 1e6 });
    return value;
  };
  const space = { seed: Array.from({ length: count }, (_, i) => i + 1) };
  const run = () =>
    runSweep(space, dataset, { journal: join(folder, "scale.jsonl"), engine: withoutTraining });
  await timed(`run and journal ${count} trials`, run);
  const results = await timed("read the journal, skip all trials", run);
  await timed("format the table", () => formatTable(results.map(rowOf)));
  return rows;
}

const DIGEST = "0123456789abcdef".repeat(4);

/** Returns a result for each trial at once. */
const withoutTraining: Engine = (trials, { name }, { onResult }) => {
  trials.forEach((hyperparameters, t) => {
    const metrics = { trainLoss: 0.123456789, testLoss: 0.123456789, testAccuracy: 0.9876 };
    const result: TrialResult = {
      ...{ hyperparameters, dataset: name, status: "completed", steps: 1875, ...metrics },
      ...{ validationLoss: null, validationAccuracy: null, weightsDigest: DIGEST },
      history: [{ epoch: 1, ...metrics }],
    };
    onResult(t, result);
  });
  return Promise.resolve();
};
