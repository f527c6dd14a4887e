import type { ReportedRow } from "../sweep/reported/reported_row.ts";
import { NUMERIC_HYPERPARAMETERS } from "../training/hyperparameters.ts";
import { axisLabel, lossLabel } from "./loss_by_hyperparameter.ts";
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

type Cell = string | number | null;
type Row = Readonly<Record<string, Cell>>;

/** Columns that say what a training gave rather than how it was set up. */
const MEASURED = new Set([
  ...["status", "steps", "images", "weightsDigest"],
  ...["trainLoss", "testLoss", "trainAccuracy", "testAccuracy"],
]);
/** The columns that curves run along, the first that there is. */
const ALONG = ["iteration", "epoch"];

/**
 * The figure of any table of this project, to be zoomed into; beside the pointer stands the whole row:
 * every hyperparameter and every result.
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
  const rows = typedRows(records);
  const columns = Object.keys(rows[0]);
  if (["reported", "mean", "verdict"].every((column) => columns.includes(column))) {
    return reportedFigure(title, rows);
  }
  const along = ALONG.find((column) => columns.includes(column)) ??
    (columns.includes("testLoss") ? sweptColumn(rows) : undefined);
  const losses = ["testLoss", "trainLoss"].filter((column) => columns.includes(column));
  return along === undefined || losses.length === 0
    ? barFigure(title, rows)
    : curveFigure(title, rows, along, losses);
}

/** Cells as numbers in the columns where all of them are. */
function typedRows(records: readonly Readonly<Record<string, string | null>>[]): Row[] {
  const numeric = new Set(
    Object.keys(records[0]).filter((column) =>
      records.every((record) => record[column] === null || Number.isFinite(Number(record[column])))
    ),
  );
  return records.map((record) =>
    Object.fromEntries(
      Object.entries(record).map(([column, cell]) => [
        column,
        cell !== null && numeric.has(column) ? Number(cell) : cell,
      ]),
    )
  );
}

function sweptColumn(rows: readonly Row[]): string | undefined {
  const columns = NUMERIC_HYPERPARAMETERS.filter((column) => typeof rows[0][column] === "number");
  return columns.find((column) => differs(rows, column)) ?? columns[0];
}

function differs(rows: readonly Row[], column: string): boolean {
  return new Set(rows.map((row) => row[column])).size > 1;
}

/** Losses along a column: a dot a row, and a line through the means of those that differ in seed only. */
function curveFigure(
  title: string,
  rows: readonly Row[],
  along: string,
  losses: readonly string[],
): InteractiveFigure {
  const settings = Object.keys(rows[0]).filter((column) =>
    column !== along && column !== "seed" && !MEASURED.has(column) && differs(rows, column)
  );
  const nameOf = (row: Row) =>
    settings.map((column) => column === "series" ? row[column] : `${column} ${row[column]}`)
      .join(", ");
  const series = losses.flatMap((loss) =>
    [...Map.groupBy(rows.filter((row) => row[loss] !== null), nameOf)].map(([name, group]) => ({
      name: name ? `${name}: ${loss}` : loss,
      loss,
      group,
    }))
  );
  const values = rows.map((row) => Number(row[along]));
  const log = along !== "epoch" && along !== "epochs" && Math.min(...values) > 0;
  return {
    data: series.flatMap(({ name, loss, group }, i) => curveTraces(name, along, loss, group, i)),
    layout: layoutOf(title, {
      xaxis: { title: axisLabel(along), type: log ? "log" : "linear" },
      yaxis: { title: lossLabel(rows), type: "log" },
    }),
  };
}

function curveTraces(
  name: string,
  along: string,
  loss: string,
  rows: readonly Row[],
  index: number,
): Trace[] {
  const color = SERIES[index % SERIES.length].light;
  const means = [...Map.groupBy(rows, (row) => Number(row[along]))]
    .map(([x, group]) => ({ x, y: mean(group.map((row) => Number(row[loss]))) }))
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
    text: rows.map(rowText),
    hoverinfo: "text",
    marker: { color, size: 6, symbol: index },
  }];
}

/** Reported and reproduced numbers, a line a row; error bars from the least to the greatest seed. */
function reportedFigure(title: string, all: readonly Row[]): InteractiveFigure {
  const rows = all.filter(({ measure }) => measure === "accuracy" || measure === "error rate");
  const run = rows.filter((row) => row.mean !== null);
  const rate = (row: Row, column: keyof ReportedRow) =>
    row.measure === "accuracy" ? 100 - Number(row[column]) : Number(row[column]);
  const trace = (name: string, column: "reported" | "mean", own: readonly Row[], look: Row) => ({
    type: "scatter",
    mode: "markers",
    name,
    x: own.map((row) => rate(row, column)),
    y: own.map((row) => String(row.row)),
    text: own.map(rowText),
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
function barFigure(title: string, rows: readonly Row[]): InteractiveFigure {
  const columns = Object.keys(rows[0]);
  const isNumber = (column: string) => rows.some((row) => typeof row[column] === "number");
  const names = columns.filter((column) => !isNumber(column) && differs(rows, column));
  const label = (row: Row, i: number) =>
    names.map((column) => row[column]).filter((cell) => cell !== null).join(", ") || `${i + 1}`;
  const numbers = columns.includes("accuracy") ? ["accuracy"] : columns.filter(isNumber);
  return {
    data: numbers.map((column, i): Trace => ({
      type: "bar",
      name: column,
      x: rows.map(label),
      y: rows.map((row) => Number(row[column] ?? NaN)),
      text: rows.map(rowText),
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

/** All of a row, a line a cell. */
function rowText(row: Row): string {
  return Object.entries(row)
    .filter(([, cell]) => cell !== null)
    .map(([column, cell]) => escapeTags(`${column}: ${cell}`))
    .join("<br>");
}

/** plotly.js reads a few HTML tags in its texts; a table's cells are no tags. */
function escapeTags(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
