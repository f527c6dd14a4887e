import { type ColumnType, formatCsv, parseTable } from "../base/csv.ts";
import { unreadable } from "../base/unreadable.ts";
import type { RobustnessRow } from "./robustness.ts";

const COLUMNS = {
  photo: "text",
  images: "number",
  right: "number",
  notFound: "number",
  accuracy: "number",
  low: "number",
  high: "number",
} as const satisfies Record<keyof RobustnessRow, ColumnType>;

/** The columns of a robustness table. */
export const ROBUSTNESS_COLUMNS = Object.keys(COLUMNS) as readonly (keyof RobustnessRow)[];

/** Formats the table as CSV. */
export function formatRobustness(rows: readonly RobustnessRow[]): string {
  return formatCsv(rows.map((row) => ({ ...row })), ROBUSTNESS_COLUMNS);
}

/**
 * Reads a table that `deno task robustness` wrote.
 *
 * @throws {UserError} if it cannot be read, lacks a column or has an invalid cell
 */
export async function readRobustness(path: string): Promise<RobustnessRow[]> {
  const text = await Deno.readTextFile(path).catch((error) => {
    throw unreadable(path, error);
  });
  return parseTable(text, path, { name: "a table of `deno task robustness`", columns: COLUMNS });
}
