/** `deno task bench`: compares the time of a training epoch with other libraries. */
import { writeFileAtomically } from "../base/atomic_file.ts";
import { formatCsv } from "../base/csv.ts";
import { projectPath } from "../base/project.ts";
import { usageError } from "../base/user_error.ts";
import { defineCommand, flag, main, oneOf, option, text, wholeNumber } from "../cli/command.ts";
import { datasetOptions, loadNamed } from "../cli/dataset_option.ts";
import { textTable } from "../cli/text_table.ts";
import { speedCurvesFigure } from "../plot/speed_curves.ts";
import { cliffs, speedCurves, type SpeedRow } from "./curves.ts";
import { timeCluster } from "./cluster.ts";
import { compare, type CompareOptions, type Comparison } from "./compare.ts";
import { type Configuration, CONFIGURATIONS } from "./configurations.ts";
import { kernelRates } from "./kernel_peak.ts";
import { LIBRARIES } from "./peer.ts";
import { type Profile, profileEpoch } from "./profile.ts";
import { compareSearches, RUN_COLUMNS, type SearchRun } from "./search_comparison.ts";
import { comparisonSentences, searchComparisonFigure } from "./search_figure.ts";
import { installOptuna, installPeers } from "./setup.ts";
import { writeImages } from "./task.ts";
import { timeScale } from "./scale.ts";
import { timeWorkers } from "./workers.ts";

const NAMES = CONFIGURATIONS.map(({ name }) => name);
const PEERS = LIBRARIES.filter((library) => library !== "descent");
const DIGITS = { start: 1, seconds: 3, ratio: 2, least: 2, greatest: 2, accuracy: 4 };
const SCALE_DIGITS = { seconds: 1, cpu: 1, megabytes: 0 };

/** `deno task bench` */
export const bench = defineCommand({
  name: "bench",
  summary:
    "Compare the time of an epoch with JAX, NumPy, PyTorch and TensorFlow.js, one core each, in turn;\n" +
    "and of a sweep on one worker and on two. All libraries start from the same weights; one that\n" +
    "reaches a different accuracy fails the comparison. Momentum and adam also take turns with sgd of\n" +
    'the same network: the ratio of the line "Descent, sgd" is how many times as long they take.\n\n' +
    `The configurations: ${
      NAMES.join(", ")
    } (units of the hidden layers; momentum and adam have 128-64).`,
  options: {
    dataset: datasetOptions.dataset,
    only: option("<names>", "only these configurations, or workers", text),
    against: option("<names>", `only these libraries: ${PEERS.join(", ")}`, text),
    rounds: option("<n>", "epochs of each library that are timed", wholeNumber(1, 100), "5"),
    cores: option("<n>", "1, or all to let every library use all cores", oneOf(["1", "all"]), "1"),
    setup: flag("first install the libraries to compare with"),
    profile: flag("show where the time of an epoch goes instead"),
    peak: flag("show the rates of the kernel's products instead, and their shares of the peak"),
    search: flag(
      "compare this project's searches with Optuna's instead; write " +
        "results/search-comparison.csv and .svg; with --setup, first install Optuna",
    ),
    cluster: flag("time 1,000 short trials on worker threads and on a Ray cluster instead"),
    scale: option(
      "<n>",
      "time what a sweep of n trials costs besides training instead",
      wholeNumber(1, 1_000_000),
    ),
    curves: flag("time epochs over width, depth and batch size; write results/speed.csv and .svg"),
  },
  examples: [
    "bench --only 128-64 --rounds 3",
    "bench --against jax,numpy --rounds 3",
    "bench --setup",
    "bench --profile --only 128-64",
    "bench --rounds 9 --json",
    "bench --scale 100000",
    "bench --cluster  # after cluster --setup",
  ],
  async run({ options, say, note, onInterrupt }) {
    const wanted = chosen(options.only);
    const peers = PEERS.filter((name) => namesIn(options.against, "against", PEERS).includes(name));
    if (options.setup) await (options.search ? installOptuna : installPeers)(note);
    const { dataset, remind } = await loadNamed(options, note);
    if (options.profile) {
      const profiles: Profile[] = [];
      for (const { hyperparameters } of wanted.configurations) {
        profiles.push(await profileEpoch(hyperparameters, dataset));
      }
      say(textTable(profiles, PROFILE_COLUMNS, PROFILE_DIGITS));
      remind();
      return profiles;
    }
    if (options.peak) {
      const rates = kernelRates(dataset, PEAK_ROUNDS);
      say(textTable(rates, ["verb", "shape", "gflops", "share"], { gflops: 1, share: 2 }));
      remind();
      return rates;
    }
    const folder = await Deno.makeTempDir({ dir: projectPath("results"), prefix: ".bench-" });
    const clean = () => Deno.remove(folder, { recursive: true }).catch(() => {});
    onInterrupt(async () => {
      await clean();
      return "the comparison was not saved";
    });
    try {
      if (options.cluster) {
        const rows = await timeCluster(dataset, navigator.hardwareConcurrency);
        say(textTable(rows, ["engine", "start", "seconds", "ratio"], DIGITS));
        return rows;
      }
      if (options.scale !== undefined) {
        const rows = await timeScale(options.scale, dataset, folder);
        say(textTable(rows, ["what", "seconds", "cpu", "megabytes"], SCALE_DIGITS));
        return rows;
      }
      if (options.search) {
        const files = await writeImages(folder, dataset);
        const runs = await compareSearches({ folder, files, note });
        await writeSearches(runs, dataset.name, say);
        remind();
        return runs;
      }
      const how: CompareOptions = {
        files: await writeImages(folder, dataset),
        cores: options.cores === "all" ? "all" : 1,
        libraries: ["descent", ...peers],
        count: dataset.train.count,
        rounds: options.rounds,
        ...{ folder, note },
      };
      if (options.curves) return await writeCurves(how, dataset.name, say);
      const rows: Comparison[] = [];
      for (const { name, hyperparameters } of wanted.configurations) {
        note(`timing ${name}`);
        rows.push(...await compare(hyperparameters, how));
      }
      if (wanted.workers) rows.push(...await timeWorkers(dataset, options.rounds));
      say(textTable(rows, COLUMNS, DIGITS));
      say(
        `seconds: median ${options.cores === "all" ? "" : "CPU "}time of an epoch; ` +
          "ratio: seconds of the first line / this line's: median, minimum and maximum of the rounds",
      );
      remind();
      return rows;
    } finally {
      await clean();
    }
  },
});

