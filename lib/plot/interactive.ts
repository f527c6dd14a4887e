import type { ReportedRow } from "../sweep/reported/reported_row.ts";
import { mean, min } from "../base/statistics.ts";
import { axisLabel, lossLabel } from "./axis_label.ts";
import {
  type Curves,
  differs,
  isNumeric,
  readTable,
  type Row,
  rowWords,
  settingOf,
  type Table,
} from "./table_rows.ts";
import { SERIES, THEME } from "./theme.ts";

/** A figure in the words of plotly.js, as nodeplotlib takes it: plain data. */
export interface InteractiveFigure {
  readonly data: readonly Trace[];
  readonly layout: Readonly<Record<string, unknown>>;
}

/** Points, lines or bars of one colour. */
export interface Trace extends Readonly<Record<string, unknown>> {
  readonly name?: string;
  readonly x?: readonly (number | string)[];
  readonly y?: readonly (number | string)[];
  /** What stands beside a point when the pointer is on it. */
  readonly text?: readonly string[];
}

/**
 * The figure of any table of this project, to be zoomed into; the pointer
 * shows what sets a row apart and how its training ended.
 *
 * Sweeps are drawn against the hyperparameter that was swept, histories against epoch or iteration,
 * reported figures beside the reproduced ones, and any other table as bars.
 *
 * @param title above the figure, such as the file's name
 * @param records a line each, as `parseCsv` gives them, one or more
 */
export function interactiveFigure(
  title: string,
  records: readonly Readonly<Record<string, string | null>>[],
): InteractiveFigure {
  const table = readTable(records);
  if (table.kind === "curves") return curveFigure(title, table);
  if (table.kind === "reported") return reportedFigure(title, table);
  return barFigure(title, table);
}

/** Losses along a column: a dot a row, and a line through the means of those that differ in seed only. */
function curveFigure(title: string, table: Curves): InteractiveFigure {
  const { rows, along, losses, settings } = table;
  const series = losses.flatMap((loss) =>
    [...Map.groupBy(rows.filter((row) => row[loss] !== null), (row) => settingOf(row, settings))]
      .map(([name, group]) => ({ name: name ? `${name}: ${loss}` : loss, loss, group }))
  );
  const log = along !== "epoch" && along !== "epochs" &&
    (min(rows, (row) => Number(row[along])) ?? 0) > 0;
  return {
    data: series.flatMap(({ name, loss, group }, i) => curveTraces(name, table, loss, group, i)),
    layout: layoutOf(title, {
      xaxis: { title: axisLabel(along), type: log ? "log" : "linear" },
      yaxis: { title: lossLabel(rows), type: "log" },
    }),
  };
}

function curveTraces(
  name: string,
  table: Curves,
  loss: string,
  rows: readonly Row[],
  index: number,
): Trace[] {
  const { along } = table;
  const color = SERIES[index % SERIES.length].light;
  const means = [...Map.groupBy(rows, (row) => Number(row[along]))]
    .map(([x, group]) => ({ x, y: mean(group, (row) => Number(row[loss]))! }))
    .sort((a, b) => a.x - b.x);
  return [{
    type: "scatter",
    mode: "lines",
    name,
    legendgroup: name,
    x: means.map(({ x }) => x),
    y: means.map(({ y }) => y),
    line: { color },
    hoverinfo: "skip",
  }, {
    type: "scatter",
    mode: "markers",
    name,
    legendgroup: name,
    showlegend: false,
    x: rows.map((row) => Number(row[along])),
    y: rows.map((row) => Number(row[loss])),
    text: rows.map(hoverText(table)),
    hoverinfo: "text",
    marker: { color, size: 6, symbol: index },
  }];
}

/** Reported and reproduced numbers, a line a row; error bars from the least to the greatest seed. */
function reportedFigure(title: string, table: Table): InteractiveFigure {
  const rows = table.rows.filter(({ measure }) =>
    measure === "accuracy" || measure === "error rate"
  );
  const run = rows.filter((row) => row.mean !== null);
  const rate = (row: Row, column: keyof ReportedRow) =>
    row.measure === "accuracy" ? 100 - Number(row[column]) : Number(row[column]);
  const trace = (name: string, column: "reported" | "mean", own: readonly Row[], look: Row) => ({
    type: "scatter",
    mode: "markers",
    name,
    x: own.map((row) => rate(row, column)),
    y: own.map((row) => String(row.row)),
    text: own.map(hoverText(table)),
    hoverinfo: "text",
    marker: { ...look, size: 9 },
  });
  const reach = (row: Row, column: "min" | "max") =>
    Math.abs(rate(row, column) - rate(row, "mean"));
  const upper = (row: Row) => row.measure === "accuracy" ? "min" : "max";
  const lower = (row: Row) => row.measure === "accuracy" ? "max" : "min";
  return {
    data: [
      trace("reported", "reported", rows, { color: THEME.text.light, symbol: "diamond-open" }),
      {
        ...trace("reproduced: mean, least and greatest seed", "mean", run, {
          color: SERIES[0].light,
          symbol: "circle",
        }),
        error_x: {
          type: "data",
          symmetric: false,
          array: run.map((row) => reach(row, upper(row))),
          arrayminus: run.map((row) => reach(row, lower(row))),
        },
      },
    ],
    layout: layoutOf(title, {
      xaxis: { title: "test images that are taken for another digit (%)", type: "log" },
      yaxis: { autorange: "reversed", automargin: true, type: "category" },
      height: 120 + 22 * rows.length,
    }),
  };
}

/** A group of bars for each row, a bar for each column of numbers; of a table of accuracies, those. */
function barFigure(title: string, table: Table): InteractiveFigure {
  const { rows } = table;
  const columns = Object.keys(rows[0]);
  const names = columns.filter((column) => !isNumeric(rows, column) && differs(rows, column));
  const label = (row: Row, i: number) =>
    names.map((column) => row[column]).filter((cell) => cell !== null).join(", ") || `${i + 1}`;
  const numbers = columns.includes("accuracy")
    ? ["accuracy"]
    : columns.filter((column) => isNumeric(rows, column));
  return {
    data: numbers.map((column, i): Trace => ({
      type: "bar",
      name: column,
      x: rows.map(label),
      y: rows.map((row) => Number(row[column] ?? NaN)),
      text: rows.map(hoverText(table)),
      hoverinfo: "text",
      textposition: "none",
      marker: { color: SERIES[i % SERIES.length].light },
    })),
    layout: layoutOf(title, {
      xaxis: { automargin: true },
      yaxis: { title: numbers.length === 1 ? numbers[0] : "" },
      barmode: "group",
    }),
  };
}

function layoutOf(title: string, more: Readonly<Record<string, unknown>>) {
  return {
    title: escapeTags(title),
    hovermode: "closest",
    hoverlabel: { align: "left" },
    legend: { orientation: "h", y: 1.02, yanchor: "bottom" },
    height: 640,
    ...more,
  };
}

/** A function from a row to what varies between the rows and how the training ended. */
function hoverText(table: Table): (row: Row) => string {
  const words = rowWords(table);
  return (row) => escapeTags(words(row)).replaceAll("\n", "<br>");
}

/** plotly.js reads a few HTML tags in its texts; a table's cells are no tags. */
function escapeTags(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
