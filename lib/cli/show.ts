/** `deno task show TABLE.csv`: any table of the project as an interactive figure in the browser. */
import { basename, join } from "node:path";
import { pathToFileURL } from "node:url";
import { reason, writeFileAtomically } from "../base/atomic_file.ts";
import { parseCsv } from "../base/csv.ts";
import { UserError } from "../base/user_error.ts";
import { defineCommand, fileName, flag, main, option } from "./command.ts";
import { openBrowser } from "./open_browser.ts";

export const show = defineCommand({
  name: "show",
  summary:
    "Open the figure of a table in the browser: the pointer or the arrow keys show each trial's\n" +
    "varied hyperparameters and result.\n\n" +
    "The page is one self-contained file: it can be mailed. With --window the figure opens on a\n" +
    "page of nodeplotlib instead, to zoom and pan, which is served until Ctrl-C.",
  arguments: { table: "a table of this project, such as results/learning-rate.csv" },
  options: {
    out: option(
      "<file>",
      "the page to write, .html; a temporary file by default",
      fileName(".html", ".htm"),
    ),
    noOpen: flag("do not open a browser"),
    window: flag("zoom and pan on nodeplotlib's page, served to this machine only"),
  },
  examples: [
    "show results/learning-rate.csv",
    "show results/reported-figures.csv --out figures.html --no-open",
    "show results/epoch-sweep.csv --window",
  ],
  async run({ arguments: { table }, options, json, say, note, onInterrupt }) {
    const records = await readRecords(table);
    const title = basename(table);
    if (options.window) {
      if (options.out) throw new UserError("--window writes no page; leave out --out", 2);
      const { interactiveFigure } = await import("../plot/interactive.ts");
      const { openWindow } = await import("../window/window.ts");
      const window = await openWindow(interactiveFigure(title, records), note);
      onInterrupt(async () => {
        await window.close();
        return "";
      });
      if (json) console.info(JSON.stringify({ table, address: window.address }));
      await open(window.address, options.noOpen, say, note);
      note("press Ctrl-C to stop");
      throw new UserError(`the window's server ended: ${await window.ended}`);
    }
    const [{ tableFigure }, { figurePage }] = await Promise.all([
      import("../plot/table_figure.ts"),
      import("../plot/figure_page.ts"),
    ]);
    const html = await figurePage(tableFigure(title, records));
    const file = options.out ?? await temporaryFile();
    await writeFileAtomically(file, html);
    say(`wrote ${file}`);
    await open(await Deno.realPath(file), options.noOpen, say, note);
    return { table, file };
  },
});

/** A file in a new temporary folder in /tmp, where the task may write. */
async function temporaryFile(): Promise<string> {
  const dir = Deno.build.os === "windows" ? undefined : "/tmp";
  return join(await Deno.makeTempDir({ dir, prefix: "descent-" }), "figure.html");
}

/** Opens an address or a file in the browser, or reports that it cannot. */
async function open(
  place: string,
  noOpen: boolean,
  say: (line: string) => void,
  note: (line: string) => void,
): Promise<void> {
  const address = place.startsWith("http:") ? place : pathToFileURL(place).href;
  const problem = noOpen ? undefined : await openBrowser(address);
  if (problem !== undefined) note(`no browser could be opened: ${problem}`);
  say(noOpen || problem ? `open ${address} yourself` : `${address} is in your browser`);
}

async function readRecords(path: string): Promise<Record<string, string | null>[]> {
  const text = await Deno.readTextFile(path).catch((error) => {
    throw new UserError(`${path}: cannot be read (${reason(error)})`);
  });
  const records = parseCsv(text, path);
  if (records.length === 0) throw new UserError(`${path}: the table has no rows`);
  return records;
}

if (import.meta.main) await main(show);
