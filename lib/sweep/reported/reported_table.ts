import { writeFileAtomically } from "../../base/atomic_file.ts";
import { formatCsv, parseCsv } from "../../base/csv.ts";
import { UserError } from "../../base/user_error.ts";
import { REPORTED_FIGURES } from "./reported_figures.ts";
import { type ReportedRow, rowNotRun, rowOfValues } from "./reported_row.ts";

/** The columns that hold numbers, or nothing. */
const NUMBERS = [
  "seeds",
  "epochs",
  "reported",
  "mean",
  "standardDeviation",
  "min",
  "max",
  "predictedLow",
  "predictedHigh",
  "asGood",
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
  "printed",
  "reported",
  "mean",
  "standardDeviation",
  "min",
  "max",
  "predictedLow",
  "predictedHigh",
  "asGood",
  "verdict",
  "values",
  "remark",
] as const satisfies readonly (keyof ReportedRow)[];

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
    const count = row.seeds ?? 1;
    const { values } = record;
    if (values !== null) {
      const numbers = numbersIn(values);
      if (numbers.length !== count || !numbers.every(Number.isFinite)) {
        throw new UserError(
          `${path}, line ${i + 2}, column values: expected ${count} numbers separated by spaces, ` +
            `got ${JSON.stringify(values)}; delete the line, and the row is worked out again`,
        );
      }
    }
    return row as unknown as ReportedRow;
  });
}

/**
 * Returns all figures in their order, each with the values of the last row that matches its definition.
 * Everything else is derived from the values, so that a changed rule needs no new training.
 */
export function mergeReported(rows: readonly ReportedRow[]): ReportedRow[] {
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
  return formatCsv(rows.map((row) => ({ ...row })), REPORTED_COLUMNS);
}

/** Writes the table atomically. */
export async function writeReportedTable(
  path: string,
  rows: readonly ReportedRow[],
): Promise<void> {
  await writeFileAtomically(path, formatReportedTable(rows));
}
