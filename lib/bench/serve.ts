import { createInterface } from "node:readline";
import process from "node:process";
import type { BenchTask } from "./bench_task.ts";

/**
 * Starts a stopwatch that returns seconds. On one core it measures CPU time, which other programs on the
 * machine hardly change; on all cores the time that passes, as waiting for another core counts.
 */
export function stopwatch({ cores }: Pick<BenchTask, "cores">): () => number {
  if (cores === "all") {
    const begun = performance.now();
    return () => (performance.now() - begun) / 1000;
  }
  const begun = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(begun);
    return (user + system) / 1e6;
  };
}

/** A trained epoch. */
export interface TimedEpoch {
  /** Seconds of the epoch, without evaluation, by {@linkcode stopwatch}. */
  readonly seconds: number;
  /** Accuracy on the test images afterwards, 0 to 1. */
  readonly accuracy: number;
}

/** Trains one more epoch of a task with each call. */
export type Trainer = () => Promise<TimedEpoch>;

/**
 * The protocol of a library's process: the task is its first argument, as JSON. The first line on
 * standard output is the library's name and version. For each line on standard input it trains an
 * epoch and prints a {@linkcode TimedEpoch} as a line of JSON. `epoch.py` implements the same
 * protocol.
 */
export async function serve(
  name: string,
  start: (task: BenchTask) => Promise<Trainer>,
): Promise<void> {
  const trainer = await start(JSON.parse(Deno.args[0]));
  console.log(name);
  for await (const _ of createInterface({ input: process.stdin })) {
    console.log(JSON.stringify(await trainer()));
  }
}
