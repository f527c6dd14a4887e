import { resolve } from "node:path";
import { usageError } from "../base/user_error.ts";
import { discardPartial, formOf, readImages, writeImages } from "../dataset/convert.ts";
import { defineCommand, main, oneOf, option } from "./command.ts";
import { readOptions } from "./dataset_option.ts";
import { lazyProgressBar } from "./progress_bar.ts";

/** `deno task convert FROM TO` */
export const convert = defineCommand({
  name: "convert",
  summary: "Convert labelled images between IDX files, CSV and image folders.\n\n" +
    "  IDX     named by the file with the images, e.g. train-images-idx3-ubyte.gz; the labels\n" +
    "          are in train-labels-idx1-ubyte.gz beside it; .gz may be omitted\n" +
    "  CSV     NAME.csv or NAME.csv.gz: a line per image, the label (a number or, when reading, a\n" +
    "          name), then the pixels\n" +
    "  folder  ROOT/LABEL/*.png, .jpg, …",
  arguments: {
    from: "the source; its format is detected from the content",
    to: "the target; its name determines the format",
  },
  options: {
    ...readOptions,
    imageFormat: option("<format>", "png or jpeg, in a folder (png)", oneOf(["png", "jpeg"])),
  },
  examples: [
    "convert photos digits.csv  # photos/7/a.jpg becomes a line 7,0,0,…",
    "convert data/mnist/t10k-images-idx3-ubyte.gz t10k  # t10k/7/00000.png, …",
    "convert mnist_train.csv.gz my-images-idx3-ubyte.gz",
  ],
  async run({ arguments: { from, to }, options, say, note, onInterrupt }) {
    if (resolve(from) === resolve(to)) throw usageError("FROM and TO are the same");
    // Report a wrong name before the work.
    if (formOf(to) !== "folder" && options.imageFormat !== undefined) {
      throw usageError(`--image-format is for a folder, and ${to} is none`);
    }
    onInterrupt(async () => {
      await discardPartial(to);
      return `${to} was not written`;
    });
    const reading = lazyProgressBar("reading", note);
    const set = await readImages(from, {
      size: options.size,
      classes: options.classes,
      onNotice: reading.note,
      onProgress: reading.update,
    }).finally(reading.stop);
    const writing = lazyProgressBar("writing");
    await writeImages(to, set, { imageFormat: options.imageFormat, onProgress: writing.update })
      .finally(writing.stop);
    const { count, width, height } = set.samples;
    const classes = set.labelled ? `${set.classes.length} classes` : "without labels";
    say(`${to}: ${count} images of ${width}×${height} pixels, ${classes}`);
    if (set.labelled && set.classes.some((name, label) => name !== String(label))) {
      say(`labels: ${set.classes.map((name, label) => `${label} is ${name}`).join(", ")}`);
    }
    return { from, to, count, width, height, labelled: set.labelled, classes: set.classes };
  },
});

if (import.meta.main) await main(convert);
