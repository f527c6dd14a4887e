/** `deno task reproduce`: trains what the reported figures describe, and says whether they are true. */
import { relative } from "node:path";
import { writeFileAtomically } from "../base/atomic_file.ts";
import { decimalNumber } from "../base/number.ts";
import { projectPath } from "../base/project.ts";
import { usageError } from "../base/user_error.ts";
import { type Dataset } from "../dataset/dataset.ts";
import { onWorkers } from "../sweep/engine.ts";
import { isComputed, type ReportedFigure } from "../sweep/reported/reported_figure.ts";
import { REPORTED_FIGURES, reportedFigures } from "../sweep/reported/reported_figures.ts";
import type { ReportedRow } from "../sweep/reported/reported_row.ts";
import {
  mergeReported,
  readReportedTable,
  writeReportedTable,
} from "../sweep/reported/reported_table.ts";
import { reproduce as reproduceFigure } from "../sweep/reported/reproduce.ts";
import type { SweepProgress } from "../sweep/sweep.ts";
import { defineCommand, flag, main, option, text, wholeNumber } from "./command.ts";
import { loadNamed } from "./dataset_option.ts";
import { lazyProgressBar } from "./progress_bar.ts";
import { textTable } from "./text_table.ts";

/** `deno task reproduce` */
export const reproduce = defineCommand({
  name: "reproduce",
  summary:
    "Train what the reported figures describe, over several seeds, and say whether they hold.\n" +
    "Writes results/reported-figures.csv and .svg; the rows that are not asked for stay as they are.\n\n" +
    "Without flags, every row that takes up to 10 minutes on one core. The rows:\n" +
    wrapped(REPORTED_FIGURES.map(({ id }) => id).join(", ")) + "\n" +
    "What is finished is kept: after Ctrl-C the same command goes on from there.",
  options: {
    rows: option("<rows>", "these alone, separated by commas", text),
    minutes: option(
      "<n>",
      "every row that takes up to so many minutes on one core",
      parseMinutes,
      "10",
    ),
    all: flag("every row, the longest too"),
    workers: option("<n>", "trials at a time (one per core)", wholeNumber(1, 1024)),
  },
  examples: [
    "reproduce",
    "reproduce --minutes 0.5  # the quick ones",
    "reproduce --rows a,a-shuffled,mazur-w5",
    "reproduce --rows simard-elastic  # 23 minutes on one core; goes on where it was stopped",
  ],
  async run({ options, say, note, onInterrupt }) {
    const figures = chosen(options.rows, options.all ? Infinity : options.minutes);
    const workers = options.workers ?? navigator.hardwareConcurrency;
    note(`reproducing ${figures.map(({ id }) => id).join(", ")}`);
    const mnist = await mnistFor(figures, note);
    const table = projectPath("results", "reported-figures.csv");
    const picture = projectPath("results", "reported-figures.svg");
    const folder = projectPath("results", ".journal");

    let rows = await readReportedTable(table);
    for (const figure of figures) {
      const bar = lazyProgressBar(figure.id);
      onInterrupt(() => {
        bar.stop();
        return "what is finished is kept; the same command goes on from there";
      });
      const { row } = await reproduceFigure(figure, mnist, {
        folder,
        engine: onWorkers(workers),
        onProgress: (progress) => show(bar, progress),
      }).finally(bar.stop);
      note(sentence(row));
      // Another process may have written its own row meanwhile.
      rows = mergeReported([...await readReportedTable(table), row]);
      await writeReportedTable(table, rows);
    }
    // Plotting is loaded only now: the first line of output is not to wait for it.
    const { reportedFiguresPlot } = await import("../plot/reported_figures.ts");
    await writeFileAtomically(picture, reportedFiguresPlot(rows).svg);

    const shown = rows.filter(({ row }) => figures.some(({ id }) => id === row));
    say(tables(shown));
    const paths = [table, picture].map((path) => relative(Deno.cwd(), path));
    say(`\nwrote ${paths.join(" and ")}`);
    note("`deno task notebooks --only 05-reported-figures` puts them into their notebook");
    return { table: paths[0], figure: paths[1], rows: shown };
  },
});

/** The columns that fit a terminal; the table has more. */
const SHOWN = [
  "row",
  "network",
  "seeds",
  "epochs",
  "measure",
  "reported",
  "mean",
  "standardDeviation",
  "min",
  "max",
  "intervalLow",
  "intervalHigh",
  "verdict",
] as const satisfies readonly (keyof ReportedRow)[];

/** Those that a number without chance has use for. */
const SHOWN_OF_COMPUTED = [
  "row",
  "network",
  "epochs",
  "measure",
  "reported",
  "mean",
  "verdict",
] as const;

/** Decimals of the rates, all in per cent. */
const DECIMALS = Object.fromEntries(
  ["reported", "mean", "standardDeviation", "min", "max", "intervalLow", "intervalHigh"]
    .map((column) => [column, 2]),
);

/** The rates in one table, rounded; computed numbers, with all their digits, in another. */
function tables(rows: readonly ReportedRow[]): string {
  const rates = rows.filter(({ dataset }) => dataset !== null);
  const computed = rows.filter(({ dataset }) => dataset === null);
  return [
    ...(rates.length > 0 ? [textTable(rates, SHOWN, DECIMALS)] : []),
    ...(computed.length > 0 ? [textTable(computed, SHOWN_OF_COMPUTED)] : []),
  ].join("\n\n");
}

function chosen(rows: string | undefined, minutes: number): ReportedFigure[] {
  if (rows !== undefined) return reportedFigures(rows.split(",").map((id) => id.trim()));
  return REPORTED_FIGURES.filter((figure) => isComputed(figure) || figure.minutes <= minutes);
}

function parseMinutes(text: string): number {
  const minutes = decimalNumber(text);
  if (!(minutes >= 0)) {
    throw usageError("expected a number of minutes from 0");
  }
  return minutes;
}

/** MNIST, where a figure needs it: nothing else will do. */
async function mnistFor(
  figures: readonly ReportedFigure[],
  note: (line: string) => void,
): Promise<Dataset | undefined> {
  if (figures.every(isComputed)) return undefined;
  return (await loadNamed("mnist", note)).dataset;
}

function show(bar: ReturnType<typeof lazyProgressBar>, progress: SweepProgress): void {
  const { totalImages, images } = progress;
  if (totalImages > 0) bar.update(images, totalImages, "images");
}

/** `a: 95.3 % reported, 95.1 ± 0.3 % reproduced: holds`. */
function sentence(
  { row, measure, reported, mean, standardDeviation, verdict }: ReportedRow,
): string {
  const unit = measure === "accuracy" || measure === "error rate" ? " %" : "";
  const spread = standardDeviation === null ? "" : ` ± ${standardDeviation.toFixed(2)}`;
  const got = unit ? mean?.toFixed(2) : mean;
  return `${row}: ${measure} ${reported}${unit} reported, ${got}${spread}${unit} reproduced: ${verdict}`;
}

/** A long line in several. */
function wrapped(line: string): string {
  return line.replace(/(.{1,94})(?: |$)/g, "  $1\n").trimEnd();
}

if (import.meta.main) await main(reproduce);
