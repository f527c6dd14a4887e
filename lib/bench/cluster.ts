import { onCluster } from "../cluster/engine.ts";
import type { Dataset } from "../dataset/dataset.ts";
import { slice } from "../dataset/dataset.ts";
import { type Engine, onWorkers } from "../sweep/engine.ts";
import { runSweep } from "../sweep/sweep.ts";

/** Time of a sweep of many short trials. */
export interface ClusterRow {
  readonly engine: string;
  /** Until the first result. */
  readonly start: number;
  /** From the first result to the last. */
  readonly seconds: number;
  /** `seconds` as a multiple of those of the worker threads. */
  readonly ratio: number;
}

/**
 * Times 1,000 trials of about 20 ms on worker threads and on a Ray cluster on this machine, with as
 * many workers.
 *
 * @param cores workers of each, 1 or more
 * @throws {UserError} when Ray is not installed
 */
export async function timeCluster(dataset: Dataset, cores: number): Promise<ClusterRow[]> {
  const digits: Dataset = {
    ...dataset,
    train: slice(dataset.train, 0, 1500),
    test: slice(dataset.test, 0, 500),
  };
  const seed = Array.from({ length: 1000 }, (_, i) => i + 1);
  const space = { layers: [784, 64, 10], epochs: 1, seed };
  const time = async (engine: Engine) => {
    const begin = performance.now();
    let first = 0;
    await runSweep(space, digits, {
      engine,
      onProgress: ({ finished }) => {
        if (finished > 0) first ||= performance.now();
      },
    });
    return { start: (first - begin) / 1000, seconds: (performance.now() - first) / 1000 };
  };
  const threads = await time(onWorkers(cores));
  const cluster = await time(onCluster({ address: "local", cpus: cores }));
  return [
    { engine: "worker threads", ...threads, ratio: 1 },
    { engine: "Ray, local", ...cluster, ratio: cluster.seconds / threads.seconds },
  ];
}
