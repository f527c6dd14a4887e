import { checkWritable, writeFileAtomically } from "../base/atomic_file.ts";
import { lossText } from "../base/number_text.ts";
import { UserError } from "../base/user_error.ts";
import type { Samples } from "../dataset/dataset.ts";
import { isDatasetName, type LoadedPart } from "../dataset/load.ts";
import { plainKernel } from "../kernel/plain.ts";
import { simdKernel } from "../kernel/simd.ts";
import type { Architecture, Model } from "../network/architecture.ts";
import { isFiniteModel, networkOf, weightsDigest } from "../network/network.ts";
import { loadModel } from "../model/model_file.ts";
import { classScores } from "../training/class_scores.ts";
import { evaluate as evaluateNetwork } from "../training/evaluate.ts";
import { wilsonInterval } from "../training/wilson.ts";
import { imageKindOf } from "../network/image_kind.ts";
import { accuracyInterval } from "./accuracy_interval.ts";
import { defineCommand, fileName, main, option } from "./command.ts";
import { type DatasetChoice, datasetOptions, loadNamedPart, partOption } from "./dataset_option.ts";
import { modelOptions } from "./model_options.ts";
import { textTable } from "./text_table.ts";

/** `deno task evaluate` */
export const evaluate = defineCommand({
  name: "evaluate",
  summary: "Evaluate a trained network on images: loss, accuracy with its 95 % interval,\n" +
    "confusion matrix, precision and recall of each class.\n\n" +
    "MODEL is a file written by this project or by NumPy: .npz, a folder of .npy files, .json, or\n" +
    "a pair of .csv files. The flags specify activations and loss if the file does not.",
  arguments: { model: "the network" },
  options: {
    ...datasetOptions,
    part: partOption,
    mistakes: option(
      "<file>",
      "write a figure of the most confident mistakes, .svg",
      fileName(".svg"),
    ),
    ...modelOptions,
  },
  examples: [
    "evaluate model.npz",
    "evaluate model.npz --dataset mnist --part train --json",
    "evaluate model.npz --dataset mine.csv  # all of its images",
    "evaluate model.npz --mistakes mistakes.svg",
    "evaluate weights-folder --activation relu",
  ],
  async run({ arguments: { model: path }, options, say, note }) {
    const { dataset: name, classes, size, part: asked, mistakes, ...reading } = options;
    const { model, notices } = await loadModel(path, reading);
    notices.forEach(note);
    if (mistakes !== undefined) {
      imageKindOf(model, path);
      await checkWritable(mistakes);
    }
    if (!isFiniteModel(model)) {
      note(`${path}: some of its numbers are not finite: its training diverged`);
    }
    const loaded = await loadNamedPart(
      choiceFor(model, { dataset: name, classes, size }),
      asked,
      note,
    );
    const { samples, part } = loaded;
    checkFit(path, model.architecture, loaded);
    // A model in 64 bits is evaluated in 64 bits.
    const wide = model.parameters.some(({ weights }) => weights instanceof Float64Array);
    const network = networkOf(wide ? plainKernel(64) : simdKernel(), model);
    const { loss, accuracy, confusion } = evaluateNetwork(network, samples);
    if (!Number.isFinite(loss)) {
      throw new UserError(
        `${path}: overflows on ${imagesText(loaded)}: its loss is ${loss} and its answers are ` +
          `meaningless; its weights are too large, train it again with a lower learning rate`,
      );
    }

    say(`${model.architecture.layers.join("-")} on ${imagesText(loaded)}`);
    say(`accuracy ${accuracyInterval(accuracy, samples.count)}, loss ${lossText(loss)}`);
    say(`\n${confusionText(confusion, loaded.classes)}`);
    const scores = classScores(confusion)
      .map(({ label, ...score }) => ({ class: loaded.classes[label], ...score }));
    const columns = ["class", "images", "precision", "recall"] as const;
    say(`\n${textTable(scores, columns, { precision: 4, recall: 4 })}`);
    if (mistakes !== undefined) {
      await drawMistakes(mistakes, model, samples);
      say(`\nwrote ${mistakes}`);
    }
    loaded.remind();
    return {
      model: path,
      layers: model.architecture.layers,
      dataset: loaded.name,
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

/** The user's own data are read with the model's classes and image size. */
function choiceFor({ architecture, images }: Model, choice: DatasetChoice): DatasetChoice {
  const outputs = architecture.layers.at(-1)!;
  // Data without names of classes have ten classes by default.
  const known = images?.classes ?? (outputs === 10 ? undefined : outputs);
  const { dataset, classes = known, size = images } = choice;
  const isNamed = dataset === undefined || isDatasetName(dataset);
  return isNamed ? choice : { dataset, classes, size };
}

/** A figure of the 32 mistakes with the highest predicted probability. */
async function drawMistakes(path: string, model: Model, samples: Samples): Promise<void> {
  const { predictionGrid } = await import("../plot/prediction_grid.ts");
  const { mostConfidentMistakes, predictions } = await import("../recognition/predictions.ts");
  const worst = mostConfidentMistakes(predictions(model, samples), 32);
  const { svg } = predictionGrid(samples, worst, "The most confident mistakes");
  await writeFileAtomically(path, svg);
}

/** `the 10000 test images of mnist`, `all 10 images of mine (a single set)`. */
function imagesText({ samples, part, name, single }: LoadedPart): string {
  const which = part === "all" ? `all ${samples.count}` : `the ${samples.count} ${part}`;
  const note = !single
    ? ""
    : part === "all"
    ? " (a single set)"
    : " (a part drawn at random from a single set)";
  return `${which} images of ${name}${note}`;
}

function checkFit(path: string, { layers }: Architecture, loaded: LoadedPart): void {
  const { samples, name, classes } = loaded;
  const pixels = samples.width * samples.height;
  const outputs = layers[layers.length - 1];
  if (layers[0] === pixels && outputs === classes.length) return;
  throw new UserError(
    `${path}: a network from ${layers[0]} inputs to ${outputs} classes, but the images of ` +
      `${name} have ${pixels} pixels and ${classes.length} classes`,
  );
}

/** Formats the confusion matrix: a row per true class, a column per predicted class. */
function confusionText(
  confusion: readonly (readonly number[])[],
  classes: readonly string[],
): string {
  const cells = [
    ["true \\ predicted", ...classes],
    ...confusion.map((row, c) => [classes[c], ...row.map(String)]),
  ];
  const widths = cells[0].map((_, c) => Math.max(...cells.map((row) => row[c].length)));
  return cells.map((row) => row.map((cell, c) => cell.padStart(widths[c])).join("  ")).join("\n");
}

if (import.meta.main) await main(evaluate);
