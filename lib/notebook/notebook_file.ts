import { UserError } from "../base/user_error.ts";

/** Text in a notebook file: a string, or a list of lines including their line breaks. */
export type MultilineText = string | readonly string[];

/** An output of a cell (nbformat 4): the members of the four kinds that this project uses. */
export interface CellOutput {
  readonly output_type: string;
  /** Of a stream: `stdout` or `stderr`. */
  readonly name?: string;
  readonly text?: MultilineText;
  /** Of a result or display: a picture or text by MIME type. */
  readonly data?: Readonly<Record<string, MultilineText>>;
  /** Of an error: its class, its message and its stack. */
  readonly ename?: string;
  readonly evalue?: string;
  readonly traceback?: readonly string[];
}

/** A cell of a notebook. */
export interface Cell {
  readonly id?: string;
  readonly cell_type: string;
  readonly source: MultilineText;
  readonly metadata: { readonly tags?: readonly string[]; readonly [name: string]: unknown };
  /** Pictures attached to a Markdown cell. */
  readonly attachments?: Readonly<Record<string, unknown>>;
  readonly execution_count?: number | null;
  readonly outputs?: readonly CellOutput[];
}

/** A notebook file (nbformat 4). */
export interface Notebook {
  readonly cells: readonly Cell[];
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly nbformat: number;
  readonly nbformat_minor: number;
}

/**
 * The kernel metadata of every notebook of the project, without a version, which would change with
 * Deno's.
 */
const NOTEBOOK_METADATA = {
  kernelspec: { display_name: "Deno", language: "typescript", name: "deno" },
  language_info: {
    codemirror_mode: "typescript",
    file_extension: ".ts",
    mimetype: "text/x.typescript",
    name: "typescript",
    nbconvert_exporter: "script",
    pygments_lexer: "typescript",
  },
};

/**
 * Parses a notebook file.
 *
 * @param name the file name for errors
 * @throws {UserError} when it is not a notebook
 */
export function parseNotebook(text: string, name: string): Notebook {
  let notebook: Partial<Notebook> | null;
  try {
    notebook = JSON.parse(text);
  } catch (error) {
    throw new UserError(`${name}: not a notebook (${(error as Error).message})`);
  }
  if (!Array.isArray(notebook?.cells) || notebook.nbformat !== 4) {
    throw new UserError(`${name}: not a notebook of format 4 (no list of cells)`);
  }
  return notebook as Notebook;
}

/** Formats a notebook file as Jupyter does: keys in alphabetical order, indented by one. */
export function notebookText(notebook: Notebook): string {
  return JSON.stringify(sorted(notebook), null, 1) + "\n";
}

/** Sorts the keys of every object. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => a < b ? -1 : 1);
  return Object.fromEntries(entries.map(([key, value]) => [key, sorted(value)]));
}

/**
 * The notebook with its new outputs but without times, versions and random names. The same outputs
 * give the same bytes.
 */
export function withOutputs(written: Notebook, executed: Notebook): Notebook {
  return {
    nbformat: 4,
    nbformat_minor: 5,
    metadata: NOTEBOOK_METADATA,
    cells: written.cells.map((cell, i) => {
      const { id = `cell-${i + 1}`, cell_type, source, metadata, attachments } = cell;
      const { execution: _, ...lasting } = metadata;
      const kept = {
        ...{ id, cell_type, source: toLines(source), metadata: lasting },
        ...(attachments && { attachments }),
      };
      if (cell_type !== "code") return kept;
      const { execution_count = null, outputs = [] } = executed.cells[i];
      return { ...kept, execution_count, outputs: joinStreams(outputs) };
    }),
  };
}

/** Joins consecutive pieces of printed text: where the kernel splits it depends on timing. */
function joinStreams(outputs: readonly CellOutput[]): CellOutput[] {
  const joined: CellOutput[] = [];
  for (const output of outputs) {
    const last = joined.at(-1);
    if (output.output_type === "stream" && last?.name === output.name && last?.text !== undefined) {
      joined[joined.length - 1] = {
        ...last,
        text: toLines(toText(last.text) + toText(output.text)),
      };
    } else {
      joined.push(output);
    }
  }
  return joined;
}

function toText(text: MultilineText = ""): string {
  return typeof text === "string" ? text : text.join("");
}

function toLines(text: MultilineText): string[] {
  return toText(text).split(/(?<=\n)/).filter((line) => line !== "");
}

/** An error among a notebook's outputs. */
export interface CellError {
  /** The number of the cell among all cells, from 1. */
  readonly cell: number;
  /** The first line of its code, ignoring comments. */
  readonly source: string;
  /** The error's class and message, and its stack. */
  readonly message: string;
}

/** The errors in the outputs, except those of cells tagged `raises-exception`. */
export function cellErrors(notebook: Notebook): CellError[] {
  return notebook.cells.flatMap(({ metadata, outputs = [], source }, i) =>
    metadata.tags?.includes("raises-exception") ? [] : outputs
      .filter(({ output_type }) => output_type === "error")
      .map(({ ename, evalue, traceback = [] }) => ({
        cell: i + 1,
        source: toLines(source)[0]?.trimEnd() ?? "",
        // deno-lint-ignore no-control-regex
        message: (traceback.join("\n") || `${ename}: ${evalue}`).replace(/\x1b\[[0-9;]*m/g, ""),
      }))
  );
}

/** A cell whose outputs differ between two runs. */
export interface CellDifference {
  /** The number of the cell among all cells, from 1. */
  readonly cell: number;
  /** The first line of its code. */
  readonly source: string;
  /** The first line of the outputs that differs, in the file and in the run, as JSON. */
  readonly before: string;
  readonly after: string;
}

/** Characters of a line that a {@linkcode CellDifference} quotes. */
const QUOTED = 100;

/** The cells whose outputs differ, in order. Both notebooks have the same cells. */
export function cellDifferences(before: Notebook, after: Notebook): CellDifference[] {
  return before.cells.flatMap(({ outputs = [], source }, i) => {
    const [old, now] = [outputs, after.cells[i].outputs ?? []].map(outputLines);
    const line = Array.from({ length: Math.max(old.length, now.length) }, (_, l) => l)
      .find((l) => old[l] !== now[l]);
    if (line === undefined) return [];
    const place = Math.max(0, firstDifference(old[line] ?? "", now[line] ?? "") - QUOTED / 2);
    const quote = (text: string | undefined) =>
      text === undefined ? "nothing" : JSON.stringify(text.slice(place, place + QUOTED));
    return [{
      cell: i + 1,
      source: toLines(source)[0]?.trimEnd() ?? "",
      before: quote(old[line]),
      after: quote(now[line]),
    }];
  });
}

/** The outputs as lines of formatted JSON. */
function outputLines(outputs: readonly CellOutput[]): string[] {
  return JSON.stringify(sorted(outputs), null, 1).split("\n").map((line) => line.trim());
}

/** The index of the first character at which two texts differ. */
function firstDifference(a: string, b: string): number {
  let place = 0;
  while (place < a.length && a[place] === b[place]) place++;
  return place;
}
