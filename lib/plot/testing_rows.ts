import { type Cell, formatCsv } from "../base/csv.ts";
import { grid, type Space } from "../sweep/space.ts";
import type { TrialRow } from "../sweep/row.ts";
import { sweepRow } from "../sweep/testing_row.ts";
import { cellsOf } from "../training/hyperparameters.ts";
import { type AnyTable, parseAnyTable } from "./table_rows.ts";

/** Creates rows for every trial of a space, with artificial losses that depend on it. */
export function sweepRows(space: Space): TrialRow[] {
  return grid({ layers: [784, 128, 64, 10], ...space }).map((trial, i) => {
    const rate = Math.log10(trial.learningRate) + 1;
    const size = trial.batchSize === "full" ? 3 : Math.log10(trial.batchSize);
    const chance = (i * 7 % 11) / 11;
    const testLoss = 0.09 * (1 + rate * rate) * (1 + 0.2 * size) * (1 + 5 * trial.l2) *
      (trial.activation === "relu" ? 1 : 1.4) * (1 + 0.1 * chance);
    return sweepRow({
      ...cellsOf(trial),
      testLoss,
      trainLoss: 0.7 * testLoss,
      testAccuracy: 1 - testLoss / 4,
    });
  });
}

/** A table with some rows, the first of which has all columns, as read from a file. */
export function tableOf(rows: readonly object[]): AnyTable {
  const cells = rows.map((row) => ({ ...row }) as Record<string, Cell>);
  return parseAnyTable(formatCsv(cells, Object.keys(cells[0])), "table.csv");
}
