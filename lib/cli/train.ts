import { relative } from "node:path";
import { decimalNumber } from "../base/number.ts";
import { accuracyText, lossText } from "../base/number_text.ts";
import { projectPath } from "../base/project.ts";
import { mean } from "../base/statistics.ts";
import { usageError, UserError } from "../base/user_error.ts";
import type { Dataset } from "../dataset/dataset.ts";
import { checkModelPath, modelFormatOf, saveModel } from "../model/model_file.ts";
import { type CheckpointFile, checkpointFile } from "../sweep/checkpoint_file.ts";
import { trialKey } from "../sweep/trial_key.ts";
import { complete, fitTo, type Hyperparameters, lastEpoch } from "../training/hyperparameters.ts";
import { MOST_THREADS, type Threads } from "../training/threads.ts";
import { trainModel } from "../training/trial.ts";
import type { EpochRecord, TrialResult } from "../training/trial_result.ts";
import { trainedOn } from "../training/validation.ts";
import { accuracyInterval } from "./accuracy_interval.ts";
import { defineCommand, main, option, text } from "./command.ts";
import { datasetOptions, loadNamed } from "./dataset_option.ts";
import { hyperparameterOptions, hyperparametersFrom } from "./hyperparameter_options.ts";
import { progressBar } from "./progress_bar.ts";

/** `deno task train` */
export const train = defineCommand({
  name: "train",
  summary: "Train one network and report its loss and accuracy after every epoch.\n\n" +
    "Until the command is done, a checkpoint is kept in results/.journal/train-….checkpoint: after\n" +
    "Ctrl-C, a crash or a full disk the same command resumes from it, with the same result.",
  options: {
    out: option(
      "<file>",
      "write the network to this file: .npz, .json, DIR/*.npy, NAME-*.csv",
      text,
    ),
    ...datasetOptions,
    threads: option(
      "<n>",
      "cores to train on: a number, or auto for as many as pay; the result is the same",
      threadCount,
      "auto",
    ),
    ...hyperparameterOptions(false),
  },
  examples: [
    "train --epochs 5 --out model.npz",
    "train --layers 784,300,10 --activation tanh --learning-rate 0.05 --batch-size 16",
    "train --normalization batch --dropout 0.2-0.5-0.5 --label-smoothing 0.1",
    'train --optimizer momentum --learning-rate 0.05 --schedule "oneCycle(0.3,25,10000,0.85,0.95)"',
    'train --learning-rate 0.5 --schedule "step(0.5,26)" --batch-size 512 --epochs 30 --json',
  ],
  async run({ options, say, note, fail, onInterrupt }) {
    const settings = complete(hyperparametersFrom(options));
    // Report a path that cannot be written before the work.
    if (options.out !== undefined) await checkModelPath(options.out);
    const { dataset, remind } = await loadNamed(options, note);
    const hyperparameters = fitTo(settings, dataset);
    note(`training ${hyperparameters.layers.join("-")}`);
    const epochs = lastEpoch(hyperparameters);
    const trained = trainedOn(hyperparameters.validation, dataset.train.count);
    const images = epochs * trained;
    const kept = keptTraining(hyperparameters, dataset, note);
    const stop = new AbortController();
    const bar = progressBar({ label: "training", total: images, unit: "images" }, note);
    onInterrupt(() => {
      stop.abort();
      bar.stop();
      return kept.sentence();
    });
    const seconds: number[] = [];
    let begun = performance.now();
    const { result, model } = await trainModel(hyperparameters, dataset, {
      ...kept.hooks,
      signal: stop.signal,
      threads: options.threads,
      onStep: ({ step, steps, loss }) =>
        bar.update(images * step / steps, `loss ${lossText(loss)}`),
      onEpoch(record) {
        seconds.push((performance.now() - begun) / 1000);
        begun = performance.now();
        bar.note(epochLine(record, epochs));
      },
    }).finally(bar.stop);

    if (result.status === "diverged") note(`diverged: ${result.reason}`);
    else say(outcomeText(result, dataset, dataset.train.count - trained));
    const isTrained = result.status === "completed";
    const files = options.out && isTrained
      ? await saveModel(options.out, model).catch(async (error) => {
        if (!(error instanceof UserError)) throw error;
        throw new UserError(`${error.message}\n${await kept.sentence()}`);
      })
      : [];
    kept.remove();
    if (options.out && !isTrained) fail(`${options.out} was not written: the training diverged`);
    if (files.length > 0) {
      if (modelFormatOf(options.out!) === "csv" && model.architecture.normalizations) {
        note("CSV has no place for batch normalization: it is folded into weights and biases");
      }
      say(`wrote ${files.map((file) => relative(Deno.cwd(), file)).join(", ")}`);
    }
    remind();
    const { history, ...rest } = result;
    return {
      ...rest,
      epochs: history,
      secondsPerEpoch: mean(seconds) ?? null,
      files,
    };
  },
});

