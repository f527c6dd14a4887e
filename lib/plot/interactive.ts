import type { Metric } from "../sweep/metric.ts";
import { axisLabel, lossLabel } from "./axis_label.ts";
import type { Observation } from "./curves.ts";
import { surfaceWindow } from "./surface_window.ts";
import { sweepWindow } from "./sweep_window.ts";
import {
  type AnyTable,
  curveName,
  type Curves,
  drawnColumns,
  isLogarithmic,
  REPORTED_AXIS,
  type ReportedPoint,
  reportedPoints,
  rowNames,
  rowWords,
  type Table,
} from "./table_rows.ts";
import { SERIES, THEME } from "./theme.ts";
import {
  curveTraces,
  hoverText,
  type InteractiveFigure,
  type Trace,
  windowLayout,
} from "./window_figure.ts";

/**
 * Creates the figure of any table of this project, to zoom and pan; the pointer shows the settings and the
 * result of a row.
 *
 * The kinds of drawing are those of `sweepFigure` and `tableFigure`; a loss surface is one to rotate.
 *
 * @param title above the figure, such as the file's name
 * @param metric of a sweep; defaults to the test loss
 */
export function interactiveFigure(
  title: string,
  table: AnyTable,
  metric?: Metric,
): InteractiveFigure {
  if (table.kind === "sweep") return sweepWindow(title, table.rows, metric);
  if (table.kind === "surface") return surfaceWindow(title, table);
  if (table.kind === "curves") return curveFigure(title, table);
  if (table.kind === "reported") return reportedFigure(title, table);
  return barFigure(title, table);
}

/** Draws losses along a column: a dot per row, and a line through the means over the seeds. */
function curveFigure(title: string, table: Curves): InteractiveFigure {
  const { rows, along, losses } = table;
  const words = rowWords(table);
  const observations = losses.flatMap((loss) =>
    rows.flatMap((row): Observation[] => {
      const x = row[along], y = row[loss];
      if (typeof x !== "number" || typeof y !== "number") return [];
      return [{ series: curveName(table, row, loss), x, y, words: words(row) }];
    })
  );
  return {
    data: curveTraces(observations),
    layout: windowLayout(title, {
      xaxis: { title: axisLabel(along), type: isLogarithmic(table) ? "log" : "linear" },
      yaxis: { title: lossLabel(rows), type: "log" },
    }),
  };
}

/** Draws reported and reproduced numbers, one line per row, with error bars from the best to the worst seed. */
function reportedFigure(title: string, table: Table): InteractiveFigure {
  const points = reportedPoints(table);
  const run = points.filter(({ mean }) => mean !== null);
  const trace = (
    name: string,
    rate: "reported" | "mean",
    own: readonly ReportedPoint[],
    look: Readonly<Record<string, unknown>>,
  ) => ({
    type: "scatter",
    mode: "markers",
    name,
    x: own.map((point) => point[rate]!),
    y: own.map(({ row }) => row),
    text: own.map(({ words }) => hoverText(words)),
    hoverinfo: "text",
    marker: { ...look, size: 9 },
  });
  return {
    data: [
      trace("reported", "reported", points, { color: THEME.text.light, symbol: "diamond-open" }),
      {
        ...trace("reproduced: mean, least and greatest seed", "mean", run, {
          color: SERIES[0].light,
          symbol: "circle",
        }),
        error_x: {
          type: "data",
          symmetric: false,
          array: run.map(({ mean, min, max }) => Math.max(min!, max!) - mean!),
          arrayminus: run.map(({ mean, min, max }) => mean! - Math.min(min!, max!)),
        },
      },
    ],
    layout: windowLayout(title, {
      xaxis: { title: REPORTED_AXIS, type: "log" },
      yaxis: { autorange: "reversed", automargin: true, type: "category" },
      height: 120 + 22 * points.length,
    }),
  };
}

/** Draws a group of bars per row, one bar per column of numbers. */
function barFigure(title: string, table: Table): InteractiveFigure {
  const { rows } = table;
  const columns = drawnColumns(table), names = rowNames(table);
  const text = rows.map(rowWords(table)).map(hoverText);
  return {
    data: columns.map((column, i): Trace => ({
      type: "bar",
      name: column,
      x: names,
      y: rows.map((row) => Number(row[column] ?? NaN)),
      text,
      hoverinfo: "text",
      textposition: "none",
      marker: { color: SERIES[i % SERIES.length].light },
    })),
    layout: windowLayout(title, {
      xaxis: { automargin: true },
      yaxis: { title: columns.length === 1 ? columns[0] : "" },
      barmode: "group",
    }),
  };
}
