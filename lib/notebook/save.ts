import { type Cell, formatCsv } from "../base/csv.ts";
import type { Dataset } from "../dataset/dataset.ts";
import type { Figure } from "../plot/figure.ts";
import { sweepFiles } from "../sweep/files.ts";
import { writeResultFiles } from "../sweep/result_files.ts";

/**
 * Writes rows to `results/NAME.csv`, and their figure to `results/NAME.svg`; the same rows give the
 * same bytes. A previous table with other lines is kept in `results/.journal`. With synthetic
 * digits, NAME ends in `-synthetic`.
 *
 * @param name letters, digits, dots, dashes and underscores
 * @param rows all with the same columns, one row or more
 * @param columns the columns to write, in order; defaults to all
 * @throws {UserError} for an invalid file name, or when `results/` cannot be written
 */
export async function saveResults(
  name: string,
  dataset: Dataset,
  rows: readonly object[],
  figure: Figure,
  columns: readonly string[] = Object.keys(rows[0]),
): Promise<void> {
  const files = sweepFiles(name, dataset);
  const cells = rows.map((row) => ({ ...row }) as Record<string, Cell>);
  const table = formatCsv(cells, columns);
  const kept = await writeResultFiles(files, table, figure.svg);
  if (kept !== undefined) console.warn(kept);
}
