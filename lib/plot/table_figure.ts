import * as Plot from "@observablehq/plot";
import { countText } from "../base/number_text.ts";
import { extent } from "../base/statistics.ts";
import { axisX, gridX } from "./axis_marks.ts";
import { barChart, type Bars } from "./bar_chart.ts";
import { type Axis, curveKey, curvePanel, logTicks, type Observation } from "./curves.ts";
import { type Figure, figure, plotPanel } from "./figure.ts";
import { axisLabel, lossLabel } from "./axis_label.ts";
import {
  curveName,
  type Curves,
  drawnColumns,
  isLogarithmic,
  REPORTED_AXIS,
  reportedPoints,
  type Row,
  rowNames,
  rowWords,
  type Table,
} from "./table_rows.ts";
import { SERIES, THEME } from "./theme.ts";

/** Maximum rows drawn: with more, a browser takes seconds to open the page. */
const MOST_ROWS = 5000;
const GOLDEN_RATIO = (1 + Math.sqrt(5)) / 2;
/** Maximum series in the key. */
const MOST_NAMES = 12;
/** Maximum rows drawn as bars. */
const MOST_BARS = 60;
/** Maximum trials listed for one cross. */
const MOST_LINES = 12;

/**
 * Draws a table of this project that is not a sweep's. Each row is a point whose `aria-label` contains its
 * settings and results, which {@linkcode figurePage} shows beside the pointer.
 *
 * Histories are drawn against epoch or iteration, reported figures with the reproduced ones, and any other
 * table as bars.
 *
 * @param title above the figure, such as the file's name
 */
export function tableFigure(title: string, all: Table): Figure {
  const table = { ...all, rows: evenly(all.rows, MOST_ROWS) };
  const places = new Map(all.rows.map((row, i) => [row, i + 1]));
  const head: Head = {
    title,
    subtitle: table.rows.length < all.rows.length
      ? [
        `drawn: ${countText(table.rows.length)} of ${
          countText(all.rows.length)
        } rows, evenly chosen`,
      ]
      : [],
    lineOf: (row) => places.get(row)!,
  };
  if (table.kind === "curves") return curveFigure(head, table);
  if (table.kind === "reported") return reportedFigure(head, table);
  return otherFigure(head, table);
}

/** Heading of a figure, and the line number of each row, from 1. */
interface Head {
  readonly title: string;
  readonly subtitle: readonly string[];
  readonly lineOf: (row: Row) => number;
}

/** Draws losses along a column: a point per row, a line through the means over the seeds. */
function curveFigure(head: Head, table: Curves): Figure {
  const { rows, along, losses } = table;
  const words = rowWords(table);
  const placed = rows.filter((row) => typeof row[along] === "number");
  const observations = losses.flatMap((loss) =>
    placed.flatMap((row): Observation[] => {
      const y = row[loss];
      return typeof y === "number"
        ? [{ series: curveName(table, row, loss), x: Number(row[along]), y, words: words(row) }]
        : [];
    })
  );
  const ended = placed.filter((row) => losses.every((loss) => row[loss] === null));
  const panel = curvePanel(observations, {
    width: 960,
    height: 480,
    x: {
      label: axisLabel(along),
      scale: isLogarithmic(table) ? "log" : "linear",
      also: ended.map((row) => Number(row[along])),
    },
    y: { label: lossLabel(rows), scale: "log" },
    marginTop: ended.length > 0 ? 30 : 8,
    marks: () => crosses(ended, along, words),
  });
  const key = curveKey(observations);
  return figure({
    title: head.title,
    subtitle: [
      ...head.subtitle,
      key.length > MOST_NAMES ? `${key.length} curves; the pointer names each` : "",
      ended.length > 0 ? `✕ ${ended.length} of ${rows.length} rows have no loss` : "",
    ].filter(Boolean),
    key: key.slice(0, MOST_NAMES),
  }, [panel]);
}

