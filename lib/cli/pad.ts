import { writeFileAtomically } from "../base/atomic_file.ts";
import { loadModel } from "../model/model_file.ts";
import { padHtml } from "../pad/build.ts";
import { defineCommand, fileName, main, option } from "./command.ts";
import { modelOptions } from "./model_options.ts";

/** `deno task pad` */
export const pad = defineCommand({
  name: "pad",
  summary: "Create a page to draw digits on, which shows how the network classifies them.\n\n" +
    "The page is one self-contained file: open it in any browser, mail it, put it on a phone.\n" +
    "It makes no network requests.",
  arguments: { model: "the network, e.g. results/models/digits.npz" },
  options: {
    out: option("<file>", "the page to write, .html", fileName(".html", ".htm"), "pad.html"),
    ...modelOptions,
  },
  examples: ["pad results/models/digits.npz --out pad.html"],
  async run({ arguments: { model: path }, options, say, note }) {
    const { out, ...reading } = options;
    const { model, notices } = await loadModel(path, reading);
    notices.forEach(note);
    const html = await padHtml(model, path);
    await writeFileAtomically(out, html);
    const { length } = new TextEncoder().encode(html);
    say(`wrote ${out}, ${Math.round(length / 1024)} KiB; open it in a browser`);
    return { file: out, bytes: length };
  },
});

if (import.meta.main) await main(pad);