/** Times the curves and writes the table and figure. */
async function writeCurves(
  how: CompareOptions,
  dataset: string,
  say: (text: string) => void,
): Promise<readonly SpeedRow[]> {
  const rows = await speedCurves(how);
  const [own] = rows.map(({ library }) => library);
  const file = projectPath("results", dataset === "mnist" ? "speed" : `speed-${dataset}`);
  await writeFileAtomically(
    `${file}.csv`,
    formatCsv(rows.map((row) => ({ ...row })), SPEED_COLUMNS),
  );
  await writeFileAtomically(`${file}.svg`, speedCurvesFigure(rows, own).svg);
  say(textTable(rows, SPEED_COLUMNS, { seconds: 3 }));
  for (const { dimension, value, factor } of cliffs(rows, own, CLIFF)) {
    say(
      `cliff: ${dimension} ${value} takes ${
        factor.toFixed(2)
      } times as long as interpolated from its neighbours`,
    );
  }
  say(`wrote ${file}.csv and ${file}.svg`);
  return rows;
}

/** Writes the table and figure of a comparison of searches, and says how soon each was close. */
async function writeSearches(
  runs: readonly SearchRun[],
  dataset: string,
  say: (text: string) => void,
): Promise<void> {
  const name = dataset === "mnist" ? "search-comparison" : `search-comparison-${dataset}`;
  const file = projectPath("results", name);
  await writeFileAtomically(`${file}.csv`, formatCsv(runs.map((row) => ({ ...row })), RUN_COLUMNS));
  await writeFileAtomically(`${file}.svg`, searchComparisonFigure(runs).svg);
  say(textTable(runs, RUN_COLUMNS, { seconds: 2, allSeconds: 2, best: 4 }));
  for (const sentence of comparisonSentences(runs)) say(sentence);
  say(`wrote ${file}.csv and ${file}.svg`);
}

/** Number of times that each product is timed for `--peak`. */
const PEAK_ROUNDS = 20;
/** A point is reported if it takes this many times longer than interpolated from its neighbours. */
const CLIFF = 1.3;
const SPEED_COLUMNS = ["dimension", "value", "layers", "batchSize", "library", "seconds"] as const;
const COLUMNS = ["what", "library", "seconds", "ratio", "least", "greatest", "accuracy"] as const;
const PROFILE_COLUMNS = [
  ...["what", "epoch", "loading", "forward", "loss", "backward", "update", "calls"] as const,
];

const PROFILE_DIGITS = Object.fromEntries(PROFILE_COLUMNS.slice(1).map((column) => [column, 3]));

/** The selection of `--only`; defaults to everything. */
function chosen(only: string | undefined): { configurations: Configuration[]; workers: boolean } {
  const names = namesIn(only, "only", [...NAMES, "workers"]);
  return {
    configurations: CONFIGURATIONS.filter(({ name }) => names.includes(name)),
    workers: names.includes("workers"),
  };
}

/** The names in a list with commas; defaults to all. */
function namesIn(list: string | undefined, flag: string, all: readonly string[]): string[] {
  const names = list?.split(",").map((name) => name.trim()) ?? [...all];
  const unknown = names.find((name) => !all.includes(name));
  if (unknown === undefined) return names;
  throw usageError(`${flag} must name ${all.join(", ")}, got ${unknown}`);
}

if (import.meta.main) await main(bench);
