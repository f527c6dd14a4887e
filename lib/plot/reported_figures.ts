import * as Plot from "@observablehq/plot";
import { numberText } from "../base/number_text.ts";
import { extent } from "../base/statistics.ts";
import type { ReportedRow } from "../sweep/reported/reported_row.ts";
import { CONFIDENCE } from "../sweep/reported/prediction.ts";
import { isReached, type Verdict } from "../sweep/reported/verdict.ts";
import { countOf100 } from "../sweep/reported/row_text.ts";
import { axisX, gridX } from "./axis_marks.ts";
import { logTicks } from "./curves.ts";
import { type Figure, figure, plotPanel } from "./figure.ts";
import { SERIES, THEME } from "./theme.ts";

/** Verdict on a training; verdicts on computed numbers are not drawn. */
type DrawnVerdict = Exclude<Verdict, "same digits" | "other digits">;

/** Style of each verdict: shape and colour differ. */
const VERDICTS: Record<
  DrawnVerdict,
  { color: string; symbol: "circle" | "triangle" | "square" | "star" | "cross"; sign: string }
> = {
  "holds": { color: SERIES[0].light, symbol: "circle", sign: "●" },
  "exceeded": { color: SERIES[2].light, symbol: "triangle", sign: "▲" },
  "not reached": { color: SERIES[1].light, symbol: "square", sign: "■" },
  "architecture reaches it": { color: SERIES[3].light, symbol: "star", sign: "★" },
  "architecture does not reach it": { color: SERIES[4].light, symbol: "cross", sign: "✚" },
};

/** Height of a line, in pixels. */
const LINE = 20;
/** Pixels left of the plot, for ids and variants. */
const MARGIN_LEFT = 500;
/** Pixels right of the plot, for the number of runs in 100 as good as the report. */
const MARGIN_RIGHT = 90;
const WIDTH = 1060;

/** A line of the figure: a row, or the heading of a source. */
interface Line {
  readonly place: number;
  readonly row?: ReportedRow;
  readonly heading?: string;
}

/**
 * Draws reported and reproduced error rates on a logarithmic axis, a line per row, grouped by source. Rows
 * that are not rates (Mazur's numbers) are omitted.
 *
 * @param rows the table of reported figures
 */
export function reportedFiguresPlot(rows: readonly ReportedRow[]): Figure {
  const rates = rows.filter(({ measure }) => measure === "accuracy" || measure === "error rate");
  const lines = linesOf(rates);
  const run = rates.filter(({ mean }) => mean !== null);
  const held = run.filter(({ verdict }) => verdict !== "not run" && isReached(verdict)).length;
  const panel = ratePanel(lines);
  return figure({
    title: "Reported error rates, and what came out here",
    subtitle: [
      `${held} of ${run.length} rows reach what was reported` +
      (run.length < rates.length ? `; ${rates.length - run.length} have not been run` : ""),
      "right: how many of 100 runs would be as good as the report or better; " +
      "architecture: settings chosen here",
    ],
    key: [
      { sign: "◇", color: THEME.text.light, label: "reported" },
      ...Object.entries(VERDICTS).map(([label, { sign, color }]) => ({ sign, color, label })),
      { sign: "━", color: THEME.muted.light, label: "least to greatest seed" },
      {
        sign: "─",
        color: THEME.muted.light,
        label: `${100 * CONFIDENCE} % prediction interval of one more run`,
      },
    ],
  }, [panel]);
}

/** Groups the rows below the headings of their sources. */
function linesOf(rows: readonly ReportedRow[]): Line[] {
  const groups = Map.groupBy(rows, ({ source }) => source);
  const lines: Omit<Line, "place">[] = [...groups].flatMap(([heading, group]) => [
    { heading },
    ...group.map((row) => ({ row })),
  ]);
  return lines.map((line, place) => ({ ...line, place }));
}

