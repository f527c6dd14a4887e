/**
 * Small tables as CSV (RFC 4180): results, histories. For images as CSV see `dataset/csv.ts`.
 * @module
 */
// @ts-types="npm:@types/papaparse@5.5.2"
import Papa from "papaparse";
import { decimalNumber } from "./number.ts";
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
export function formatCsv<Column extends string>(
  rows: readonly { readonly [Name in Column]?: Cell }[],
  columns: readonly Column[],
): string {
  const lines = (cells: readonly (readonly Cell[])[]) =>
    Papa.unparse([...cells], { newline: "\n" });
  const blocks = [lines([columns])];
  for (let at = 0; at < rows.length; at += BLOCK) {
    const block = rows.slice(at, at + BLOCK);
    const text = lines(block.map((row) => columns.map((column) => row[column] ?? null)));
    blocks.push(inOnePiece(text));
  }
  return blocks.join("\n") + "\n";
}

/** Rows that are formatted at a time, so that a large table is not in memory twice. */
const BLOCK = 1000;

/** The same text; V8 keeps one that was put together in its many pieces, in four times the memory. */
function inOnePiece(text: string): string {
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(new TextEncoder().encode(text));
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

/** A row of a table as texts by column; `null` is an empty cell. */
export type TextRow = Readonly<Record<string, string | null>>;

/** The values that a column's cells have after {@linkcode parseTable}. */
interface CellTypes {
  readonly "text": string;
  readonly "text or empty": string | null;
  readonly "number": number;
  readonly "number or empty": number | null;
  readonly "boolean": boolean;
}

/** The type of a column's cells, or the list of its values; only `… or empty` allows empty cells. */
export type ColumnType = keyof CellTypes | readonly string[];

/** The columns of a table, in order. */
export type Columns = Readonly<Record<string, ColumnType>>;

/** A row of a table with the given columns. */
export type TypedRow<C extends Columns> = {
  readonly [Name in keyof C]: C[Name] extends readonly (infer Word)[] ? Word
    : C[Name] extends keyof CellTypes ? CellTypes[C[Name]]
    : never;
};

/** The format of a table for {@linkcode parseTable}. */
export interface TableFormat<C extends Columns> {
  /** A description for errors: `a sweep's table`. */
  readonly name: string;
  readonly columns: C;
  /** Further columns that the table must have, for `convert` to read. */
  readonly untyped?: readonly string[];
  /** The columns of `columns` that may be missing, of a type that allows empty cells. */
  readonly optional?: readonly (keyof C)[];
  /** End of the error message: what to do about an invalid cell. */
  readonly advice?: string;
}

/**
 * Parses a table with typed columns; a table without rows needs none of them.
 *
 * @param file the file name for errors
 * @param convert makes a row of its typed cells; `texts` has all of the table's columns. The line is
 * added to a `UserError` that it throws.
 * @throws {UserError} as {@linkcode parseCsv}, and naming the column that is missing, or the line and
 * column of an invalid cell
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseTable } from "./csv.ts";
 * const format = { name: "a table of rates", columns: { rate: "number", note: "text or empty" } } as const;
 * const [{ rate, note }] = parseTable("rate,note\n0.1,\n", "rates.csv", format);
 * assert(rate === 0.1 && note === null);
 * ```
 */
export function parseTable<C extends Columns, Row = TypedRow<C>>(
  text: string,
  file: string,
  { name, columns, untyped = [], optional = [], advice }: TableFormat<C>,
  convert: (cells: TypedRow<C>, texts: TextRow) => Row = (cells) => cells as Row,
): Row[] {
  const records = parseCsv(text, file);
  const needed = [...untyped, ...Object.keys(columns)];
  const missing = needed.find((column) =>
    records.length > 0 && !(column in records[0]) && !optional.includes(column)
  );
  if (missing !== undefined) {
    throw new UserError(`${file}, line 1: there is no column ${missing}; is it ${name}?`);
  }
  return records.map((record, i) => {
    const cells = Object.entries(columns).map(([column, type]) => {
      const value = cellOf(record[column] ?? null, type);
      if (value !== undefined) return [column, value];
      throw new UserError(
        `${file}, line ${i + 2}, column ${column}: expected ${expected(type)}, ` +
          `got ${JSON.stringify(record[column] ?? "")}${advice === undefined ? "" : `; ${advice}`}`,
      );
    });
    try {
      return convert(Object.fromEntries(cells), record);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      throw new UserError(`${file}, line ${i + 2}: ${error.message}`);
    }
  });
}

/** The value of a cell, or `undefined` if it is not of the column's type. */
function cellOf(text: string | null, type: ColumnType): Cell | undefined {
  if (typeof type !== "string") return type.find((word) => word === text);
  if (text === null) return type.endsWith("or empty") ? null : undefined;
  if (type.startsWith("text")) return text;
  if (type === "boolean") return text === "true" ? true : text === "false" ? false : undefined;
  const number = decimalNumber(text);
  return Number.isNaN(number) ? undefined : number;
}

function expected(type: ColumnType): string {
  if (typeof type !== "string") return `one of ${type.join(", ")}`;
  return type === "boolean" ? "true or false" : type.startsWith("text") ? "a text" : "a number";
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
  // Not by Papa Parse, which also quotes cells that begin or end with a space.
  const quoted = (cell: string) => /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
  return rows.map((row) => row.map(quoted).join(",") + "\r\n").join("");
}
