import { numberText } from "../base/number_text.ts";
import { colorOf } from "./loss_contour.ts";
import type { SurfaceTable } from "./table_rows.ts";
import { SERIES, THEME } from "./theme.ts";
import { hoverText, type InteractiveFigure, windowLayout } from "./window_figure.ts";

/** Colours from the lowest loss to the highest. */
const COLORS = [[0, SERIES[0].light], [1, THEME.grid.light]];

/**
 * The surface of a loss, to rotate and zoom, with the paths of trainings: each point of a path is at the
 * loss of its own network, so that a path off the plane lies above or below the surface. The loss is
 * on a logarithmic axis if it is nowhere 0.
 */
export function surfaceWindow(title: string, { surface, paths }: SurfaceTable): InteractiveFigure {
  const { xs, ys, losses } = surface;
  const isLog = losses.flat().every((loss) => loss > 0);
  const bend = (loss: number) => isLog ? Math.log10(loss) : loss;
  return {
    data: [
      {
        type: "surface",
        x: xs,
        y: ys,
        z: losses,
        surfacecolor: losses.map((row) => row.map(bend)),
        colorscale: COLORS,
        showscale: false,
        text: losses.map((row) => row.map((loss) => `loss: ${numberText(loss)}`)),
        hoverinfo: "text",
        opacity: 0.95,
      },
      ...paths.map(({ label, points }, p) => ({
        type: "scatter3d",
        mode: "lines+markers",
        name: label,
        x: points.map(({ x }) => x),
        y: points.map(({ y }) => y),
        z: points.map(({ loss }) => loss),
        text: points.map(({ loss }) => hoverText(`${label}\nloss: ${numberText(loss)}`)),
        hoverinfo: "text",
        line: { color: colorOf(p), width: 5 },
        marker: { color: colorOf(p), size: 3 },
      })),
    ],
    layout: windowLayout(title, {
      scene: { zaxis: { title: "loss", type: isLog ? "log" : "linear" } },
    }),
  };
}
