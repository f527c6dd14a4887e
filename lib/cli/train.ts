import { relative } from "node:path";
import { checkModelPath, saveModel } from "../model/model_file.ts";
import { complete } from "../training/hyperparameters.ts";
import { trainModel } from "../training/trial.ts";
import type { EpochRecord } from "../training/trial_result.ts";
import { accuracyText } from "./accuracy_text.ts";
import { defineCommand, main, option, text } from "./command.ts";
import { datasetOption, loadNamed } from "./dataset_option.ts";
import { hyperparameterOptions, hyperparametersFrom } from "./hyperparameter_options.ts";
import { progressBar } from "./progress_bar.ts";

/** `deno task train` */
export const train = defineCommand({
  name: "train",
  summary: "Train one network and say how well it does after every epoch.",
  options: {
    out: option(
      "<file>",
      "write the network to this file: .npz, .json, DIR/*.npy, NAME-*.csv",
      text,
    ),
    dataset: datasetOption,
    ...hyperparameterOptions(false),
  },
  examples: [
    "train --epochs 5 --out model.npz",
    "train --layers 784,300,10 --activation tanh --learning-rate 0.05 --batch-size 16",
    'train --learning-rate 0.5 --schedule "step(0.5,26)" --batch-size 512 --epochs 30 --json',
  ],
  async run({ options, say, note, fail, onInterrupt }) {
    const hyperparameters = complete(hyperparametersFrom(options));
    // A place that cannot be written is told before the work, not after it.
    if (options.out !== undefined) await checkModelPath(options.out);
    note(`training ${hyperparameters.layers.join("-")}`);
    const { dataset, remind } = await loadNamed(options.dataset, note);
    onInterrupt(() => options.out === undefined ? "" : `${options.out} was not written`);

    const { epochs } = hyperparameters;
    const images = epochs * dataset.train.count;
    const bar = progressBar({ label: "training", total: images, unit: "images" }, note);
    const seconds: number[] = [];
    let begun = performance.now();
    const { result, model } = await trainModel(hyperparameters, dataset, {
      onStep: ({ step, steps, loss }) =>
        bar.update(images * step / steps, `loss ${loss.toFixed(4)}`),
      onEpoch(record) {
        seconds.push((performance.now() - begun) / 1000);
        begun = performance.now();
        bar.note(epochLine(record, epochs));
      },
    }).finally(bar.stop);

    if (result.status === "diverged") note(`diverged: ${result.reason}`);
    else {
      const accuracy = accuracyText(result.testAccuracy!, dataset.test.count);
      say(`test accuracy ${accuracy}, test loss ${result.testLoss!.toFixed(4)}`);
    }
    const isTrained = result.status === "completed";
    const files = options.out && isTrained ? await saveModel(options.out, model) : [];
    if (options.out && !isTrained) fail(`${options.out} was not written: the training diverged`);
    if (files.length > 0) {
      say(`wrote ${files.map((file) => relative(Deno.cwd(), file)).join(", ")}`);
    }
    remind();
    const { history, ...rest } = result;
    return {
      ...rest,
      epochs: history,
      secondsPerEpoch: seconds.length > 0
        ? seconds.reduce((sum, s) => sum + s, 0) / seconds.length
        : null,
      files,
    };
  },
});

function epochLine(
  { epoch, trainLoss, testLoss, testAccuracy }: EpochRecord,
  epochs: number,
): string {
  const number = String(epoch).padStart(String(epochs).length);
  return `epoch ${number}: train loss ${trainLoss.toFixed(4)}, test loss ${testLoss.toFixed(4)}, ` +
    `test accuracy ${(100 * testAccuracy).toFixed(2)} %`;
}

if (import.meta.main) await main(train);
