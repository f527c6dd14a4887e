import { percentageText } from "../../base/number_text.ts";
import type { ReportedRow } from "./reported_row.ts";

/**
 * Formats a row's verdict and, for a trained figure, its basis:
 * `holds; 95.3 or better in 43 of 100 runs`.
 */
export function verdictText({ verdict, printed, asGood }: ReportedRow): string {
  if (asGood === null) return verdict;
  return `${verdict}; ${printed} or better in ${countOf100(asGood)} of 100 runs`;
}

/** Formats a probability as a count of 100 that never claims certainty: `43`, `under 1`, `over 99`. */
export function countOf100(share: number): string {
  const count = Math.round(100 * share);
  return count === 0 ? "under 1" : count === 100 ? "over 99" : String(count);
}

/**
 * Formats a trained figure's report and result:
 * `accuracy 95.3 % reported, 94.71 ± 0.60 % here (20 seeds)`.
 */
export function resultText(row: ReportedRow): string {
  const { measure, printed, mean, standardDeviation, seeds } = row;
  if (mean === null) return `${measure} ${printed} reported, not run`;
  if (seeds === null || standardDeviation === null) {
    return `${measure} ${printed} reported, ${mean} here`;
  }
  return `${measure} ${printed} % reported, ${percentageText(mean)} ± ${
    percentageText(standardDeviation)
  } % here (${seeds} seeds)`;
}
