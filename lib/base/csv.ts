/**
 * Small tables as CSV (RFC 4180): results, histories. Images as CSV are another matter, see
 * `dataset/csv.ts`.
 * @module
 */
// @ts-types="npm:@types/papaparse@5.5.2"
import Papa from "papaparse";
import { stringify } from "csv-stringify/sync";
import { UserError } from "./user_error.ts";

/** A value in a table's cell; `null` is an empty cell. */
export type Cell = string | number | boolean | null;

/**
 * A table as CSV: a line of names, then a line per row, each ended by `\n`. Numbers are written with
 * as many digits as it takes to read the same number back.
 *
 * @param columns the names, in order; a row that lacks one has an empty cell there
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { formatCsv } from "./csv.ts";
 * const text = formatCsv([{ rate: 0.1, note: "a, b" }, { rate: 1, note: null }], ["rate", "note"]);
 * assert(text === 'rate,note\n0.1,"a, b"\n1,\n');
 * ```
 */
export function formatCsv(
  rows: readonly Readonly<Record<string, Cell>>[],
  columns: readonly string[],
): string {
  const data = rows.map((row) => columns.map((column) => row[column] ?? null));
  return stringify([columns, ...data], { cast: { boolean: String } });
}

/**
 * The rows of a CSV text whose first line has the names; an empty cell is `null`, all others are
 * strings as they stand.
 *
 * @param file the name in errors
 * @throws {UserError} as {@linkcode parseCells}, and when a name occurs twice
 */
export function parseCsv(text: string, file: string): Record<string, string | null>[] {
  const [names, ...rows] = parseCells(text, file);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw new UserError(`${file}, line 1: two columns named ${twice}`);
  return rows.map((cells) =>
    Object.fromEntries(names.map((name, j) => [name, cells[j] === "" ? null : cells[j]]))
  );
}

/**
 * The cells of a CSV text, line by line, as they are.
 *
 * @param file the name in errors
 * @throws {UserError} naming the line that has too few or too many cells or an unterminated quote;
 * when the text is empty
 */
export function parseCells(text: string, file: string): string[][] {
  const { rows } = parseLines(text.replace(/^\uFEFF/, ""), file, { delimiter: "," });
  if (rows.at(-1)?.join("") === "" && text.endsWith("\n")) rows.pop();
  if (rows.length === 0 || rows[0].join("") === "") throw new UserError(`${file}: an empty table`);
  const wrong = rows.findIndex((cells) => cells.length !== rows[0].length);
  if (wrong >= 0) {
    throw new UserError(
      `${file}, line ${wrong + 1}: ${rows[wrong].length} cells, ` +
        `expected ${rows[0].length} as in line 1`,
    );
  }
  return rows;
}

/** How {@linkcode parseLines} reads its text. */
export interface LineOptions {
  /** What separates the cells; without it `,`, `;` or a tab, whichever fits the text. */
  readonly delimiter?: string;
  /** How lines end; without it whichever of `\n`, `\r\n` and `\r` comes first. */
  readonly newline?: "\n";
  /** The number of the text's first line in the file; defaults to 1. */
  readonly firstLine?: number;
}

/**
 * The cells of whole lines of CSV, whatever their number in each line; an empty line is one empty cell.
 *
 * @param file the name in errors
 * @returns the lines, and what separates their cells
 * @throws {UserError} naming the line with a quote that is not terminated, or is followed by text
 */
export function parseLines(
  text: string,
  file: string,
  { delimiter, newline, firstLine = 1 }: LineOptions = {},
): { rows: string[][]; delimiter: string } {
  const { data, errors, meta } = Papa.parse<string[]>(text, {
    delimiter: delimiter ?? delimiterOf(text),
    newline,
  });
  const error = errors.find(({ type }) => type === "Quotes");
  if (error) {
    const problem = error.code === "MissingQuotes"
      ? "unterminated quote"
      : "text after a closing quote";
    throw new UserError(`${file}, line ${firstLine + (error.row ?? 0)}: ${problem}`);
  }
  return { rows: data, delimiter: meta.delimiter };
}

/** What separates the cells, by the first lines of a text, or part of the first if it is long. */
function delimiterOf(text: string): string {
  const start = text.slice(0, 2 ** 16);
  const { meta } = Papa.parse(start, { delimitersToGuess: [",", ";", "\t"], preview: 10 });
  return meta.delimiter;
}

/** Lines of cells as CSV, as Python's csv module and spreadsheets write it: lines end in `\r\n`. */
export function formatCells(rows: readonly (readonly string[])[]): string {
  return stringify(rows.map((row) => [...row]), { record_delimiter: "windows" });
}
