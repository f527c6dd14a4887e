/** `deno task window TABLE.csv`: the figure of a table in nodeplotlib, to zoom and pan. */
import { basename } from "node:path";
import { UserError } from "../base/user_error.ts";
import { interactiveFigure } from "../plot/interactive.ts";
import { openWindow } from "../window/window.ts";
import { metricOption, readAnyTable } from "./any_table.ts";
import { defineCommand, flag, main } from "./command.ts";
import { showInBrowser } from "./open_browser.ts";

/** `deno task window` */
export const window = defineCommand({
  name: "window",
  summary:
    "Open the figure of a table on a page of nodeplotlib, to zoom and pan, or to turn a loss surface.\n" +
    "It is served to this machine alone, until Ctrl-C. nodeplotlib is installed when it is first used.",
  arguments: { table: "a table of this project, such as results/learning-rate.csv" },
  options: { metric: metricOption, noOpen: flag("do not open a browser") },
  examples: ["window results/epoch-sweep.csv"],
  async run({ arguments: { table }, options, json, say, note, onInterrupt }) {
    const rows = await readAnyTable(table, options.metric);
    const figure = interactiveFigure(basename(table), rows, options.metric);
    const window = await openWindow(figure, note);
    onInterrupt(async () => {
      await window.close();
      return "";
    });
    if (json) console.info(JSON.stringify({ table, address: window.address }));
    await showInBrowser(window.address, options.noOpen, say, note);
    note("press Ctrl-C to stop");
    throw new UserError(`the window's server ended: ${await window.ended}`);
  },
});

if (import.meta.main) await main(window);
