import { reason } from "../base/atomic_file.ts";
import { formatCsv, parseCsv } from "../base/csv.ts";
import { UserError } from "../base/user_error.ts";
import type { RobustnessRow } from "./robustness.ts";

/** The columns of a robustness table. */
export const ROBUSTNESS_COLUMNS = [
  "photo",
  "images",
  "right",
  "notFound",
  "accuracy",
  "low",
  "high",
] as const satisfies readonly (keyof RobustnessRow)[];

/** Formats the table as CSV. */
export function formatRobustness(rows: readonly RobustnessRow[]): string {
  return formatCsv(rows.map((row) => ({ ...row })), ROBUSTNESS_COLUMNS);
}

/**
 * Reads a table that `deno task robustness` wrote.
 *
 * @throws {UserError} when it cannot be read, lacks a column, or has a cell that is not a number
 */
export async function readRobustness(path: string): Promise<RobustnessRow[]> {
  const text = await Deno.readTextFile(path).catch((error) => {
    throw new UserError(`${path}: cannot be read (${reason(error)})`);
  });
  return parseCsv(text, path).map((record, i) => {
    const number = (column: string) => {
      const value = Number(record[column] ?? NaN);
      if (Number.isFinite(value)) return value;
      throw new UserError(
        `${path}, line ${i + 2}, column ${column}: expected a number, got ${record[column] ?? ""}`,
      );
    };
    const [images, right, notFound, accuracy, low, high] = ROBUSTNESS_COLUMNS.slice(1).map(number);
    return { photo: record.photo ?? "", images, right, notFound, accuracy, low, high };
  });
}
