import { basename, relative } from "node:path";
import { plural } from "../base/number_text.ts";
import { usageError } from "../base/user_error.ts";
import type { Dataset } from "../dataset/dataset.ts";
import { bestSentence, metricNote } from "../sweep/best.ts";
import type { Engine } from "../sweep/engine.ts";
import { aboutTime } from "../sweep/estimate.ts";
import { formatEpochs, learningCurves } from "../sweep/epochs.ts";
import { checkSweepName, type SweepFiles, sweepFiles } from "../sweep/files.ts";
import {
  checkContainsFormer,
  whyNotWritten,
  writeResultFiles,
  writeTested,
} from "../sweep/result_files.ts";
import {
  checkMetric,
  comparedBy,
  heldOutMeasures,
  isOnTest,
  type Metric,
  METRICS,
} from "../sweep/metric.ts";
import { roundsIn } from "../sweep/rounds.ts";
import type { TrialRow } from "../sweep/row.ts";
import { variedFactors } from "../sweep/settings.ts";
import { grid, gridSize, type Space } from "../sweep/space.ts";
import { logspace } from "../sweep/spacing.ts";
import { MANY_TRIALS, runSweep } from "../sweep/sweep.ts";
import type { SweepPlan, SweepProgress } from "../sweep/sweep_options.ts";
import { summary, summarySentences } from "../sweep/summary.ts";
import { formatTable, rowOf } from "../sweep/table.ts";
import { testBestSetting, testedSentence } from "../sweep/test_best.ts";
import { defineCommand, flag, main, oneOf, option, text, wholeNumber } from "./command.ts";
import { datasetOptions, loadNamed } from "./dataset_option.ts";
import { hyperparameterOptions, spaceFrom } from "./hyperparameter_options.ts";
import { type ProgressBar, progressBar } from "./progress_bar.ts";
import { roundText, rungText, searchOptions } from "./search_options.ts";
import { textTable } from "./text_table.ts";

/** Without flags: project D's network and 13 learning rates, three seeds each, chosen on held-out images. */
const DEFAULT_SPACE: Space = {
  learningRate: logspace(0.001, 1, 13),
  epochs: 2,
  validation: 0.1,
  seed: [1, 2, 3],
};
const DEFAULT_NAME = "learning-rate";
/** Rows that are printed; the table has them all. */
const SHOWN = 1000;

