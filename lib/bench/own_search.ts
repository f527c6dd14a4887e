/**
 * A search of this project in a process of its own, as Optuna's: `own_search.ts IMAGES LABELS JOURNAL HOW`,
 * the paths of unpacked IDX files and of the journal, and JSON such as `{"search": "random(9)", "rounds": 2}`.
 * The trials run in this thread. Prints a line of JSON for each trial, see `SearchEvent`.
 */
import { readIdx } from "../dataset/idx.ts";
import { type Engine, inThisThread } from "../sweep/engine.ts";
import { parseSearch } from "../sweep/search.ts";
import { runSweep } from "../sweep/sweep.ts";
import { FIXED, problemDataset, SPACE } from "./search_problem.ts";

const [images, labels, journal, how] = Deno.args;
const samples = await readIdx(images, labels);
const dataset = problemDataset("search", samples, samples);
const { search, ...rest } = JSON.parse(how);
const seen = new Set<string>();
let epochs = 0;
const begun = performance.now();
const engine: Engine = (trials, data, hooks) =>
  inThisThread(trials, data, {
    ...hooks,
    onEpoch(t, record) {
      epochs++;
      hooks.onEpoch?.(t, record);
    },
    onResult(t, result) {
      hooks.onResult(t, result);
      seen.add(JSON.stringify({ ...trials[t], stopAfter: "all" }));
      const seconds = (performance.now() - begun) / 1000;
      const accuracy = result.validationAccuracy ?? 0;
      console.log(JSON.stringify({ seconds, trials: seen.size, epochs, accuracy }));
    },
  });
await runSweep({ ...FIXED, ...SPACE }, dataset, {
  ...{ ...rest, search: parseSearch(search), journal, engine },
  metric: "validationAccuracy",
});
