import { curveKey, curvePanel } from "./curves.ts";
import { type Figure, figure } from "./figure.ts";

/** Duration of an epoch in one library at one point. */
export interface EpochTime {
  readonly dimension: string;
  readonly value: number;
  readonly library: string;
  /** Seconds. */
  readonly seconds: number;
}

const PANELS = [
  { dimension: "units", label: "units of the hidden layer (batch 32)", scale: "log" },
  { dimension: "depth", label: "hidden layers of 128 units (batch 32)", scale: "linear" },
  { dimension: "batch", label: "images per step (784-128-64-10)", scale: "log" },
] as const;

/**
 * Draws time per epoch against width, depth and batch size: this project and the fastest peer at each point.
 * The fastest peers form one series.
 *
 * @param own name of this project's library
 */
export function speedCurvesFigure(rows: readonly EpochTime[], own: string): Figure {
  const observations = rows.map(({ dimension, value, library, seconds }) => ({
    dimension,
    series: library === own ? own : "fastest peer",
    x: value,
    y: seconds,
  }));
  const peers = [...new Set(rows.map(({ library }) => library))].filter((name) => name !== own);
  const heading = {
    title: "CPU seconds of an epoch on MNIST, one core",
    subtitle: `the fastest peer at each point is ${peers.length > 1 ? "one of " : ""}${
      peers.join(", ") || "none"
    }`,
    key: curveKey(observations),
  };
  const panels = PANELS.map(({ dimension, label, scale }) =>
    curvePanel(observations.filter((row) => row.dimension === dimension), {
      x: { label, scale },
      y: { label: "epoch (s)", scale: "log" },
      width: 380,
      height: 320,
    })
  );
  return figure(heading, panels);
}
