/**
 * The process that a worker keeps on a node (started by driver.py): reads the dataset and then a batch
 * of trials per line, and writes a line of events now and then and at the end of each batch.
 *
 * @module
 */
import { writeSync } from "node:fs";
import process from "node:process";
import { datasetDigest } from "../dataset/dataset.ts";
import { formatCheckpoint, parseCheckpoint } from "../sweep/checkpoint_file.ts";
import type { Checkpoint } from "../training/checkpoint.ts";
import { runTrial } from "../training/trial.ts";
import { parseDataset } from "./dataset_bytes.ts";
import type {
  NodeAnswer,
  NodeBatch,
  NodeEvent,
  NodeLine,
  NodeStart,
  NodeTask,
} from "./protocol.ts";
import { readerOf } from "./reader.ts";

/** Maximum characters of a checkpoint that is sent; a larger trial starts over if its node is lost. */
const CHECKPOINT_SIZE = 64e6;

const input = readerOf(Deno.stdin.readable);
const start: NodeStart = JSON.parse(await input.line() ?? "null");
const dataset = parseDataset(await input.bytes(start.bytes));
const digest = datasetDigest(dataset);
if (digest !== start.digest) {
  const reason = `its dataset has the digest ${digest.slice(0, 12)}…, ` +
    `that of the sweep ${start.digest.slice(0, 12)}…`;
  answer({ ready: false, reason });
  process.exit(1);
}
answer({ ready: true });

for (let line = await input.line(); line !== undefined; line = await input.line()) {
  const { period, tasks }: NodeBatch = JSON.parse(line);
  const report = reporter(period);
  for (const task of tasks) await work(task, report.add);
  report.end();
}

/** Collects the events of a batch and writes them, at most a line every `period` milliseconds. */
function reporter(period: number) {
  let events: NodeEvent[] = [];
  let last = performance.now();
  const flush = (end: boolean) => {
    answer({ events, end });
    events = [];
    last = performance.now();
  };
  return {
    add(event: NodeEvent) {
      // Only the last of several steps is of interest.
      if (events.at(-1)?.type === "step") events.pop();
      events.push(event);
      if (performance.now() - last >= period) flush(false);
    },
    end: () => flush(true),
  };
}

/** Runs a trial; it does not throw. */
async function work(
  { trial, hyperparameters, checkpoint, keepCheckpoint, ...task }: NodeTask,
  report: (event: NodeEvent) => void,
): Promise<void> {
  let last: Checkpoint | undefined;
  let lastCheckpoint = performance.now();
  try {
    const result = await runTrial(hyperparameters, dataset, {
      resumeFrom: checkpoint === undefined ? undefined : parseCheckpoint(checkpoint),
      onStep: (progress) => report({ trial, type: "step", progress }),
      onEpoch: (record) => report({ trial, type: "epoch", record }),
      ...task,
      onReading: (reading, result) => report({ trial, type: "reading", reading, result }),
      onCheckpoint(take) {
        if (keepCheckpoint) last = take();
        if (performance.now() - lastCheckpoint < start.checkpointPeriod) return;
        const text = formatCheckpoint(last ?? take());
        if (text.length <= CHECKPOINT_SIZE) report({ trial, type: "checkpoint", text });
        lastCheckpoint = performance.now();
      },
      signal: input.closed,
    });
    if (last) report({ trial, type: "checkpoint", text: formatCheckpoint(last) });
    report({ trial, type: "result", result });
  } catch (error) {
    if (input.closed.aborted) process.exit(1);
    const reason = error instanceof Error ? error.message : String(error);
    report({ trial, type: "error", reason });
  }
}

function answer(message: NodeAnswer | NodeLine): void {
  const bytes = new TextEncoder().encode(JSON.stringify(message) + "\n");
  for (let at = 0; at < bytes.length;) at += writeSync(1, bytes, at);
}
