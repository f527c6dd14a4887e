import { basename, relative } from "node:path";
import { plural } from "../base/number_text.ts";
import { projectPath } from "../base/project.ts";
import { sum } from "../base/statistics.ts";
import { usageError, UserError } from "../base/user_error.ts";
import type { Dataset } from "../dataset/dataset.ts";
import { isDatasetName } from "../dataset/load.ts";
import { onWorkers } from "../sweep/engine.ts";
import { readTable } from "../sweep/table.ts";
import { drawLines, type RowCheck, type TableLine, verifyLines } from "../sweep/verify.ts";
import { defineCommand, flag, main, option, text, wholeNumber } from "./command.ts";
import { type DatasetChoice, datasetOptions, loadNamed } from "./dataset_option.ts";
import { progressBar } from "./progress_bar.ts";
import { textTable } from "./text_table.ts";

/** Number of rows that are trained again by default. */
const ROWS = 5;

/** `deno task verify` */
export const verify = defineCommand({
  name: "verify",
  summary:
    "Train a few rows of a sweep's table again, drawn at random, and compare the digest of the\n" +
    "weights and every number with those of the table. The exit status is 1 when a row differs.",
  arguments: {
    table: "the name of a sweep, as in results/NAME.csv, or the path of a table",
  },
  options: {
    rows: option("<n>", `how many rows (${ROWS})`, wholeNumber(1, 1_000_000)),
    all: flag("every row"),
    seed: option(
      "<n>",
      "seed for drawing the rows; defaults to a random number, which is printed",
      wholeNumber(0, 2 ** 31 - 1),
    ),
    ...datasetOptions,
    dataset: option(
      "<name>",
      "the data that the table names, if not mnist or synthetic: a path as for sweep",
      text,
    ),
    workers: option("<n>", "trials at a time (one per core)", wholeNumber(1, 1024)),
  },
  examples: [
    "verify learning-rate",
    "verify learning-rate --all",
    "verify downloads/rates.csv --rows 3 --seed 1 --json",
    "verify widths --dataset letters/  # its column dataset says letters",
  ],
  async run({ arguments: { table }, options, say, note, fail, onInterrupt }) {
    if (options.all && options.rows !== undefined) {
      throw usageError("--rows and --all cannot be combined");
    }
    const isPath = /[/\\]|\.csv$/i.test(table);
    const path = isPath ? table : projectPath("results", `${table}.csv`);
    const shown = isPath ? table : relative(Deno.cwd(), path);
    const lines = await trainedLines(path, shown);
    const seed = options.seed ?? crypto.getRandomValues(new Uint32Array(1))[0] >>> 1;
    const chosen = options.all ? lines : drawLines(lines, options.rows ?? ROWS, seed);
    const drawn = options.all ? "all of them" : `--seed ${seed}: ${linesText(chosen)}`;
    note(`${shown}: training ${chosen.length} of ${lines.length} rows again (${drawn})`);

    let finished = 0;
    onInterrupt(() => `${finished} of ${chosen.length} rows were compared`);
    const checks: RowCheck[] = [];
    for (const [name, rows] of Map.groupBy(chosen, ({ row }) => row.dataset)) {
      const dataset = await datasetOf(name, options, shown, note);
      checks.push(...await train(shown, rows, dataset, options.workers, () => finished++));
    }
    checks.sort((a, b) => a.line - b.line);

    const same = checks.filter(({ differences }) => differences.length === 0);
    const different = checks.filter(({ differences }) => differences.length > 0);
    if (same.length > 0) say(`the same weights and numbers: ${linesText(same)}`);
    if (different.length > 0) {
      const cells = different.flatMap(({ line, differences }) =>
        differences.map((difference) => ({ line, ...difference }))
      );
      say(textTable(cells, ["line", "column", "table", "again"]));
      note(
        "a row differs that was changed, or that another version of the program or other data gave",
      );
      const differ = different.length === 1 ? "differs" : "differ";
      fail(
        `${different.length} of ${plural(checks.length, "row")} ${differ}: ${linesText(different)}`,
      );
    }
    return {
      table: shown,
      rows: lines.length,
      seed: options.all ? null : seed,
      same: different.length === 0,
      checked: checks,
    };
  },
});

/** The rows of a table that can be compared: all but those of failed trials. */
async function trainedLines(path: string, shown: string): Promise<TableLine[]> {
  const rows = await readTable(path).catch((error) => {
    const instead = OTHERS.get(basename(path));
    if (!(error instanceof UserError) || instead === undefined) throw error;
    throw new UserError(`${shown}: not the table of a sweep; ${instead}`);
  });
  const lines = rows.map((row, i) => ({ line: i + 2, row }))
    .filter(({ row }) => row.status !== "failed");
  if (lines.length === 0) throw new UserError(`${shown}: no rows of trained networks`);
  return lines;
}

/** The commands that reproduce the other tables in results. */
const OTHERS: ReadonlyMap<string, string> = new Map([
  ["reported-figures.csv", "`deno task reproduce --rows ROW` trains its rows again"],
  ["robustness.csv", "`deno task robustness` measures its rows again"],
]);

/** The data of a table's rows: those given, or MNIST and the synthetic digits by their names. */
async function datasetOf(
  name: string,
  given: DatasetChoice,
  table: string,
  note: (line: string) => void,
): Promise<Dataset> {
  if (given.dataset === undefined && !isDatasetName(name)) {
    throw new UserError(
      `${table}: its rows were trained on data named ${name}; give their path with --dataset`,
    );
  }
  const { dataset } = await loadNamed({ ...given, dataset: given.dataset ?? name }, note);
  if (dataset.name !== name) note(`the table says ${name}, these data are named ${dataset.name}`);
  return dataset;
}

/** Trains rows again, with a bar. */
async function train(
  table: string,
  lines: readonly TableLine[],
  dataset: Dataset,
  workers: number = navigator.hardwareConcurrency,
  onCheck: () => void,
): Promise<RowCheck[]> {
  const bar = progressBar({ label: "training", total: lines.length, unit: "rows" });
  const parts = lines.map(() => 0);
  const show = (index: number, part: number) => {
    parts[index] = part;
    bar.update(sum(parts));
  };
  return await verifyLines(table, lines, dataset, onWorkers(workers), {
    onStep: (index, { step, steps }) => show(index, step / steps),
    onCheck(index) {
      show(index, 1);
      onCheck();
    },
  }).finally(bar.stop);
}

function linesText(lines: readonly { line: number }[]): string {
  return `line${lines.length === 1 ? "" : "s"} ${lines.map(({ line }) => line).join(", ")}`;
}

if (import.meta.main) await main(verify);
