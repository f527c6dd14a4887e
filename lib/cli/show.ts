/** `deno task show TABLE.csv`: any table of the project as an interactive figure in the browser. */
import { basename, join } from "node:path";
import { pathToFileURL } from "node:url";
import { writeFileAtomically } from "../base/atomic_file.ts";
import { defineCommand, fileName, flag, main, option } from "./command.ts";
import { showInBrowser } from "./open_browser.ts";
import { readRecords } from "./table_records.ts";

export const show = defineCommand({
  name: "show",
  summary:
    "Open the figure of a table in the browser: the pointer or the arrow keys show each trial's\n" +
    "varied hyperparameters and result.\n\n" +
    "The page is one self-contained file: it can be mailed. `deno task window` opens the figure on a\n" +
    "page of nodeplotlib instead, to zoom and pan.",
  arguments: { table: "a table of this project, such as results/learning-rate.csv" },
  options: {
    out: option(
      "<file>",
      "the page to write, .html; a temporary file by default",
      fileName(".html", ".htm"),
    ),
    noOpen: flag("do not open a browser"),
  },
  examples: [
    "show results/learning-rate.csv",
    "show results/reported-figures.csv --out figures.html --no-open",
  ],
  async run({ arguments: { table }, options, say, note }) {
    const records = await readRecords(table);
    const [{ tableFigure }, { figurePage }] = await Promise.all([
      import("../plot/table_figure.ts"),
      import("../plot/figure_page.ts"),
    ]);
    const html = await figurePage(tableFigure(basename(table), records));
    const file = options.out ?? await temporaryFile();
    await writeFileAtomically(file, html);
    say(`wrote ${file}`);
    const address = pathToFileURL(await Deno.realPath(file)).href;
    await showInBrowser(address, options.noOpen, say, note);
    return { table, file };
  },
});

/** A file in a new temporary folder in /tmp, where the task may write. */
async function temporaryFile(): Promise<string> {
  const dir = Deno.build.os === "windows" ? undefined : "/tmp";
  return join(await Deno.makeTempDir({ dir, prefix: "descent-" }), "figure.html");
}

if (import.meta.main) await main(show);
