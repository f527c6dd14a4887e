import { join } from "node:path";
import { writeFileAtomically } from "../base/atomic_file.ts";
import { lessonHtml } from "../lesson/build.ts";
import { digitFiles, firstDigits } from "../lesson/digits.ts";
import { defineCommand, fileName, main, option, text } from "./command.ts";
import { loadNamed } from "./dataset_option.ts";

/** `deno task lesson` */
export const lesson = defineCommand({
  name: "lesson",
  summary: "Create a page on which a network learns while one watches and changes it.\n\n" +
    "The page is one self-contained file: open it in any browser, mail it, put it on a phone.\n" +
    "It makes no network requests. The first 10,000 training and 2,000 test digits of MNIST travel\n" +
    "in it, or synthetic digits where MNIST is not available; the page then says so.",
  options: {
    out: option("<file>", "the page to write, .html", fileName(".html", ".htm"), "lesson.html"),
    dataset: option(
      "<name>",
      "the digits: mnist, synthetic, or a folder of IDX files; defaults to MNIST, or to synthetic " +
        "digits where it is not available",
      text,
    ),
    digits: option(
      "<folder>",
      "write the page's digits there too, as IDX files, to repeat its trainings with deno task train",
      text,
    ),
  },
  examples: [
    "lesson --out lesson.html",
    "lesson --out lesson.html --digits lesson-digits",
    "lesson --dataset synthetic --out lesson.html --json",
  ],
  async run({ options, say, note }) {
    const { out, dataset: name, digits: folder } = options;
    const { dataset, remind } = await loadNamed({ dataset: name }, note);
    const digits = firstDigits(dataset);
    const html = await lessonHtml(digits);
    await writeFileAtomically(out, html);
    const { length } = new TextEncoder().encode(html);
    say(`wrote ${out}, ${Math.round(length / 1024)} KiB; open it in a browser`);
    const files = folder === undefined ? [] : digitFiles(digits);
    for (const { name, bytes } of files) await writeFileAtomically(join(folder!, name), bytes);
    if (folder !== undefined) say(`wrote the page's digits into ${folder}`);
    remind();
    return {
      file: out,
      bytes: length,
      dataset: digits.name,
      train: digits.train.count,
      test: digits.test.count,
      digits: folder ?? null,
    };
  },
});

if (import.meta.main) await main(lesson);
