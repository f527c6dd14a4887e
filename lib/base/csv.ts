/**
 * Small tables as CSV (RFC 4180): results, histories. For images as CSV see `dataset/csv.ts`.
 * @module
 */
// @ts-types="npm:@types/papaparse@5.5.2"
import Papa from "papaparse";
import { stringify } from "csv-stringify/sync";
import { UserError } from "./user_error.ts";

/** A value in a table's cell; `null` is an empty cell. */
export type Cell = string | number | boolean | null;

/**
 * Formats a table as CSV: a line of column names, then a line per row, each terminated by `\n`.
 * Numbers have the fewest digits that round-trip.
 *
 * @param columns the column names, in order; a missing value becomes an empty cell
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
 * Parses CSV whose first line has the column names. An empty cell is `null`; other cells stay
 * strings.
 *
 * @param file the file name for errors
 * @throws {UserError} as {@linkcode parseCells}, and when a column name occurs twice
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
 * Parses CSV into its cells, line by line.
 *
 * @param file the file name for errors
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

/** Options of {@linkcode parseLines}. */
export interface LineOptions {
  /** The cell separator; detected among `,`, `;` and tab by default. */
  readonly delimiter?: string;
  /** The line terminator; defaults to whichever of `\n`, `\r\n` and `\r` occurs first. */
  readonly newline?: "\n";
  /** The number of the text's first line in the file; defaults to 1. */
  readonly firstLine?: number;
}

/**
 * Parses whole lines of CSV, which may differ in their number of cells. An empty line is one empty
 * cell.
 *
 * @param file the file name for errors
 * @returns the lines and the cell separator
 * @throws {UserError} naming the line with an unterminated quote or text after a closing quote
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

/**
 * Detects the cell separator from the first lines, or from the beginning of the first if it is
 * long.
 */
function delimiterOf(text: string): string {
  const start = text.slice(0, 2 ** 16);
  const { meta } = Papa.parse(start, { delimitersToGuess: [",", ";", "\t"], preview: 10 });
  return meta.delimiter;
}

/** Formats lines of cells as Python's csv module and spreadsheets do: lines end in `\r\n`. */
export function formatCells(rows: readonly (readonly string[])[]): string {
  return stringify(rows.map((row) => [...row]), { record_delimiter: "windows" });
}
