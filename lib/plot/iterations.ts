import type { IterationRecord } from "../training/iterations.ts";
import type { Axis, Observation } from "./curves.ts";
import type { Figure } from "./figure.ts";
import { lineChart } from "./line_chart.ts";

/** Metrics of a training after a step. */
export interface IterationRow extends IterationRecord {
  /** Name of the training in the figure's key. */
  readonly series: string;
}

/** Quantity on the x axis: steps, or images processed. */
export type Along = "iteration" | "images";

const X_AXES: Record<Along, Axis> = {
  iteration: { label: "iterations (steps)", scale: "log" },
  images: { label: "training images gone through (thousands)", scale: "log" },
};

function place(row: IterationRow, along: Along): number {
  return along === "images" ? row.images / 1000 : row.iteration;
}

/** Draws the loss on all training images during training, one curve per series. */
export function lossByIteration(rows: readonly IterationRow[], along: Along): Figure {
  const observations = rows.map((row) => ({
    series: row.series,
    x: place(row, along),
    y: row.trainLoss,
  }));
  return lineChart(observations, {
    title: along === "iteration" ? "Training loss by iteration" : "Training loss by work",
    x: X_AXES[along],
    y: { label: "loss on all training images (nats)", scale: "log" },
  });
}

/**
 * Draws the fraction of training images, and of validation or test images, classified correctly: two curves
 * per series.
 */
export function accuracyByIteration(rows: readonly IterationRow[], along: Along): Figure {
  const curve = (name: string, of: (row: IterationRow) => number | undefined): Observation[] =>
    rows.flatMap((row) => {
      const y = of(row);
      return y === undefined ? [] : [{ series: `${row.series}, ${name}`, x: place(row, along), y }];
    });
  return lineChart([
    ...curve("training", ({ trainAccuracy }) => trainAccuracy),
    ...curve("validation", ({ validationAccuracy }) => validationAccuracy),
    ...curve("test", ({ testAccuracy }) => testAccuracy),
  ], {
    title: along === "iteration" ? "Accuracy by iteration" : "Accuracy by work",
    x: X_AXES[along],
    y: { label: "classified right (%)", scale: "linear", percent: true },
  });
}