/** `deno task sweep` */
export const sweep = defineCommand({
  name: "sweep",
  summary: "Train a network for every combination of hyperparameters, on all cores, and write\n" +
    "results/NAME.csv, results/NAME.svg and, for two epochs or more, results/NAME-epochs.csv.\n\n" +
    "A flag takes one value, several separated by commas, logspace(from,to,count) or\n" +
    "linspace(from,to,count). Without flags: 13 learning rates from 0.001 to 1, 2 epochs, 3 seeds,\n" +
    "compared on a tenth of the training images, which is held out.\n" +
    "With --search, it also takes a distribution to draw from; lists are combined at each point.\n" +
    "Several --epochs are read from one training wherever the schedule and early stopping do not\n" +
    "look ahead to its end; otherwise each is trained.\n" +
    "Finished trials are kept: after Ctrl-C the same command resumes, and an earlier sweep of that\n" +
    "name is restored without training. More values extend a table; one that would lose rows is\n" +
    "replaced only with --replace, and kept in results/.journal.",
  options: {
    name: option("<name>", "of the result files (learning-rate without flags, else sweep)", text),
    ...datasetOptions,
    metric: option(
      "<name>",
      `of the figure and the best: ${METRICS.join(", ")} (validationLoss, or else testLoss)`,
      oneOf(METRICS),
    ),
    testBest: flag(
      "at the end, read the test set for the best setting, chosen on validation images; the " +
        "result goes to results/NAME-tested.csv, which stays while its trials are in the table",
    ),
    workers: option("<n>", "trials at a time (one per core)", wholeNumber(1, 1024)),
    ...searchOptions,
    cluster: option(
      "<address>",
      "run the trials on a Ray cluster: local for one on this machine, auto for the one it belongs " +
        "to, or host:port of its head",
      text,
    ),
    clusterCpus: option("<n>", "most cores of the cluster (all)", wholeNumber(1, 100_000)),
    replace: flag("replace a table of that name whose rows are not all in this sweep"),
    yes: flag(`train more than ${MANY_TRIALS} trials`),
    ...hyperparameterOptions(true),
  },
  examples: [
    "sweep",
    'sweep --name rates --learning-rate "logspace(0.001,1,13)" --epochs 2 --seed 1,2,3',
    "sweep --name batches --layers 784-32-10,784-64-10,784-128-10 --batch-size 32,128",
    'sweep --name points --search "quasiRandom(40)" --learning-rate "logUniform(0.001,1)" ' +
    '--optimizer "choice(sgd,momentum(uniform(0.5,0.99)))" --validation 0.1',
    'sweep --name rounds --search "quasiRandom(10)" --rounds 4 ' +
    '--learning-rate "logUniform(0.001,1)" --l2 "logUniform(0.000001,0.01)" --validation 0.1',
    'sweep --name rungs --search "random(27)" --halving 3 --learning-rate "logUniform(0.001,1)" ' +
    "--epochs 9 --validation 0.1",
    'sweep --name rules --optimizer "adam,adamW(0.9,0.999,0.1),lion" --learning-rate 0.0003,0.001',
    "sweep --name functions --activation relu,tanh,sigmoid --metric testAccuracy",
    "sweep --name chosen --learning-rate 0.05,0.1,0.2 --validation 0.1 --seed 1,2,3 --test-best",
    "sweep --name batches --layers 784-256-10 --replace  # not the table of the line above",
    "sweep --name far --cluster local --seed 1,2  # after cluster --setup",
  ],
  async run({ options, say, note, fail, onInterrupt }) {
    const given = spaceFrom(options);
    const byDefault = Object.keys(given).length === 0;
    const space = byDefault ? DEFAULT_SPACE : given;
    const name = options.name ?? (byDefault ? DEFAULT_NAME : "sweep");
    checkSweepName(name);
    checkMetric(options.metric, space.validation);
    if (options.testBest && [space.validation ?? "none"].flat().includes("none")) {
      throw usageError(
        "--test-best needs a validation set to choose on; add, for example, --validation 0.1",
      );
    }
    const engine = await engineOf(options, note);
    const workers = engine ? 1 : options.workers ?? navigator.hardwareConcurrency;
    const { search, halving, rounds, budget } = options;
    roundsIn(space, options);
    const count = gridSize(space, search) * (rounds ?? 1);
    // Report invalid values before loading the data; checking a million trials takes seconds.
    if (count <= MANY_TRIALS && search === undefined) grid(space);
    const place = engine ? `the cluster ${options.cluster}` : plural(workers, "worker");
    note(`sweep ${name}: ${plural(count, "trial")} on ${place}`);

    const { dataset, remind } = await loadNamed(options, note);
    note(
      `dataset ${dataset.name}: ${dataset.train.count} images to train on, ${dataset.test.count} to test with`,
    );
    // The name alone means MNIST: other data must not replace its results.
    const isOther = options.name === undefined && !["mnist", "synthetic"].includes(dataset.name);
    const files = sweepFiles(isOther ? `${name}-${dataset.name}` : name, dataset);
    if (!options.replace) {
      const advice = "choose another --name, or add --replace";
      await checkContainsFormer(files, space, dataset, advice, options);
    }
    const watch = watcher();
    onInterrupt(() => watch.stopped());
    const results = await runSweep(space, dataset, {
      journal: files.journal,
      ...{ workers, engine, search, halving, rounds, budget },
      metric: options.metric,
      onNotice: note,
      onRound: (report) => note(roundText(report)),
      onRung: (report) => note(rungText(report)),
      onPlan: (plan) => notePlan(plan, options, note),
      onProgress: watch.update,
    }).finally(watch.stop);
    if (watch.reused() > 0) {
      note(`${plural(watch.reused(), "trial")} of ${watch.trials()} had already finished`);
    }
    const rows = results.map(rowOf);
    const unfinished = watch.trials() - watch.finished();
    if (unfinished > 0) {
      note(
        `the budget is spent: ${watch.finished()} of ${plural(watch.trials(), "trial")} are ` +
          "finished; the same command continues",
      );
      const why = await whyNotWritten(files, rows.length, options.replace);
      if (why !== undefined) {
        note(why);
        return { name: files.name, dataset: dataset.name, rows, unfinished };
      }
    }
    // Load plotting only now, so that it does not delay the first line of output.
    const { sweepFigure } = await import("../plot/sweep_figure.ts");
    const kept = await writeResultFiles(
      files,
      formatTable(rows),
      sweepFigure(rows, { metric: options.metric, curves: learningCurves(results) }).svg,
      formatEpochs(results),
    );
    if (kept !== undefined) note(kept);

    say(
      textTable(rows.slice(0, SHOWN), shownColumns(rows), {
        trainLoss: 4,
        validationLoss: 4,
        validationAccuracy: 4,
        testLoss: 4,
        testAccuracy: 4,
      }),
    );
    const more = rows.length - SHOWN;
    if (more > 0) say(`… ${plural(more, "more row")} in ${basename(files.table)}`);
    for (const { reason, hyperparameters } of results.filter(({ status }) => status === "failed")) {
      note(`failed: ${JSON.stringify(hyperparameters)}: ${reason}`);
    }
    say(`\n${bestSentence(rows, options.metric)}`);
    const uncompared = metricNote(rows, options.metric);
    if (uncompared) note(uncompared);
    summarySentences(rows, options.metric).forEach((line) => say(line));
    if (isOnTest(comparedBy(rows, options.metric))) {
      note(
        "add --validation 0.1 to choose on images that are held out of the training set instead",
      );
    }
    const test = options.testBest && unfinished === 0
      ? await readTestSet(rows, dataset, files, options, say)
      : null;
    const [table, figure] = [files.table, files.figure].map((p) => relative(Deno.cwd(), p));
    say(`wrote ${table} and ${figure}`);
    remind();
    const failed = rows.filter(({ status }) => status === "failed").length;
    if (failed > 0) {
      fail(`${plural(failed, "trial")} of ${rows.length} failed; run again to try them again`);
    }
    return {
      name: files.name,
      dataset: dataset.name,
      table,
      figure,
      rows,
      summary: summary(rows, options.metric),
      ...test && { test },
      ...unfinished > 0 && { unfinished },
    };
  },
});