function ratePanel(lines: readonly Line[]) {
  const points = lines.flatMap(({ place, row }) => row ? [{ place, ...ratesOf(row) }] : []);
  const all = points.flatMap(({ reported, low, high }) => [reported, low, high]);
  const [least = 1, greatest = 2] = extent(all.filter((value) => value !== null));
  const domain = [Math.min(least, 1) / 1.2, Math.max(greatest, 2) * 1.2];
  // An interval may begin at 0, which is not on a logarithmic axis.
  const within = (rate: number | null) =>
    rate === null ? null : Math.min(domain[1], Math.max(domain[0], rate));
  const run = points.filter(({ verdict }) => verdict !== "not run").map((point) => ({
    ...point,
    predictedLow: within(point.predictedLow),
    predictedHigh: within(point.predictedHigh),
  }));
  const ticks = logTicks(domain[0], domain[1]);
  const line = { stroke: THEME.muted.light } as const;
  const at = { y: "place" } as const;
  return plotPanel({
    width: WIDTH,
    height: lines.length * LINE + 48,
    marginLeft: MARGIN_LEFT,
    marginRight: MARGIN_RIGHT,
    marginTop: 4,
    marginBottom: 44,
    x: { type: "log", domain },
    y: { type: "linear", domain: [lines.length - 0.4, -0.6], axis: null },
    marks: [
      gridX({ ticks }),
      axisX(
        { ticks, format: (value) => numberText(value) },
        "test images that are taken for another digit (%)",
      ),
      words(lines.filter(({ heading }) => heading), ({ heading }) => heading, 0, THEME.text.light),
      words(lines.filter(({ row }) => row), ({ row }) => row?.row, 12, THEME.muted.light),
      words(lines.filter(({ row }) => row), ({ row }) => row?.variant, 130, THEME.text.light),
      shares(lines.filter(({ row }) => row && row.asGood !== null)),
      Plot.ruleY(run, { ...at, ...line, x1: "predictedLow", x2: "predictedHigh" }),
      Plot.ruleY(run, { ...at, ...line, x1: "low", x2: "high", strokeWidth: 5 }),
      Object.entries(VERDICTS).map(([name, { color, symbol }]) =>
        Plot.dot(run.filter(({ verdict }) => verdict === name), {
          ...at,
          x: "mean",
          symbol,
          fill: color,
          r: 5,
        })
      ),
      Plot.dot(points, {
        ...at,
        x: "reported",
        symbol: "diamond",
        stroke: THEME.text.light,
        strokeWidth: 1.8,
        r: 5,
      }),
    ],
  });
}

/** A column of text left of the plot, `dx` pixels from the edge. */
function words(
  lines: readonly Line[],
  text: (line: Line) => string | undefined,
  dx: number,
  color: string,
): Plot.Markish {
  return Plot.text(lines, {
    y: "place",
    frameAnchor: "left",
    dx: dx - MARGIN_LEFT,
    text,
    textAnchor: "start",
    fill: color,
    fontSize: 12,
    fontWeight: dx === 0 ? 600 : 400,
  });
}

/** The column right of the plot: number of runs in 100 as good as the report. */
function shares(lines: readonly Line[]): Plot.Markish {
  return Plot.text(lines, {
    y: "place",
    frameAnchor: "right",
    dx: MARGIN_RIGHT - 8,
    text: ({ row }: Line) => countOf100(row!.asGood!),
    textAnchor: "end",
    fill: THEME.text.light,
    fontSize: 12,
  });
}

/** Converts a row's numbers to error rates in per cent. */
function ratesOf(row: ReportedRow) {
  const rate = (value: number | null) =>
    value === null ? null : row.measure === "accuracy" ? 100 - value : value;
  const ends = [rate(row.min), rate(row.max)].filter((end) => end !== null);
  const predicted = [rate(row.predictedLow), rate(row.predictedHigh)].filter((end) => end !== null);
  return {
    verdict: row.verdict,
    reported: rate(row.reported)!,
    mean: rate(row.mean),
    low: ends.length > 0 ? Math.min(...ends) : null,
    high: ends.length > 0 ? Math.max(...ends) : null,
    predictedLow: predicted.length > 0 ? Math.min(...predicted) : null,
    predictedHigh: predicted.length > 0 ? Math.max(...predicted) : null,
  };
}
