/**
 * `deno task reproduce`: trains the networks of the reported figures and checks whether the figures
 * hold.
 */
import { relative } from "node:path";
import { writeFileAtomically } from "../base/atomic_file.ts";
import { decimalNumber } from "../base/number.ts";
import { projectPath } from "../base/project.ts";
import { sum } from "../base/statistics.ts";
import { usageError } from "../base/user_error.ts";
import { type Dataset } from "../dataset/dataset.ts";
import { aboutTime } from "../sweep/estimate.ts";
import { mazurMarkdown, reportedMarkdown } from "../sweep/reported/markdown.ts";
import { isComputed, type ReportedFigure } from "../sweep/reported/reported_figure.ts";
import { REPORTED_FIGURES, reportedFigures } from "../sweep/reported/reported_figures.ts";
import type { ReportedRow } from "../sweep/reported/reported_row.ts";
import {
  mergeReported,
  readReportedTable,
  writeReportedTable,
} from "../sweep/reported/reported_table.ts";
import {
  minutesOf,
  reproduce as reproduceFigure,
  type ReproduceProgress,
} from "../sweep/reported/reproduce.ts";
import { resultText, verdictText } from "../sweep/reported/row_text.ts";
import {
  formatTried,
  isUsedAmongBest,
  mergeTried,
  readTried,
  SEARCHES,
  searchMinutes,
  searchSettings,
  type SettingsSearch,
  type TriedSetting,
  validationSplit,
} from "../sweep/reported/search.ts";
import {
  defineCommand,
  flag,
  type Invocation,
  main,
  option,
  text,
  wholeNumber,
} from "./command.ts";
import { loadNamed } from "./dataset_option.ts";
import { lazyProgressBar } from "./progress_bar.ts";
import { textTable } from "./text_table.ts";

/** Ids of the rows that need training. */
const TRAINED = REPORTED_FIGURES.filter((figure) => !isComputed(figure)).map(({ id }) => id);

const OPTIONS = {
  only: option("<rows>", "only these rows, separated by commas", text),
  minutes: option(
    "<n>",
    "every row that takes at most this many minutes on one core",
    parseMinutes,
    "10",
  ),
  all: flag("every row, including the longest"),
  search: flag("repeat the search for settings that no paper states"),
  markdown: flag("print the tables of the README without training"),
  workers: option("<n>", "trials at a time (one per core)", wholeNumber(1, 1024)),
};

type Call = Invocation<never, typeof OPTIONS>;

/** `deno task reproduce` */
export const reproduce = defineCommand({
  name: "reproduce",
  summary:
    "Train the networks of the reported figures with several seeds and check whether the figures hold.\n" +
    "Writes results/reported-figures.csv and .svg; rows that are not selected stay unchanged.\n\n" +
    "Without flags, every row that takes up to 10 minutes on one core. The rows:\n" +
    wrapped(TRAINED.join(", ")) +
    `, and mazur-…, ${REPORTED_FIGURES.length - TRAINED.length} numbers without training.\n` +
    "--only also accepts a prefix: lecun, simard, mazur.\n" +
    "With --search: trains with each setting that was tried where the papers state none, tests with\n" +
    "images held out of the training set, and writes results/chosen-settings.csv.\n" +
    "Finished work is kept: after Ctrl-C the same command resumes from there.",
  options: OPTIONS,
  examples: [
    "reproduce",
    "reproduce --minutes 0.5  # the quick ones",
    "reproduce --only a,a-shuffled,mazur",
    "reproduce --only simard-elastic  # 22 minutes on one core; resumes where it was stopped",
    "reproduce --search",
    "reproduce --search --only lecun-300",
  ],
  run(call) {
    if (call.options.markdown) return printMarkdown(call);
    return call.options.search ? runSearches(call) : runRows(call);
  },
});

const TABLE = projectPath("results", "reported-figures.csv");
const PICTURE = projectPath("results", "reported-figures.svg");
const CHOSEN = projectPath("results", "chosen-settings.csv");
const JOURNALS = projectPath("results", ".journal");

async function runRows({ options, say, note, onInterrupt }: Call) {
  const figures = chosen(options.only, options.all ? Infinity : options.minutes);
  const workers = options.workers ?? navigator.hardwareConcurrency;
  note(`reproducing ${figures.map(({ id }) => id).join(", ")}`);
  note(estimateText(minutesOf(figures), workers));
  const mnist = figures.every(isComputed) ? undefined : await mnistFor(note);

  let rows = await readReportedTable(TABLE);
  for (const figure of figures) {
    const bar = lazyProgressBar(figure.id);
    onInterrupt(() => kept(bar));
    const { row } = await reproduceFigure(figure, mnist, {
      folder: JOURNALS,
      workers,
      onProgress: (progress) => show(bar, progress),
    }).finally(bar.stop);
    note(`${row.row}: ${resultText(row)}: ${verdictText(row)}`);
    // Another process may have written its row meanwhile.
    rows = mergeReported([...await readReportedTable(TABLE), row]);
    await writeReportedTable(TABLE, rows);
  }
  // Load plotting only now, so that it does not delay the first line of output.
  const { reportedFiguresPlot } = await import("../plot/reported_figures.ts");
  await writeFileAtomically(PICTURE, reportedFiguresPlot(rows).svg);

  const shown = rows.filter(({ row }) => figures.some(({ id }) => id === row));
  say(tables(shown));
  const paths = [TABLE, PICTURE].map((path) => relative(Deno.cwd(), path));
  say(`\nwrote ${paths.join(" and ")}`);
  note("`deno task notebooks --only 05-reported-figures` puts them into their notebook");
  return { table: paths[0], figure: paths[1], rows: shown };
}

