import { type Observation, summarize } from "./curves.ts";
import { SERIES } from "./theme.ts";

/** A figure in plotly.js's format, which nodeplotlib shows: plain data. */
export interface InteractiveFigure {
  readonly data: readonly Trace[];
  readonly layout: Readonly<Record<string, unknown>>;
}

/** Points, lines, bars or cells. */
export interface Trace extends Readonly<Record<string, unknown>> {
  readonly name?: string;
  readonly x?: readonly (number | string)[];
  readonly y?: readonly (number | string)[];
  /** Text shown when the pointer is on a point. */
  readonly text?: readonly (string | readonly string[])[];
}

/**
 * Returns the layout of a figure.
 *
 * @param title above the figure, such as the file's name
 * @param more the axes, and changes of the layout
 */
export function windowLayout(title: string, more: Readonly<Record<string, unknown>>) {
  return {
    title: escapeTags(title),
    hovermode: "closest",
    hoverlabel: { align: "left" },
    legend: { orientation: "h", y: 1.02, yanchor: "bottom" },
    height: 640,
    ...more,
  };
}

/** Returns the part of a layout with a title, lines below it, and the legend beside the figure. */
export function titleLines(title: string, lines: readonly string[]) {
  const small = lines.map((line) => `<span style="font-size:12px">${escapeTags(line)}</span>`);
  return {
    title: { text: [escapeTags(title), ...small].join("<br>"), y: 0.97, yanchor: "top" },
    margin: { t: 80 + 20 * lines.length },
    legend: {},
  };
}

/** Returns a line through the means of each series, and a dot with its text for each observation. */
export function curveTraces(observations: readonly Observation[]): Trace[] {
  const means = Map.groupBy(summarize(observations), ({ series }) => series);
  return [...Map.groupBy(observations, ({ series }) => series)].flatMap(([name, points], i) => {
    const color = SERIES[i % SERIES.length].light;
    const line = means.get(name)!;
    return [{
      type: "scatter",
      mode: "lines",
      name,
      legendgroup: name,
      x: line.map(({ x }) => x),
      y: line.map(({ mean }) => mean),
      line: { color },
      hoverinfo: "skip",
    }, {
      type: "scatter",
      mode: "markers",
      name,
      legendgroup: name,
      showlegend: false,
      x: points.map(({ x }) => x),
      y: points.map(({ y }) => y),
      text: points.map(({ words = "" }) => hoverText(words)),
      hoverinfo: "text",
      marker: { color, size: 6, symbol: i },
    }];
  });
}

/** Converts text for display beside the pointer by plotly.js. */
export function hoverText(words: string): string {
  return escapeTags(words).replaceAll("\n", "<br>");
}

/** Escapes the HTML tags that plotly.js would interpret in its texts. */
function escapeTags(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
