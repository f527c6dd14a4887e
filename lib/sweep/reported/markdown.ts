import { percentageText } from "../../base/number_text.ts";
import { type MazurComparison, mazurComparison } from "./mazur_figures.ts";
import type { ReportedRow } from "./reported_row.ts";
import { verdictText } from "./row_text.ts";

/** The rows of the README's table: each report as published, and its most informative variants. */
const README_ROWS = [
  "a",
  "a-shuffled",
  "b",
  "b-training-file",
  "b-500-iterations",
  "c",
  "c-batch-256",
  "d",
  "e",
  "e-training-file",
  "lecun-300",
  "lecun-1000",
  "lecun-300-100",
  "lecun-500-150",
  "simard-none",
  "simard-affine",
  "simard-elastic",
  "ciresan",
] as const;

/** Formats the trained rows of the README as a Markdown table, in the layout of `deno fmt`. */
export function reportedMarkdown(rows: readonly ReportedRow[]): string {
  const shown = README_ROWS.map((id) => rows.find(({ row }) => row === id)!);
  const percent = (value: number | null) => value === null ? "" : percentageText(value);
  return markdownTable([
    ["row", "network", "epochs", "reported", "mean here", "one more run", "seeds", "verdict"],
    ...shown.map((row) => [
      `${row.source.replace(/: .*/, "")}: ${row.variant}`,
      row.network,
      String(row.epochs),
      `${row.measure.replace(" rate", "")} ${row.printed}`,
      row.mean === null ? "not run" : `${percent(row.mean)} ± ${percent(row.standardDeviation)}`,
      row.mean === null ? "" : `${percent(row.predictedLow)} to ${percent(row.predictedHigh)}`,
      String(row.seeds),
      verdictText(row),
    ]),
  ]);
}

/** Formats Mazur's numbers that depend on the update order as a Markdown table. */
export function mazurMarkdown(): string {
  const depends = ({ allTogether, outputWeightsFirst }: MazurComparison) =>
    allTogether !== outputWeightsFirst;
  return markdownTable([
    ["number of the page", "printed", "all weights together", "output weights first"],
    ...mazurComparison().filter(depends).map((line) => {
      const bold = (value: string) => value === line.printed ? `**${value}**` : value;
      return [
        line.number,
        line.printed,
        bold(line.allTogether),
        bold(line.outputWeightsFirst),
      ];
    }),
  ]);
}

function markdownTable([names, ...rows]: readonly (readonly string[])[]): string {
  const widths = names.map((name, c) =>
    Math.max(...[name, ...rows.map((row) => row[c])].map(width))
  );
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, c) => cell + " ".repeat(widths[c] - width(cell))).join(" | ")} |`;
  const rule = `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`;
  return [line(names), rule, ...rows.map(line)].join("\n");
}

/** Number of visible characters: a letter with an accent counts once. */
function width(text: string): number {
  return [...text.normalize("NFC")].length;
}
