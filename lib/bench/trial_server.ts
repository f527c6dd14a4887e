/**
 * Runs trials on request, for searches in other languages: `trial_server.ts IMAGES LABELS`, the paths of
 * unpacked IDX files. It prints a line when it is ready. For each line on standard input, settings as JSON,
 * it prints a line of JSON after each epoch and waits for a line, `go` or `stop`; then one with the result.
 */
import process from "node:process";
import { createInterface } from "node:readline";
import { readIdx } from "../dataset/idx.ts";
import { runTrial } from "../training/trial.ts";
import { FIXED, problemDataset } from "./search_problem.ts";

const [images, labels] = Deno.args;
const samples = await readIdx(images, labels);
const dataset = problemDataset("search", samples, samples);
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const print = (value: unknown) => console.log(JSON.stringify(value));

print("ready");
for (let line = await lines.next(); !line.done; line = await lines.next()) {
  const stop = new AbortController();
  const history: (number | undefined)[] = [];
  const result = await runTrial({ ...FIXED, ...JSON.parse(line.value) }, dataset, {
    signal: stop.signal,
    onEpoch: ({ validationAccuracy }) => void history.push(validationAccuracy),
    async onCheckpoint() {
      print({ epoch: history.length, accuracy: history.at(-1) });
      if ((await lines.next()).value === "stop") stop.abort();
      stop.signal.throwIfAborted();
    },
  }).catch((error) => {
    if (!stop.signal.aborted) throw error;
  });
  const isDiverged = result?.status === "diverged";
  print({ done: true, epochs: history.length, accuracy: isDiverged ? 0 : history.at(-1) });
}
