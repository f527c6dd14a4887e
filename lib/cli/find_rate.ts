import { relative } from "node:path";
import { decimalNumber } from "../base/number.ts";
import { extent } from "../base/statistics.ts";
import { usageError } from "../base/user_error.ts";
import { aboutTime, estimateSeconds } from "../sweep/estimate.ts";
import { checkSweepName, rangeTestFiles } from "../sweep/files.ts";
import { formatRangeTest } from "../sweep/range_table.ts";
import { writeResultFiles } from "../sweep/result_files.ts";
import { complete } from "../training/hyperparameters.ts";
import {
  type RangeTest,
  rangeTest,
  type RangeTestSettings,
  rangeTestTraining,
  SET_BY_RANGE_TEST,
} from "../training/range_test.ts";
import {
  SUGGESTION_NAMES,
  SUGGESTION_WORDS,
  suggestionSentence,
} from "../training/suggest_rate.ts";
import { defineCommand, main, option, text, wholeNumber } from "./command.ts";
import { datasetOptions, loadNamed } from "./dataset_option.ts";
import { hyperparameterOptions, hyperparametersFrom } from "./hyperparameter_options.ts";
import { type ProgressBar, progressBar } from "./progress_bar.ts";
import { textTable } from "./text_table.ts";

/** The flags of the network, without those for what the test sets itself. */
const networkOptions = Object.fromEntries(
  Object.entries(hyperparameterOptions(false))
    .filter(([name]) =>
      name !== "seed" && !(SET_BY_RANGE_TEST as readonly string[]).includes(name)
    ),
);
const SEEDS = [1, 2, 3];

/** `deno task find-rate` */
export const findRate = defineCommand({
  name: "find-rate",
  summary:
    "Find a learning rate by a range test: a training of about one epoch during which the rate\n" +
    "grows step by step, until the loss explodes (Smith 2017; fastai's lr_find).\n\n" +
    "Prints the rates that the curve suggests, each as the median over the seeds and their range,\n" +
    "and writes results/range-test.csv and .svg. A suggestion is a place to begin, not the best\n" +
    "rate: `deno task sweep` around it shows what is.",
  options: {
    name: option("<name>", "write results/range-test-NAME instead", text),
    ...datasetOptions,
    from: option("<rate>", "the first learning rate", rate, "1e-7"),
    to: option("<rate>", "the last learning rate", rate, "10"),
    steps: option(
      "<n>",
      "steps from the first rate to the last (one epoch's)",
      wholeNumber(20, 1e6),
    ),
    seed: { ...hyperparameterOptions(true).seed, description: "seeds of the runs (1,2,3)" },
    ...networkOptions,
  },
  examples: [
    "find-rate",
    "find-rate --name wide --layers 784-512-10 --batch-size 128 --seed 1,2,3,4,5",
    'find-rate --name momentum --optimizer "momentum(0.9)" --to 1 --json',
  ],
  async run({ options, say, note, onInterrupt }) {
    const { name, from, to, steps } = options;
    if (name !== undefined) checkSweepName(name);
    const seeds = (options.seed ?? SEEDS) as number[];
    const settings: RangeTestSettings = hyperparametersFrom({ ...options, seed: undefined });
    complete(settings);
    const { dataset, remind } = await loadNamed(options, note);
    const range = { from, to, steps, seeds };
    const { hyperparameters, part } = rangeTestTraining(settings, dataset, range);
    const trials = seeds.map((seed) => ({ ...hyperparameters, seed }));
    const seconds = part * await estimateSeconds(trials, dataset, 1);
    note(`range test from ${from} to ${to}: ${seeds.length} runs, at most ${aboutTime(seconds)}`);
    const stop = new AbortController();
    let bar: ProgressBar | undefined;
    onInterrupt(() => {
      stop.abort();
      bar?.stop();
      return "nothing was written";
    });
    const test = await rangeTest(settings, dataset, {
      ...range,
      signal: stop.signal,
      onProgress({ steps, totalSteps, test }) {
        bar ??= progressBar({ label: "training", total: totalSteps, unit: "steps" }, note);
        bar.update(steps, `seed ${test.runs.at(-1)!.seed}`);
      },
    }).finally(() => bar?.stop());
    const files = rangeTestFiles(name, dataset);
    const { rangeTestFigure } = await import("../plot/range_test.ts");
    const kept = await writeResultFiles(files, formatRangeTest(test), rangeTestFigure(test).svg);
    say(test.suggestions ? suggestionTable(test) : suggestionSentence(undefined));
    const [table, figure] = [files.table, files.figure].map((p) => relative(Deno.cwd(), p));
    say(`wrote ${table} and ${figure}`);
    if (kept !== undefined) note(kept);
    remind();
    return { table, figure, ...test };
  },
});

/** The suggestions, each with its range over the seeds. */
function suggestionTable({ runs, suggestions }: RangeTest): string {
  const rows = SUGGESTION_NAMES.map((name) => {
    const [lowest, highest] = extent(runs.flatMap(({ suggestions }) => suggestions?.[name] ?? []));
    const short = (rate: number) => Number(rate.toPrecision(3));
    return {
      suggestion: SUGGESTION_WORDS[name],
      rate: short(suggestions![name]),
      lowest: short(lowest!),
      highest: short(highest!),
    };
  });
  return textTable(rows, ["suggestion", "rate", "lowest", "highest"], {});
}

/** Parser of a learning rate. */
function rate(text: string): number {
  const value = decimalNumber(text);
  if (Number.isFinite(value) && value > 0) return value;
  throw usageError("expected a number above 0");
}

if (import.meta.main) await main(findRate);
