import { escapeXml, jupyterDisplay } from "../plot/figure.ts";
import { numberText } from "../base/number_text.ts";
import { bestSentence, bestSetting } from "../sweep/best.ts";
import {
  bestWord,
  comparedBy,
  compareValues,
  heldOutMeasures,
  type Metric,
  METRICS,
  metricText,
} from "../sweep/metric.ts";
import type { TrialRow } from "../sweep/row.ts";
import { meanOf, type Setting, settingsOf, variedFactors } from "../sweep/settings.ts";

/** The rows of a sweep: an array that shows itself as a table where it is a cell's value. */
export interface Rows extends Array<TrialRow> {
  /** The table by MIME type, for Jupyter front ends. */
  [jupyterDisplay](): Record<string, string>;
}

/** The most rows that are shown. */
const SHOWN = 100;

/**
 * Makes rows show themselves: the setting with the best mean first and marked, those that did not complete
 * last.
 *
 * @param metric defaults to the validation loss, or to the test loss without a validation set
 */
export function asRows(rows: TrialRow[], metric?: Metric): Rows {
  const value = () => ({
    "text/html": html(rows, metric),
    "text/plain": `${rows.length} trials; ${bestSentence(rows, metric)}`,
  });
  // Not enumerable: to compare or print the array stays the same.
  return Object.defineProperty(rows, jupyterDisplay, { value }) as Rows;
}

function html(rows: readonly TrialRow[], metric?: Metric): string {
  const by = comparedBy(rows, metric);
  const best = bestSetting(rows, metric)?.row;
  const sorted = sortedSettings(rows, by).flatMap(({ trials }) =>
    trials.map((row) => ({ row, isBest: best !== undefined && trials.includes(best) }))
  );
  const columns = columnsOf(rows);
  const head = ["", ...columns].map((name) => `<th>${name}</th>`).join("");
  const lines = sorted.slice(0, SHOWN).map(({ row, isBest }) => {
    const cells = columns.map((name) => `<td>${escapeXml(cellText(row, name))}</td>`).join("");
    const mark = isBest ? `<b>${bestWord(by)}</b>` : "";
    return `<tr><td>${mark}</td>${cells}</tr>`;
  });
  const more = sorted.length - SHOWN;
  return `<table><thead><tr>${head}</tr></thead><tbody>${lines.join("")}</tbody></table>` +
    (more > 0 ? `<p>… ${more} more rows</p>` : "");
}

/** The settings: the best first, those that did not complete all trials last. */
function sortedSettings(rows: readonly TrialRow[], metric: Metric): Setting[] {
  const settings = settingsOf(rows);
  const isComplete = ({ trials, completed }: Setting) => trials.length === completed.length;
  return [
    ...settings.filter(isComplete)
      .sort((a, b) => compareValues(metric, meanOf(a, metric) ?? NaN, meanOf(b, metric) ?? NaN)),
    ...settings.filter((setting) => !isComplete(setting)),
  ];
}

/** The columns that are shown: what varies between the trials, and how they ended. */
function columnsOf(rows: readonly TrialRow[]): (keyof TrialRow)[] {
  const seeds = new Set(rows.map(({ seed }) => seed)).size;
  const { loss, accuracy } = heldOutMeasures(rows);
  return [
    ...variedFactors(rows),
    ...seeds > 1 ? ["seed"] as const : [],
    ...["status", "trainLoss", loss, accuracy] as const,
  ];
}

function cellText(row: TrialRow, name: keyof TrialRow): string {
  const value = row[name];
  if (value === null) return "";
  const metric = METRICS.find((metric) => metric === name);
  if (typeof value !== "number" || name === "seed") return String(value);
  return metric === undefined ? numberText(value) : metricText(metric, value);
}
