import { writeFileAtomically } from "../../base/atomic_file.ts";
import { formatCsv, parseCsv } from "../../base/csv.ts";
import { UserError } from "../../base/user_error.ts";
import { REPORTED_FIGURES } from "./reported_figures.ts";
import { type ReportedRow, rowNotRun } from "./reported_row.ts";

/** The columns that hold numbers, or nothing. */
const NUMBERS = [
  "seeds",
  "epochs",
  "reported",
  "mean",
  "standardDeviation",
  "min",
  "max",
  "intervalLow",
  "intervalHigh",
] as const;

/** The columns of `results/reported-figures.csv`. */
export const REPORTED_COLUMNS = [
  "row",
  "source",
  "variant",
  "network",
  "settings",
  "dataset",
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
  "remark",
] as const satisfies readonly (keyof ReportedRow)[];

/** What a row says before any training; where this has changed, an old result says nothing. */
const DEFINITION = [
  "network",
  "settings",
  "dataset",
  "seeds",
  "epochs",
  "measure",
  "reported",
] as const satisfies readonly (keyof ReportedRow)[];

/**
 * Reads the table of reported figures; where there is none yet, every figure is `not run`.
 *
 * @returns a row for each of {@linkcode REPORTED_FIGURES}, in their order. Those whose definition has
 * changed since the table was written are `not run`.
 * @throws {UserError} when the file is no such table
 */
export async function readReportedTable(path: string): Promise<ReportedRow[]> {
  const text = await Deno.readTextFile(path).catch((error) => {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw new UserError(`${path}: cannot be read (${error.message})`);
  });
  const rows = text === undefined ? [] : parseReportedTable(text, path);
  return mergeReported(rows);
}

/** The rows of a table's text as they stand. */
export function parseReportedTable(text: string, path: string): ReportedRow[] {
  const records = parseCsv(text, path);
  const missing = REPORTED_COLUMNS.find((column) => records.length > 0 && !(column in records[0]));
  if (missing !== undefined) {
    throw new UserError(
      `${path}, line 1: there is no column ${missing}; is it the table of reported figures?`,
    );
  }
  return records.map((record, i) => {
    const row: Record<string, string | number | null> = { ...record };
    for (const column of NUMBERS) {
      const cell = record[column];
      row[column] = cell === null ? null : Number(cell);
      if (Number.isNaN(row[column])) {
        throw new UserError(
          `${path}, line ${i + 2}, column ${column}: expected a number, got ${cell}`,
        );
      }
    }
    return row as unknown as ReportedRow;
  });
}

/** All figures in their order, each with the last of its rows that still fits its definition. */
export function mergeReported(rows: readonly ReportedRow[]): ReportedRow[] {
  return REPORTED_FIGURES.map((figure) => {
    const defined = rowNotRun(figure);
    const { source, variant, remark } = defined;
    const known = rows.findLast((row) =>
      row.row === figure.id && DEFINITION.every((column) => row[column] === defined[column])
    );
    return known ? { ...known, source, variant, remark } : defined;
  });
}

/** The table as CSV: the same rows give the same bytes. */
export function formatReportedTable(rows: readonly ReportedRow[]): string {
  return formatCsv(rows.map((row) => ({ ...row })), REPORTED_COLUMNS);
}

/** Writes the table, at once or not at all. */
export async function writeReportedTable(
  path: string,
  rows: readonly ReportedRow[],
): Promise<void> {
  await writeFileAtomically(path, formatReportedTable(rows));
}
