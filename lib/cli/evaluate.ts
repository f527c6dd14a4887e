import { checkWritable, writeFileAtomically } from "../base/atomic_file.ts";
import { UserError } from "../base/user_error.ts";
import { type Dataset, type Samples } from "../dataset/dataset.ts";
import { plainKernel } from "../kernel/plain.ts";
import { simdKernel } from "../kernel/simd.ts";
import type { Architecture, Model } from "../network/architecture.ts";
import { isFiniteModel, networkOf, weightsDigest } from "../network/network.ts";
import { loadModel } from "../model/model_file.ts";
import { classScores } from "../training/class_scores.ts";
import { evaluate as evaluateNetwork } from "../training/evaluate.ts";
import { wilsonInterval } from "../training/wilson.ts";
import { checkDigitModel } from "../recognition/classify.ts";
import { accuracyText } from "./accuracy_text.ts";
import { defineCommand, fileName, main, oneOf, option } from "./command.ts";
import { datasetOption, loadNamed } from "./dataset_option.ts";
import { modelOptions } from "./model_options.ts";
import { textTable } from "./text_table.ts";

/** `deno task evaluate` */
export const evaluate = defineCommand({
  name: "evaluate",
  summary:
    "Say how well a trained network does on images: loss, accuracy with its 95 % interval,\n" +
    "confusion matrix, precision and recall of each class.\n\n" +
    "MODEL is a file this project wrote or one of NumPy's: .npz, a folder of .npy files, .json, or\n" +
    "a pair of .csv files. Where a file does not say what its layers compute, the flags do.",
  arguments: { model: "the network" },
  options: {
    dataset: datasetOption,
    part: option("<part>", "which images: test or train", oneOf(["test", "train"]), "test"),
    mistakes: option("<file>", "draw the most confident mistakes there, an .svg", fileName(".svg")),
    ...modelOptions,
  },
  examples: [
    "evaluate model.npz",
    "evaluate model.npz --dataset mnist --part train --json",
    "evaluate model.npz --mistakes mistakes.svg",
    "evaluate weights-folder --activation relu",
  ],
  async run({ arguments: { model: path }, options, say, note }) {
    const { dataset: name, part, mistakes, ...reading } = options;
    const { model, notices } = await loadModel(path, reading);
    notices.forEach(note);
    if (mistakes !== undefined) {
      checkDigitModel(model, path);
      await checkWritable(mistakes);
    }
    if (!isFiniteModel(model)) {
      note(`${path}: some of its numbers are not finite: its training diverged`);
    }
    const { dataset, remind } = await loadNamed(name, note);
    const samples = dataset[part];
    checkFit(path, model.architecture, dataset, samples);
    // A file in 64 bits is taken at its word.
    const wide = model.parameters.some(({ weights }) => weights instanceof Float64Array);
    const network = networkOf(wide ? plainKernel(64) : simdKernel(), model);
    const { loss, accuracy, confusion } = evaluateNetwork(network, samples);

    say(
      `${
        model.architecture.layers.join("-")
      } on the ${samples.count} ${part} images of ${dataset.name}`,
    );
    say(`accuracy ${accuracyText(accuracy, samples.count)}, loss ${loss.toFixed(4)}`);
    say(`\n${confusionText(confusion, dataset.classes)}`);
    const scores = classScores(confusion)
      .map(({ label, ...score }) => ({ class: dataset.classes[label], ...score }));
    const columns = ["class", "images", "precision", "recall"] as const;
    say(`\n${textTable(scores, columns, { precision: 4, recall: 4 })}`);
    if (mistakes !== undefined) {
      await drawMistakes(mistakes, model, samples);
      say(`\nwrote ${mistakes}`);
    }
    remind();
    return {
      model: path,
      layers: model.architecture.layers,
      dataset: dataset.name,
      part,
      images: samples.count,
      testLoss: loss,
      testAccuracy: accuracy,
      interval: wilsonInterval(accuracy * samples.count, samples.count),
      confusion,
      classes: scores,
      weightsDigest: weightsDigest(model),
    };
  },
});

/** Pictures of the 32 mistakes that the network was surest of. */
async function drawMistakes(path: string, model: Model, samples: Samples): Promise<void> {
  const { predictionGrid } = await import("../plot/prediction_grid.ts");
  const { mostConfidentMistakes, predictions } = await import("../recognition/predictions.ts");
  const worst = mostConfidentMistakes(predictions(model, samples), 32);
  const { svg } = predictionGrid(samples, worst, "The most confident mistakes");
  await writeFileAtomically(path, svg);
}

function checkFit(
  path: string,
  { layers }: Architecture,
  dataset: Dataset,
  samples: Samples,
): void {
  const pixels = samples.width * samples.height;
  const outputs = layers[layers.length - 1];
  if (layers[0] === pixels && outputs === dataset.classes.length) return;
  throw new UserError(
    `${path}: a network from ${layers[0]} inputs to ${outputs} classes, but the images of ` +
      `${dataset.name} have ${pixels} pixels and ${dataset.classes.length} classes`,
  );
}

/** The confusion matrix as text: a row per class that is, a column per class that it was taken for. */
function confusionText(
  confusion: readonly (readonly number[])[],
  classes: readonly string[],
): string {
  const cells = [
    ["is \\ taken for", ...classes],
    ...confusion.map((row, c) => [classes[c], ...row.map(String)]),
  ];
  const widths = cells[0].map((_, c) => Math.max(...cells.map((row) => row[c].length)));
  return cells.map((row) => row.map((cell, c) => cell.padStart(widths[c])).join("  ")).join("\n");
}

if (import.meta.main) await main(evaluate);
