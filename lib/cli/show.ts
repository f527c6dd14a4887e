/** `deno task show TABLE.csv`: any table of the project as a figure to zoom into, in the browser. */
import { basename } from "node:path";
import { reason } from "../base/atomic_file.ts";
import { parseCsv } from "../base/csv.ts";
import { UserError } from "../base/user_error.ts";
import { interactiveFigure } from "../plot/interactive.ts";
import { defineCommand, flag, main } from "./command.ts";
import { openBrowser } from "./open_browser.ts";

export const show = defineCommand({
  name: "show",
  summary:
    "Open the figure of a table in the browser: zoom in with the mouse; the whole row stands\n" +
    "beside the pointer. The page can be reached from this machine alone. Ctrl-C ends it.",
  arguments: { table: "a table of this project, such as results/learning-rate.csv" },
  options: { addressOnly: flag("print the address and open nothing") },
  examples: ["show results/learning-rate.csv", "show results/reported-figures.csv"],
  async run({ arguments: { table }, options: { addressOnly }, json, say, note }) {
    const figure = interactiveFigure(basename(table), await readRecords(table));
    // Loaded only now: the first line of output is not to wait for it.
    const { servePlot } = await import("./plot_server.ts");
    const address = await servePlot(figure);
    const problem = addressOnly ? undefined : await openBrowser(address);
    if (problem !== undefined) note(`no browser could be opened: ${problem}`);
    if (json) console.info(JSON.stringify({ table, address }));
    else say(addressOnly || problem ? `open ${address} yourself` : `${address} is in your browser`);
    note("Ctrl-C ends it");
    await new Promise(() => {});
  },
});

async function readRecords(path: string): Promise<Record<string, string | null>[]> {
  const text = await Deno.readTextFile(path).catch((error) => {
    throw new UserError(`${path}: cannot be read (${reason(error)})`);
  });
  const records = parseCsv(text, path);
  if (records.length === 0) throw new UserError(`${path}: the table has no rows`);
  return records;
}

if (import.meta.main) await main(show);