/** Draws rows without a loss as a cross per value above the curves. */
function crosses(
  rows: readonly Row[],
  along: string,
  words: (row: Row) => string,
): Plot.Markish[] {
  const places = [...Map.groupBy(rows, (row) => Number(row[along]))].map(([x, group]) => ({
    x,
    words: [
      ...group.slice(0, MOST_LINES).map((row) => words(row).replaceAll("\n", ", ")),
      ...group.length > MOST_LINES ? [`and ${group.length - MOST_LINES} more`] : [],
    ].join("\n"),
  }));
  return [Plot.dot(places, {
    x: "x",
    frameAnchor: "top",
    dy: -14,
    symbol: "times",
    r: 5,
    stroke: THEME.text.light,
    strokeWidth: 2,
    ariaLabel: "words",
  })];
}

/** Returns about `most` rows, evenly spread over the table, or all if there are not more. */
export function evenly<T>(rows: readonly T[], most: number): readonly T[] {
  const part = most / rows.length;
  // Multiples of the golden ratio are evenly distributed modulo 1, and do not resonate with a period of the
  // rows, as every tenth row would with ten seeds.
  return part >= 1 ? rows : rows.filter((_, i) => (i * GOLDEN_RATIO) % 1 < part);
}

/** Draws reported and reproduced error rates, a line per row, with bars from the lowest to the highest seed. */
function reportedFigure(head: Head, table: Table): Figure {
  const points = reportedPoints(table);
  const values = points.flatMap(({ reported, mean, min, max }) => [reported, mean, min, max])
    .filter((value) => value !== null && value > 0);
  const [least = 1, greatest = 2] = extent(values as number[]);
  const domain = [least / 1.2, greatest * 1.2];
  const ticks = logTicks(domain[0], domain[1]);
  const color = SERIES[0].light;
  const panel = plotPanel({
    width: 960,
    height: 22 * points.length + 60,
    marginLeft: 260,
    marginBottom: 44,
    x: { type: "log", domain },
    y: { domain: points.map(({ row }) => row), label: null },
    marks: [
      gridX({ ticks }),
      axisX({ ticks, format: String }, REPORTED_AXIS),
      Plot.axisY({ tickSize: 0, fontSize: 12, label: null, fill: THEME.text.light }),
      Plot.ruleY(points, { y: "row", x1: "min", x2: "max", stroke: color, strokeWidth: 2 }),
      Plot.dot(points, { y: "row", x: "mean", fill: color, r: 4.5, ariaLabel: "words" }),
      Plot.dot(points, {
        y: "row",
        x: "reported",
        symbol: "diamond",
        stroke: THEME.text.light,
        strokeWidth: 1.5,
        r: 5,
        ariaLabel: "words",
      }),
    ],
  });
  return figure({
    ...head,
    key: [
      { sign: "◇", color: THEME.text.light, label: "reported" },
      { sign: "●", color, label: "reproduced: mean, least and greatest seed" },
    ],
  }, [panel]);
}

/** Draws bars for each column of numbers, only accuracies if there are any; curves for many rows. */
function otherFigure(head: Head, table: Table): Figure {
  const { rows } = table;
  const numbers = drawnColumns(table), names = rowNames(table);
  if (rows.length > MOST_BARS) return rowsFigure(head, table, numbers);
  const bars = numbers.map((column): Bars => ({
    title: column,
    values: rows.map((row) => Number(row[column] ?? NaN)),
    labels: names,
    details: rows.map(rowWords(table)),
  }));
  const note = numbers.length === 0 ? ["the table has no numbers"] : [];
  return barChart(bars, { ...head, subtitle: [...head.subtitle, ...note] });
}

/** Draws numbers along the rows of the table, for tables with too many rows for bars. */
function rowsFigure(head: Head, table: Table, numbers: readonly string[]): Figure {
  const words = rowWords(table);
  const observations = numbers.flatMap((series) =>
    table.rows.flatMap((row): Observation[] => {
      const y = row[series];
      return typeof y === "number" ? [{ series, x: head.lineOf(row), y, words: words(row) }] : [];
    })
  );
  const axis: Axis = { label: "row", scale: "linear" };
  return figure({ ...head, key: curveKey(observations).slice(0, MOST_NAMES) }, [
    curvePanel(observations, {
      width: 960,
      height: 480,
      x: axis,
      y: { label: "", scale: "linear" },
    }),
  ]);
}
