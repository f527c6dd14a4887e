/**
 * What a table of this project holds, worked out from its columns: for figures of tables that were read
 * from a file.
 * @module
 */
import { formatNumber } from "./curves.ts";
import { NUMERIC_HYPERPARAMETERS } from "../training/hyperparameters.ts";

/** A cell: a number where all cells of its column are numbers, `null` where it is empty. */
export type Cell = string | number | null;
/** A line of a table, by column. */
export type Row = Readonly<Record<string, Cell>>;

/** A table of losses along a column of numbers, of reported figures, or of anything else. */
export type Table = Curves | { readonly kind: "reported" | "other"; readonly rows: readonly Row[] };

/** A table of losses along a column of numbers. */
export interface Curves {
  readonly kind: "curves";
  readonly rows: readonly Row[];
  /** The column on the x axis. */
  readonly along: string;
  /** The columns of losses. */
  readonly losses: readonly string[];
  /** The columns, beside `along` and the seed, that are not the same in all rows. */
  readonly settings: readonly string[];
}

/** Columns that say what a training gave rather than how it was set up. */
const MEASURED = new Set([
  ...["status", "steps", "images", "weightsDigest"],
  ...["trainLoss", "testLoss", "trainAccuracy", "testAccuracy"],
]);
/** The measured columns that say how a training ended. */
const OUTCOME = ["status", "trainLoss", "testLoss", "trainAccuracy", "testAccuracy"];
/** Columns of a table of reported figures that would fill a page beside the pointer. */
const UNSAID = new Set([
  ...["settings", "dataset", "measure", "remark"],
  ...["standardDeviation", "intervalLow", "intervalHigh"],
]);
/** The columns that curves run along, the first that there is. */
const ALONG = ["iteration", "epoch"];

/**
 * Finds out what a table holds.
 *
 * @param records one for each line, as `parseCsv` gives them; at least one
 */
export function readTable(records: readonly Readonly<Record<string, string | null>>[]): Table {
  const rows = typedRows(records);
  const columns = Object.keys(rows[0]);
  if (["row", "measure", "reported", "mean", "verdict"].every((name) => columns.includes(name))) {
    return { kind: "reported", rows };
  }
  const along = ALONG.find((column) => columns.includes(column)) ??
    (columns.includes("testLoss") ? sweptColumn(rows) : undefined);
  const losses = ["testLoss", "trainLoss"].filter((column) => isNumeric(rows, column));
  if (along === undefined || !isNumeric(rows, along) || losses.length === 0) {
    return { kind: "other", rows };
  }
  const settings = columns.filter((column) =>
    column !== along && column !== "seed" && !MEASURED.has(column) && differs(rows, column)
  );
  return { kind: "curves", rows, along, losses, settings };
}

/** The name of a row's series: its settings that are not the same in all rows. */
export function settingOf(row: Row, settings: readonly string[]): string {
  return settings.map((column) =>
    column === "series" ? String(row[column]) : `${column} ${row[column] ?? "–"}`
  )
    .join(", ");
}

/**
 * A function from a row to what a pointer shows of it, one line per cell: what varies between the rows and how the training
 * ended, without what is the same in all rows and without digests.
 */
export function rowWords(table: Table): (row: Row) => string {
  const columns = table.kind === "curves"
    ? [table.along, "seed", ...table.settings, ...OUTCOME]
    : Object.keys(table.rows[0]).filter((column) =>
      !UNSAID.has(column) && differs(table.rows, column)
    );
  return (row) =>
    columns.filter((column) => row[column] !== undefined && row[column] !== null)
      .map((column) => `${column}: ${cellText(row[column]!)}`).join("\n");
}

/** A cell as it is, a number with many digits in four of them. */
function cellText(cell: string | number): string {
  const text = String(cell);
  return typeof cell === "string" || text.length <= 9 ? text : formatNumber(cell);
}

/** Whether the rows have more than one value in a column. */
export function differs(rows: readonly Row[], column: string): boolean {
  return rows.some((row) => row[column] !== rows[0][column]);
}

/** Whether a column holds numbers, and at least one. */
export function isNumeric(rows: readonly Row[], column: string): boolean {
  return rows.some((row) => typeof row[column] === "number");
}

/** Cells as numbers in the columns where all of them are. */
function typedRows(records: readonly Readonly<Record<string, string | null>>[]): Row[] {
  const numeric = new Set(
    Object.keys(records[0]).filter((column) =>
      records.every((record) => record[column] === null || Number.isFinite(Number(record[column])))
    ),
  );
  return records.map((record) =>
    Object.fromEntries(
      Object.entries(record).map(([column, cell]) => [
        column,
        cell !== null && numeric.has(column) ? Number(cell) : cell,
      ]),
    )
  );
}

function sweptColumn(rows: readonly Row[]): string | undefined {
  const columns = NUMERIC_HYPERPARAMETERS.filter((column) => isNumeric(rows, column));
  return columns.find((column) => differs(rows, column)) ?? columns[0];
}
