/** `deno task show`: tables of the project as interactive figures in the browser. */
import { basename, join } from "node:path";
import { pathToFileURL } from "node:url";
import { writeFileAtomically } from "../base/atomic_file.ts";
import { projectPath } from "../base/project.ts";
import { UserError } from "../base/user_error.ts";
import type { PageEntry } from "../plot/figure_page.ts";
import { readEpochs } from "../sweep/epochs.ts";
import type { Metric } from "../sweep/metric.ts";
import { metricOption, readAnyTable } from "./any_table.ts";
import { defineCommand, fileName, flag, main, option } from "./command.ts";
import { showInBrowser } from "./open_browser.ts";

/** `deno task show` */
export const show = defineCommand({
  name: "show",
  summary:
    "Open the figure of a table in the browser: the pointer or the arrow keys show each trial's\n" +
    "varied hyperparameters and result, and its learning curves.\n\n" +
    "With several tables the page compares any two of them; without one, all sweeps in results/.\n" +
    "The page is one self-contained file: it can be mailed. `deno task window` opens the figure on a\n" +
    "page of nodeplotlib instead, to zoom and pan.",
  rest: {
    name: "table",
    description: "tables of this project, such as results/learning-rate.csv",
    optional: true,
  },
  options: {
    metric: metricOption,
    out: option(
      "<file>",
      "the page to write, .html; a temporary file by default",
      fileName(".html", ".htm"),
    ),
    noOpen: flag("do not open a browser"),
  },
  examples: [
    "show results/learning-rate.csv",
    "show  # all sweeps in results/",
    "show results/learning-rate.csv --metric validationAccuracy",
    "show results/reported-figures.csv --out figures.html --no-open",
  ],
  async run({ rest, options, say, note }) {
    const tables = rest.length > 0 ? rest : await sweepTables();
    const entries: PageEntry[] = [];
    for (const table of tables) entries.push(await entryOf(table, options.metric));
    const { figurePage } = await import("../plot/figure_page.ts");
    const title = entries.length === 1 ? entries[0].name : `${entries.length} tables`;
    const html = await figurePage(title, entries);
    const file = options.out ?? await temporaryFile();
    await writeFileAtomically(file, html);
    say(`wrote ${file}`);
    const address = pathToFileURL(await Deno.realPath(file)).href;
    await showInBrowser(address, options.noOpen, say, note);
    return { tables, file };
  },
});

/** The paths of all sweeps' tables in `results/`, by name. */
async function sweepTables(): Promise<string[]> {
  const folder = projectPath("results");
  const names = (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name)
    .filter((name) => name.endsWith(".csv")).sort();
  const tables: string[] = [];
  for (const path of names.map((name) => join(folder, name))) {
    if ((await readAnyTable(path)).kind === "sweep") tables.push(path);
  }
  if (tables.length > 0) return tables;
  throw new UserError("there are no sweeps in results/; `deno task sweep` makes one");
}

/** The figure of a table: of a sweep with its learning curves, of any other as its columns suggest. */
async function entryOf(path: string, metric: Metric | undefined): Promise<PageEntry> {
  const table = await readAnyTable(path, metric);
  const name = basename(path);
  if (table.kind === "sweep") {
    const { sweepEntry } = await import("../plot/sweep_entry.ts");
    return sweepEntry(name, table.rows, await readEpochs(path), metric);
  }
  if (table.kind === "surface") {
    const { lossContour } = await import("../plot/loss_contour.ts");
    return { name, figure: lossContour(table.surface, { title: name, paths: table.paths }) };
  }
  const { tableFigure } = await import("../plot/table_figure.ts");
  return { name, figure: tableFigure(name, table) };
}

/** A file in a new temporary folder in /tmp, where the task may write. */
async function temporaryFile(): Promise<string> {
  const dir = Deno.build.os === "windows" ? undefined : "/tmp";
  return join(await Deno.makeTempDir({ dir, prefix: "descent-" }), "figure.html");
}

if (import.meta.main) await main(show);
