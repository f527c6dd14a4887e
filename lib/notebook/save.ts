import { writeFileAtomically } from "../base/atomic_file.ts";
import { type Cell, formatCsv } from "../base/csv.ts";
import type { Dataset } from "../dataset/dataset.ts";
import type { Figure } from "../plot/figure.ts";
import { sweepFiles } from "../sweep/files.ts";

/**
 * Writes rows to `results/NAME.csv`, and their figure to `results/NAME.svg`; the same rows give the same
 * bytes. What was made from synthetic digits gets `-synthetic` at the end of its name.
 *
 * @param name letters, digits, dots, dashes and underscores
 * @param rows all with the same columns, one row or more
 * @throws {UserError} for a name that is no file name, or when `results/` cannot be written
 */
export async function saveResults(
  name: string,
  dataset: Dataset,
  rows: readonly object[],
  figure: Figure,
): Promise<void> {
  const files = sweepFiles(name, dataset);
  const cells = rows.map((row) => ({ ...row }) as Record<string, Cell>);
  await writeFileAtomically(files.table, formatCsv(cells, Object.keys(cells[0])));
  await writeFileAtomically(files.figure, figure.svg);
}
