/** `deno task notebooks`: runs the notebooks on the Deno kernel and saves or checks their outputs. */
import { basename } from "node:path";
import { checkWritable, reason, writeFileAtomically } from "../base/atomic_file.ts";
import { projectPath } from "../base/project.ts";
import { usageError, UserError } from "../base/user_error.ts";
import { executeNotebook } from "../notebook/execute.ts";
import { findJupyter, type Jupyter } from "../notebook/jupyter.ts";
import {
  type CellDifference,
  cellDifferences,
  type CellError,
  cellErrors,
  type Notebook,
  notebookText,
  parseNotebook,
} from "../notebook/notebook_file.ts";
import { defineCommand, flag, main, option, text, wholeNumber } from "./command.ts";
import { agreement, yesOption } from "./install_option.ts";

/** The result of running a notebook. */
export interface NotebookReport {
  readonly name: string;
  /** `saved` and `different`: the outputs are not those in the file. */
  readonly outcome: "saved" | "unchanged" | "different" | "edited" | "failed";
  readonly errors: readonly CellError[];
  /** The cells whose outputs differ from those in the file. */
  readonly differences?: readonly CellDifference[];
  /** The reason why it could not be run to its end. */
  readonly reason?: string;
}

/** The outcomes that make the command fail. */
const FAILURES = new Set<NotebookReport["outcome"]>(["failed", "edited", "different"]);

/** `deno task notebooks` */
export const notebooks = defineCommand({
  name: "notebooks",
  summary: "Run the notebooks from top to bottom on the Deno kernel and save their outputs.",
  options: {
    only: option("<names>", "only these, e.g. 01-digits,02-learning-rate", text),
    folder: option("<path>", "the folder of the notebooks; defaults to the project's", text),
    check: flag("do not write the files; fail if a cell fails or its output differs"),
    jobs: option("<n>", "notebooks to run at the same time", wholeNumber(1, 64), "2"),
    yes: yesOption,
  },
  examples: [
    "notebooks",
    "notebooks --only 01-digits",
    "notebooks --check   # as the tests do",
  ],
  async run({ options: { only, folder, check, jobs, yes }, say, note, fail, onInterrupt }) {
    const paths = await notebookPaths(folder ?? projectPath("notebooks"), only);
    const stop = new AbortController();
    const running = new Set<Promise<unknown>>();
    onInterrupt(async () => {
      stop.abort();
      const patience = new Promise((resolve) => setTimeout(resolve, 10_000));
      await Promise.race([Promise.allSettled(running), patience]);
      return check ? "" : "finished notebooks are saved, the others are unchanged";
    });
    // Check before the work.
    if (!check) { for (const path of paths) await checkWritable(path); }
    const jupyter = await findJupyter("client", { note, agree: agreement(yes) });
    const queue = [...paths];
    const reports: NotebookReport[] = [];
    const worker = async () => {
      for (let path = queue.shift(); path !== undefined; path = queue.shift()) {
        note(`${basename(path)}: running…`);
        const work = runNotebook(path, jupyter, check, stop.signal);
        running.add(work);
        const report = await work.finally(() => running.delete(work));
        reports.push(report);
        say(reportLine(report));
      }
    };
    await Promise.all(Array.from({ length: Math.min(jobs, paths.length) }, worker));
    const failed = reports.filter(({ outcome }) => FAILURES.has(outcome));
    if (failed.length > 0) {
      fail(`${failed.length} of ${paths.length} notebooks failed; their files are unchanged`);
    }
    return { notebooks: reports.sort((a, b) => a.name < b.name ? -1 : 1) };
  },
});

/** The notebooks of a folder, sorted by name, or only the named ones. */
async function notebookPaths(folder: string, only: string | undefined): Promise<string[]> {
  const names: string[] = [];
  try {
    for await (const { name } of Deno.readDir(folder)) {
      if (name.endsWith(".ipynb")) names.push(name);
    }
  } catch (error) {
    throw new UserError(`${folder}: cannot be read (${reason(error)}); expected a folder`);
  }
  names.sort();
  const wanted = only?.split(",").map((name) => basename(name.trim(), ".ipynb") + ".ipynb");
  const missing = wanted?.find((name) => !names.includes(name));
  if (missing !== undefined) {
    throw usageError(`${folder} has no ${missing}; it has ${names.join(", ") || "no notebooks"}`);
  }
  return (wanted ?? names).map((name) => `${folder}/${name}`);
}

async function runNotebook(
  path: string,
  jupyter: Jupyter,
  check: boolean,
  signal: AbortSignal,
): Promise<NotebookReport> {
  const name = basename(path);
  const before = await Deno.readTextFile(path);
  let executed: Notebook;
  try {
    executed = await executeNotebook(path, jupyter, signal);
  } catch (error) {
    // The other notebooks continue.
    if (!(error instanceof UserError)) throw error;
    return { name, outcome: "failed", errors: [], reason: error.message };
  }
  const errors = cellErrors(executed);
  if (errors.length > 0) return { name, outcome: "failed", errors };
  const text = notebookText(executed);
  if (text === before) return { name, outcome: "unchanged", errors };
  if (await Deno.readTextFile(path) !== before) return { name, outcome: "edited", errors };
  if (check) {
    const differences = cellDifferences(parseNotebook(before, name), executed);
    return { name, outcome: "different", errors, differences };
  }
  await writeFileAtomically(path, text);
  return { name, outcome: "saved", errors };
}

function reportLine({ name, outcome, errors, differences, reason }: NotebookReport): string {
  switch (outcome) {
    case "saved":
      return `${name}: ran, new outputs saved`;
    case "unchanged":
      return `${name}: ran, outputs as in the file`;
    case "edited":
      return `${name}: ran, but was edited meanwhile: its outputs are not saved; run it again`;
    case "different":
      return [
        `${name}: ran; its outputs are not those in the file`,
        ...differenceLines(differences),
      ]
        .join("\n    ");
    case "failed": {
      if (reason) return `error: ${reason}`;
      const [{ cell, source, message }] = errors;
      return `${name}: cell ${cell} failed: ${source}\n${message.replace(/^/gm, "    ")}`;
    }
  }
}

/** A line for each cell that differs, or for the file's form where no cell does. */
function differenceLines(differences: readonly CellDifference[] = []): string[] {
  if (differences.length === 0) {
    return [
      "no cell differs, but the file is not as the runner saves it: run `notebooks` to save it",
    ];
  }
  return differences.map(({ cell, source, before, after }) =>
    `cell ${cell} (${source}): expected ${before}, got ${after}`
  );
}

if (import.meta.main) await main(notebooks);