async function runSearches({ options, say, note, fail, onInterrupt }: Call) {
  const searches = chosenSearches(options.only);
  const workers = options.workers ?? navigator.hardwareConcurrency;
  note(`searching settings for ${searches.map(({ id }) => id).join(", ")}`);
  note(estimateText(sum(searches, searchMinutes), workers));
  const data = validationSplit(await mnistFor(note));

  let tried = await readTried(CHOSEN);
  for (const search of searches) {
    const bar = lazyProgressBar(search.id);
    onInterrupt(() => kept(bar));
    const settings = await searchSettings(search, data, {
      folder: JOURNALS,
      workers,
      onProgress: (progress) => show(bar, progress),
    }).finally(bar.stop);
    if (!isUsedAmongBest(settings)) {
      fail(
        `${search.id}: the setting in lib/sweep/reported/literature.ts is worse than the best one ` +
          `tried by more than a standard error; use that one`,
      );
    }
    tried = mergeTried(tried, settings);
    await writeFileAtomically(CHOSEN, formatTried(tried));
  }
  const shown = tried.filter(({ figure }) => searches.some(({ id }) => id === figure));
  say(textTable(shown, TRIED_SHOWN, { validationError: 2, standardError: 2 }));
  const table = relative(Deno.cwd(), CHOSEN);
  say(`\nwrote ${table}`);
  return { table, settings: shown };
}

async function printMarkdown({ say }: Call) {
  const reported = reportedMarkdown(await readReportedTable(TABLE));
  const mazur = mazurMarkdown();
  say(`${reported}\n\n${mazur}`);
  return { reported, mazur };
}

/** Ends the bar; returns the message after Ctrl-C. */
function kept(bar: ReturnType<typeof lazyProgressBar>): string {
  bar.stop();
  return "finished work is kept; the same command resumes from there";
}

/** The estimated duration, printed before the work starts. */
function estimateText(minutes: number, workers: number): string {
  const [alone, shared] = [60 * minutes, 60 * minutes / workers].map(aboutTime);
  return `${alone} on one core, ${shared} or more on ${workers} ${
    workers === 1 ? "worker" : "workers"
  }; less if trials are already finished`;
}

/** The columns of a search that fit a terminal. */
const TRIED_SHOWN = [
  "figure",
  "activation",
  "learningRate",
  "decay",
  "epochs",
  "validationError",
  "standardError",
  "lowest",
  "used",
] as const satisfies readonly (keyof TriedSetting)[];

/** The columns that fit a terminal; the table has more. */
const SHOWN = [
  "row",
  "network",
  "seeds",
  "epochs",
  "measure",
  "printed",
  "mean",
  "standardDeviation",
  "min",
  "max",
  "predictedLow",
  "predictedHigh",
  "asGood",
  "verdict",
] as const satisfies readonly (keyof ReportedRow)[];

/** The columns of a deterministic number. */
const SHOWN_OF_COMPUTED = [
  "row",
  "variant",
  "measure",
  "printed",
  "mean",
  "verdict",
] as const;

/** Decimals of the rates, all in per cent. */
const DECIMALS = Object.fromEntries(
  ["mean", "standardDeviation", "min", "max", "predictedLow", "predictedHigh", "asGood"]
    .map((column) => [column, 2]),
);

/**
 * Prints the rates, rounded, in one table and the computed numbers, with all digits, in another.
 */
function tables(rows: readonly ReportedRow[]): string {
  const rates = rows.filter(({ dataset }) => dataset !== null);
  const computed = rows.filter(({ dataset }) => dataset === null);
  return [
    ...(rates.length > 0 ? [textTable(rates, SHOWN, DECIMALS)] : []),
    ...(computed.length > 0 ? [textTable(computed, SHOWN_OF_COMPUTED)] : []),
  ].join("\n\n");
}

function chosen(only: string | undefined, minutes: number): ReportedFigure[] {
  if (only !== undefined) return reportedFigures(idsIn(only));
  return REPORTED_FIGURES.filter((figure) => minutesOf([figure]) <= minutes);
}

function chosenSearches(only: string | undefined): SettingsSearch[] {
  if (only === undefined) return [...SEARCHES];
  return idsIn(only).map((id) => {
    const search = SEARCHES.find((search) => search.id === id);
    if (search === undefined) {
      const known = SEARCHES.map(({ id }) => id).join(", ");
      throw usageError(`nothing was searched for ${id}; there are ${known}`);
    }
    return search;
  });
}

function idsIn(list: string): string[] {
  return list.split(",").map((id) => id.trim());
}

function parseMinutes(text: string): number {
  const minutes = decimalNumber(text);
  if (!(minutes >= 0)) {
    throw usageError("expected a number of minutes from 0");
  }
  return minutes;
}

/** Loads MNIST, without a stand-in. */
async function mnistFor(note: (line: string) => void): Promise<Dataset> {
  return (await loadNamed({ dataset: "mnist" }, note)).dataset;
}

function show(bar: ReturnType<typeof lazyProgressBar>, progress: ReproduceProgress): void {
  const { totalImages, images } = progress;
  if (totalImages > 0) bar.update(images, totalImages, "images");
}

/** Wraps a long line. */
function wrapped(line: string): string {
  return line.replace(/(.{1,94})(?: |$)/g, "  $1\n").trimEnd();
}

if (import.meta.main) await main(reproduce);