/** Parser of a number of threads or `auto`. */
function threadCount(text: string): Threads {
  if (text === "auto") return text;
  const threads = decimalNumber(text);
  if (Number.isInteger(threads) && threads >= 1 && threads <= MOST_THREADS) return threads;
  throw usageError(`expected auto or a whole number from 1 to ${MOST_THREADS}`);
}

/** Milliseconds between checkpoints: the most training that a crash may lose. */
const PERIOD = 1000;

/** The checkpoint of a training, found again by the same settings and data. */
function keptTraining(
  hyperparameters: Hyperparameters,
  dataset: Dataset,
  note: (line: string) => void,
): Pick<CheckpointFile, "hooks" | "remove"> & { sentence: () => Promise<string> } {
  const key = trialKey(hyperparameters, dataset).slice(0, 16);
  const path = projectPath("results", ".journal", `train-${key}.checkpoint`);
  const shown = relative(Deno.cwd(), path);
  const epochs = lastEpoch(hyperparameters);
  const { hooks, remove, save } = checkpointFile(path, PERIOD, (error) => {
    note(`no checkpoint is kept: ${error.message}`);
  });
  const before = hooks.resumeFrom?.history.length;
  if (before) note(`resuming after epoch ${before} of ${epochs}, from ${shown}`);
  return {
    hooks,
    remove,
    async sentence() {
      const done = await save();
      if (done === 0) return "no epoch is finished yet";
      return `epoch ${done} of ${epochs} is kept in ${shown}; the same command resumes from there`;
    },
  };
}

/** Formats the result of a training: its epochs if it stopped early, and its metrics on held-out images. */
function outcomeText(
  { hyperparameters, history, bestEpoch, ...result }: TrialResult,
  { test }: Dataset,
  validationImages: number,
): string {
  const [set, images] = validationImages > 0
    ? ["validation" as const, validationImages]
    : ["test" as const, test.count];
  const accuracy = accuracyInterval(result[`${set}Accuracy`]!, images);
  const measures = `${set} accuracy ${accuracy}, ${set} loss ${lossText(result[`${set}Loss`]!)}`;
  if (bestEpoch === undefined) return measures;
  const end = history.length < lastEpoch(hyperparameters)
    ? `stopped after epoch ${history.length}`
    : `trained for all ${history.length} epochs`;
  return `${end}; the weights are those of epoch ${bestEpoch}, the best\n${measures}`;
}

function epochLine(record: EpochRecord, epochs: number): string {
  const { epoch, trainLoss, validationLoss, validationAccuracy, testLoss, testAccuracy } = record;
  const number = String(epoch).padStart(String(epochs).length);
  const set = validationLoss === undefined ? "test" : "validation";
  const loss = validationLoss ?? testLoss!, accuracy = validationAccuracy ?? testAccuracy!;
  return `epoch ${number}: train loss ${lossText(trainLoss)}, ${set} loss ${lossText(loss)}, ` +
    `${set} accuracy ${accuracyText(accuracy)}`;
}

if (import.meta.main) await main(train);
