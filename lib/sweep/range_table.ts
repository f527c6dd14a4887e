import { formatCsv } from "../base/csv.ts";
import type { RangeTest } from "../training/range_test.ts";

/** A line of a range test's table: a point of a seed's curve. */
const COLUMNS = ["seed", "step", "learningRate", "loss", "smoothedLoss"] as const;

/** Formats the curves of a range test as CSV; equal tests give equal bytes. */
export function formatRangeTest({ runs }: RangeTest): string {
  const rows = runs.flatMap(({ seed, points }) => points.map((point) => ({ seed, ...point })));
  return formatCsv(rows, COLUMNS);
}
