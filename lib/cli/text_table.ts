import { max } from "../base/statistics.ts";

import { visible } from "../base/visible.ts";

/**
 * Formats rows as text in columns: numbers right-aligned, words left-aligned, a dash for empty
 * cells.
 *
 * @param decimals number of decimals of measured columns
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { textTable } from "./text_table.ts";
 * const rows = [{ rate: 0.1, loss: 0.123456 }, { rate: 1, loss: null }];
 * assert.equal(
 *   textTable(rows, ["rate", "loss"], { loss: 4 }),
 *   "rate    loss\n 0.1  0.1235\n   1       –",
 * );
 * ```
 */
export function textTable<Row extends object>(
  rows: readonly Row[],
  columns: readonly (keyof Row & string)[],
  decimals: Partial<Record<keyof Row, number>> = {},
): string {
  const cells = rows.map((row) => columns.map((column) => cellText(row[column], decimals[column])));
  const right = columns.map((column) =>
    rows.every((row) => row[column] === null || typeof row[column] === "number")
  );
  const lines = [[...columns], ...cells];
  const widths = columns.map((_, c) => max(lines, (line) => line[c].length) ?? 0);
  return lines.map((line) =>
    line.map((cell, c) => right[c] ? cell.padStart(widths[c]) : cell.padEnd(widths[c])).join("  ")
      .trimEnd()
  ).join("\n");
}

function cellText(value: unknown, decimals: number | undefined): string {
  if (value === null || value === undefined) return "–";
  if (typeof value !== "number" || decimals === undefined) return visible(String(value));
  return Math.abs(value) < 1e4 ? value.toFixed(decimals) : value.toExponential(2);
}
