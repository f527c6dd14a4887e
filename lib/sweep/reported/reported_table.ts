import { writeFileAtomically } from "../../base/atomic_file.ts";
import { type ColumnType, formatCsv, parseTable, type TypedRow } from "../../base/csv.ts";
import { unreadable } from "../../base/unreadable.ts";
import { UserError } from "../../base/user_error.ts";
import { REPORTED_FIGURES } from "./reported_figures.ts";
import { type ReportedRow, rowNotRun, rowOfValues } from "./reported_row.ts";

const COLUMNS = {
  row: "text",
  source: "text",
  variant: "text",
  network: "text",
  settings: "text",
  dataset: "text or empty",
  seeds: "number or empty",
  epochs: "number",
  measure: "text",
  printed: "text",
  reported: "number",
  mean: "number or empty",
  standardDeviation: "number or empty",
  min: "number or empty",
  max: "number or empty",
  predictedLow: "number or empty",
  predictedHigh: "number or empty",
  asGood: "number or empty",
  verdict: "text",
  values: "text or empty",
  remark: "text or empty",
} as const satisfies Record<keyof ReportedRow, ColumnType>;

/** A row as stored, by this version or an older one with other measures or verdicts. */
export type StoredRow = TypedRow<typeof COLUMNS>;

/** The columns that determine a row's values; if one has changed, old values cannot be used. */
const DEFINITION = [
  "network",
  "settings",
  "dataset",
  "seeds",
  "epochs",
  "measure",
] as const satisfies readonly (keyof ReportedRow)[];

/**
 * Reads the table of reported figures; without a file, every figure is `not run`.
 *
 * @returns a row for each of {@linkcode REPORTED_FIGURES}, in their order. Figures whose definition has
 * changed since the table was written are `not run`.
 * @throws {UserError} if the file cannot be read or is not such a table
 */
export async function readReportedTable(path: string): Promise<ReportedRow[]> {
  const text = await Deno.readTextFile(path).catch((error) => {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw unreadable(path, error);
  });
  const rows = text === undefined ? [] : parseReportedTable(text, path);
  return mergeReported(rows);
}

/**
 * Parses a table of reported figures.
 *
 * @param path file name for error messages
 * @throws {UserError} naming the line and the column that is missing or invalid
 */
export function parseReportedTable(text: string, path: string): StoredRow[] {
  const format = { name: "the table of reported figures", columns: COLUMNS };
  return parseTable(text, path, format, (row) => {
    const { values } = row, count = row.seeds ?? 1;
    const numbers = values === null ? undefined : numbersIn(values);
    if (numbers && (numbers.length !== count || !numbers.every(Number.isFinite))) {
      throw new UserError(
        `column values: expected ${count} numbers separated by spaces, got ` +
          `${JSON.stringify(values)}; delete the line, and the row is computed again`,
      );
    }
    return row;
  });
}

/**
 * Returns all figures in their order, each with the values of the last row that matches its definition.
 * Everything else is derived from the values, so that a changed rule needs no new training.
 */
export function mergeReported(rows: readonly StoredRow[]): ReportedRow[] {
  return REPORTED_FIGURES.map((figure) => {
    const defined = rowNotRun(figure);
    const known = rows.findLast((row) =>
      row.row === figure.id && row.values !== null &&
      DEFINITION.every((column) => row[column] === defined[column])
    );
    return known ? rowOfValues(figure, numbersIn(known.values!)) : defined;
  });
}

/** Parses a cell of the column `values`. */
function numbersIn(values: string): number[] {
  return values.split(" ").map(Number);
}

/** Formats the table as CSV; equal rows give equal bytes. */
export function formatReportedTable(rows: readonly ReportedRow[]): string {
  return formatCsv(rows.map((row) => ({ ...row })), Object.keys(COLUMNS));
}

/** Writes the table atomically. */
export async function writeReportedTable(
  path: string,
  rows: readonly ReportedRow[],
): Promise<void> {
  await writeFileAtomically(path, formatReportedTable(rows));
}