/** Reads the test set for the best setting; reports and writes the result. */
async function readTestSet(
  rows: readonly TrialRow[],
  dataset: Dataset,
  files: SweepFiles,
  { metric, workers }: { readonly metric?: Metric; readonly workers?: number },
  say: (line: string) => void,
) {
  const watch = watcher();
  const { journal } = files;
  const tested = await testBestSetting(rows, dataset, {
    ...{ metric, workers, journal },
    onProgress: watch.update,
  }).finally(watch.stop);
  const table = relative(Deno.cwd(), await writeTested(files, formatTable(tested.rows)));
  say(`${testedSentence(tested)} (${table})`);
  return { ...tested, table };
}

/** The engine of a sweep on a cluster; `undefined` for worker threads. */
async function engineOf(
  { cluster, clusterCpus }: { cluster?: string; clusterCpus?: number },
  onNotice: (line: string) => void,
): Promise<Engine | undefined> {
  if (cluster === undefined) {
    if (clusterCpus !== undefined) throw usageError("--cluster-cpus needs --cluster");
    return undefined;
  }
  const { checkClusterAddress, onCluster } = await import("../cluster/engine.ts");
  const address = checkClusterAddress(cluster);
  await (await import("../cluster/ray.ts")).rayPython();
  return onCluster({
    address,
    cpus: clusterCpus,
    onNotice,
    onJoin: onNotice,
  });
}

/** Reports the number of trials to train and the estimated time. */
function notePlan(
  { missing, seconds }: SweepPlan,
  { yes, cluster }: { yes: boolean; cluster?: string },
  note: (line: string) => void,
) {
  if (missing === 0) return;
  const share = cluster === undefined ? "" : " on one core, shared by those of the cluster";
  const plan = `${plural(missing, "trial")} to train, ${aboutTime(seconds)}${share}`;
  if (missing > MANY_TRIALS && !yes) throw usageError(`${plan}: add --yes to begin`);
  note(plan);
}

/** A bar that counts images; it also provides the message after Ctrl-C. */
function watcher() {
  let bar: ProgressBar | undefined;
  let last: SweepProgress | undefined;
  return {
    update(progress: SweepProgress) {
      last = progress;
      const { images, totalImages: total, finished, trials } = progress;
      if (total === 0) return;
      bar ??= progressBar({ label: "training", total, unit: "images" });
      bar.update(images, `${finished} of ${trials} trials`, total);
    },
    stop: () => bar?.stop(),
    stopped() {
      bar?.stop();
      if (last === undefined) return "no trial has started";
      const { finished, trials } = last;
      return `${finished} of ${trials} trials are finished and kept; ` +
        `the same command resumes from there`;
    },
    reused: () => last?.reused ?? 0,
    finished: () => last?.finished ?? 0,
    trials: () => last?.trials ?? 0,
  };
}

/** The columns that are printed: what varies between the trials, and how they ended. */
function shownColumns(rows: readonly TrialRow[]): (keyof TrialRow)[] {
  const seeds = new Set(rows.map(({ seed }) => seed)).size;
  const { loss, accuracy } = heldOutMeasures(rows);
  const results = ["status", "trainLoss", loss, accuracy] as const;
  return [...variedFactors(rows), ...seeds > 1 ? ["seed"] as const : [], ...results];
}

if (import.meta.main) await main(sweep);
