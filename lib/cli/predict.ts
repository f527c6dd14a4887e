import { writeFileAtomically } from "../base/atomic_file.ts";
import { formatCsv } from "../base/csv.ts";
import { shareText } from "../base/number_text.ts";
import { areIndexNames } from "../dataset/classes.ts";
import { readPicture } from "../picture/picture_file.ts";
import { usageError, UserError } from "../base/user_error.ts";
import { visible } from "../base/visible.ts";
import { loadModel } from "../model/model_file.ts";
import { classifier } from "../recognition/classify.ts";
import { type Recognition, recognize } from "../recognition/recognize.ts";
import { runnerUp } from "../recognition/runner_up.ts";
import { defineCommand, fileName, flag, main, option } from "./command.ts";
import { modelOptions } from "./model_options.ts";
import { picturePaths } from "./picture_paths.ts";

/** The most pictures that `--explain` shows: larger files cannot be opened. */
const MOST_EXPLAINED = 50;

/** The result for a picture. */
interface Prediction {
  readonly path: string;
  /** The name of the class. */
  readonly class: string;
  /** Its index. */
  readonly label: number;
  readonly probability: number;
  readonly probabilities: readonly number[];
}

/** `deno task predict` */
export const predict = defineCommand({
  name: "predict",
  summary: "Recognise the digit, or another class of the training images, in a picture.\n\n" +
    "A picture is a PNG, JPEG, WebP, GIF, TIFF or AVIF file of up to 50 megapixels, dark ink on\n" +
    "light paper or light on dark; a folder means all pictures in it, - a picture on standard\n" +
    "input. A network trained on other images than handwriting gets the whole picture, scaled to\n" +
    "the size of its training images.",
  arguments: { model: "the network, e.g. results/models/digits.npz" },
  rest: { name: "picture", description: "a file, a folder, or -" },
  options: {
    csv: flag("print a table as CSV"),
    explain: option(
      "<file>",
      "draw the stages of preprocessing and the probabilities: a .png or .svg",
      fileName(".png", ".svg"),
    ),
    ...modelOptions,
  },
  examples: [
    "predict results/models/digits.npz seven.jpg",
    "predict results/models/digits.npz photos --csv > digits.csv",
    "predict results/models/digits.npz seven.jpg --explain seven-explained.png",
    "predict results/models/digits.npz - --json < seven.jpg",
  ],
  async run({ arguments: { model: path }, rest, options, json, say, note, fail }) {
    const { csv, explain, ...reading } = options;
    if (rest.indexOf("-") !== rest.lastIndexOf("-")) {
      throw usageError("standard input, -, can be read only once");
    }
    if (csv && json) throw usageError("--csv and --json cannot be combined");
    const { model, notices } = await loadModel(path, reading);
    notices.forEach(note);
    const classify = classifier(model, path);
    const predictions: Prediction[] = [], explained: Recognition[] = [];
    const failures: string[] = [];
    let alone = rest.length === 1;
    const attempt = async (work: () => Promise<void>) => {
      try {
        await work();
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        // A single picture's error is reported at the end of the command.
        if (!alone) note(`error: ${error.message}`);
        failures.push(error.message);
      }
    };
    const one = async (picture: string) => {
      const recognition = await recognizePath(classify, picture);
      if (!csv) say(lineOf(recognition));
      const { path, className, label, probability, probabilities } = recognition;
      predictions.push({ path, class: className, label, probability, probabilities });
      if (explain && explained.length < MOST_EXPLAINED) explained.push(recognition);
    };
    for (const place of rest) {
      await attempt(async () => {
        const pictures = place === "-" ? [place] : await picturePaths(place);
        alone &&= pictures.length === 1;
        for (const picture of pictures) await attempt(() => one(picture));
      });
    }
    if (csv) say(csvOf(predictions, classify.images.classes));
    if (explain && explained.length > 0) {
      if (explained.length < predictions.length) {
        note(`${explain} shows the first ${MOST_EXPLAINED} pictures`);
      }
      await writeStrip(explain, explained);
    }
    if (failures.length > 0) {
      fail(alone ? failures[0] : failureText(failures.length, predictions.length));
    }
    return predictions;
  },
});

async function recognizePath(
  classify: ReturnType<typeof classifier>,
  path: string,
): Promise<Recognition> {
  if (path !== "-") return await recognize(classify, path);
  const bytes = await readPicture(Deno.stdin.readable, "standard input");
  return { ...await recognize(classify, bytes, "standard input"), path };
}

/** `seven.jpg: 7 98.7 %, then 1 0.9 %` */
function lineOf(recognition: Recognition): string {
  const { path, className, label, probability, probabilities, images } = recognition;
  const second = runnerUp(recognition);
  const answer = `${visible(path)}: ${className} (${shareText(probability)})`;
  return second === label
    ? answer
    : `${answer}, then ${images.classes[second]} (${shareText(probabilities[second])})`;
}

function csvOf(predictions: readonly Prediction[], classes: readonly string[]): string {
  const columns = classes.map((name) => areIndexNames(classes) ? `p${name}` : `p ${name}`);
  const rows = predictions.map(({ path, class: name, probability, probabilities }) => ({
    path: visible(path),
    class: name,
    probability,
    ...Object.fromEntries(columns.map((column, c) => [column, probabilities[c]])),
  }));
  return formatCsv(rows, ["path", "class", "probability", ...columns]).trimEnd();
}

async function writeStrip(path: string, recognitions: readonly Recognition[]): Promise<void> {
  const { toPng } = await import("../plot/png.ts");
  const { recognitionStrip } = await import("../plot/recognition_strip.ts");
  const figure = recognitionStrip(recognitions);
  const isSvg = path.toLowerCase().endsWith(".svg");
  await writeFileAtomically(path, isSvg ? figure.svg : await toPng(figure));
}

function failureText(failures: number, done: number): string {
  const some = failures === 1 ? "one was not" : `${failures} were not`;
  return done === 0 ? "no picture was recognised" : `${done} recognised, ${some}; see above`;
}

if (import.meta.main) await main(predict);
