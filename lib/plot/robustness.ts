import * as Plot from "@observablehq/plot";
import { accuracyText } from "../base/number_text.ts";
import { min } from "../base/statistics.ts";
import type { RobustnessRow } from "../recognition/robustness.ts";
import { type Figure, figure, plotPanel } from "./figure.ts";
import { SERIES, THEME } from "./theme.ts";

/** Target accuracy of every kind of photo. */
const GOAL = 0.95;

/** Draws the accuracy on each kind of photo with its 95 % interval, and the target. */
export function robustnessFigure(
  rows: readonly RobustnessRow[],
  dataset: string,
  network: string,
): Figure {
  const names = rows.map(({ photo }) => photo);
  const low = Math.min(GOAL, min(rows, (row) => row.low) ?? GOAL);
  const bars = rows.map((row) => ({ ...row, text: accuracyText(row.accuracy) }));
  const color = SERIES[0].light;
  const panel = plotPanel({
    width: 720,
    height: 30 * rows.length + 56,
    marginLeft: 200,
    marginRight: 76,
    marginTop: 8,
    marginBottom: 44,
    x: { domain: [Math.floor(100 * low - 0.5) / 100, 1] },
    y: { domain: names, label: null },
    marks: [
      Plot.gridX({ stroke: THEME.grid.light, strokeOpacity: 1, interval: 0.01 }),
      Plot.ruleX([GOAL], { stroke: SERIES[1].light, strokeDasharray: "4 3", strokeWidth: 1.5 }),
      Plot.ruleY(bars, { y: "photo", x1: "low", x2: "high", stroke: color, strokeWidth: 2 }),
      Plot.dot(bars, { y: "photo", x: "accuracy", fill: color, r: 4.5 }),
      Plot.text(bars, {
        y: "photo",
        text: "text",
        frameAnchor: "right",
        dx: 72,
        textAnchor: "end",
        fontSize: 12,
      }),
      Plot.axisY({ tickSize: 0, fontSize: 12, label: null, fill: THEME.text.light }),
      Plot.axisX({
        interval: 0.01,
        tickSize: 0,
        fontSize: 12,
        fill: THEME.muted.light,
        label: "test images read right (%)",
        labelAnchor: "center",
        labelArrow: "none",
        tickFormat: (accuracy: number) => String(Math.round(100 * accuracy)),
      }),
    ],
  });
  return figure({
    title: "Digits read from photos",
    subtitle: `test images of ${dataset} made into photos, read by a network ${network}`,
    key: [
      { sign: "●", color, label: "accuracy with its 95 % interval" },
      { sign: "┆", color: SERIES[1].light, label: "goal: 95 %" },
    ],
  }, [panel]);
}
