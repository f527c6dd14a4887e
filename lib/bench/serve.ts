import { createInterface } from "node:readline";
import process from "node:process";
import type { BenchTask } from "./bench_task.ts";

/** An epoch that a library has trained. */
export interface TimedEpoch {
  /** Seconds of the epoch alone. */
  readonly seconds: number;
  /** Share of the test images that are classified right afterwards, 0 to 1. */
  readonly accuracy: number;
}

/** A library at work on a task: trains one epoch more at each call. */
export type Trainer = () => Promise<TimedEpoch>;

/**
 * The protocol of a library's process: the task is its first argument, as JSON. The first line on
 * standard output is the library's name and version. For each line on standard input it trains an
 * epoch and prints a {@linkcode TimedEpoch} as a line of JSON. `epoch.py` speaks the same.
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
