/**
 * The process that a worker keeps on a node (started by driver.py): reads the dataset and then one
 * task per line, and writes one line of events every 100 ms and at the end of each trial.
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
import type { NodeAnswer, NodeEvent, NodeLine, NodeStart, NodeTask } from "./protocol.ts";
import { readerOf } from "./reader.ts";

/** Minimum milliseconds between two lines of progress. */
const PAUSE = 100;
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
  await work(JSON.parse(line));
}

async function work(
  { hyperparameters, checkpoint, keepCheckpoint, ...task }: NodeTask,
): Promise<void> {
  let events: NodeEvent[] = [];
  let last: Checkpoint | undefined;
  let lastLine = performance.now(), lastCheckpoint = lastLine;
  const flush = (end: boolean) => {
    answer({ events, end });
    events = [];
    lastLine = performance.now();
  };
  const add = (event: NodeEvent) => {
    // Only the last of several steps is of interest.
    if (events.at(-1)?.type === "step") events.pop();
    events.push(event);
    if (performance.now() - lastLine >= PAUSE) flush(false);
  };
  try {
    const result = await runTrial(hyperparameters, dataset, {
      resumeFrom: checkpoint === undefined ? undefined : parseCheckpoint(checkpoint),
      onStep: (progress) => add({ type: "step", progress }),
      onEpoch: (record) => add({ type: "epoch", record }),
      ...task,
      onReading: (reading, result) => add({ type: "reading", reading, result }),
      onCheckpoint(take) {
        if (keepCheckpoint) last = take();
        if (performance.now() - lastCheckpoint < start.checkpointPeriod) return;
        const text = formatCheckpoint(last ?? take());
        if (text.length <= CHECKPOINT_SIZE) add({ type: "checkpoint", text });
        lastCheckpoint = performance.now();
      },
      signal: input.closed,
    });
    if (last) events.push({ type: "checkpoint", text: formatCheckpoint(last) });
    events.push({ type: "result", result });
  } catch (error) {
    if (input.closed.aborted) process.exit(1);
    events.push({ type: "error", reason: error instanceof Error ? error.message : String(error) });
  }
  flush(true);
}

function answer(message: NodeAnswer | NodeLine): void {
  const bytes = new TextEncoder().encode(JSON.stringify(message) + "\n");
  for (let at = 0; at < bytes.length;) at += writeSync(1, bytes, at);
}
