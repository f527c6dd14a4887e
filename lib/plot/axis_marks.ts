import * as Plot from "@observablehq/plot";
import { THEME } from "./theme.ts";

/** The ticks of an axis with their text, such as `axisOf` returns. */
interface Ticks {
  readonly ticks: readonly number[];
  readonly format: (value: number) => string;
}

const GRID = { stroke: THEME.grid.light, strokeOpacity: 1 } as const;

/** Vertical grid lines. */
export function gridX({ ticks }: Pick<Ticks, "ticks">): Plot.Markish {
  return Plot.gridX(ticks, GRID);
}

/** Horizontal grid lines. */
export function gridY({ ticks }: Pick<Ticks, "ticks">): Plot.Markish {
  return Plot.gridY(ticks, GRID);
}

/** The axis below a panel, with its label in the middle. */
export function axisX({ ticks, format }: Ticks, label: string, fontSize = 12): Plot.Markish {
  return Plot.axisX(ticks, { ...look(fontSize), label, text: format });
}

/** The axis left of a panel; `null` for no label, in all panels of a row but the first. */
export function axisY({ ticks, format }: Ticks, label: string | null, fontSize = 12): Plot.Markish {
  return Plot.axisY(ticks, { ...look(fontSize), label, text: format });
}

function look(fontSize: number) {
  return {
    labelAnchor: "center",
    labelArrow: "none",
    tickSize: 0,
    fontSize,
    fill: THEME.muted.light,
  } as const;
}
