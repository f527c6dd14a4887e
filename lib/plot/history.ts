import type { Loss } from "../network/loss.ts";
import type { EpochRecord, TrialResult } from "../training/trial_result.ts";
import { type Axis, curveKey, curvePanel, type Observation } from "./curves.ts";
import { type Figure, figure } from "./figure.ts";
import { lossLabel } from "./axis_label.ts";

/** What is known after an epoch, and of which trial. Rows of one series and epoch are its seeds. */
export interface HistoryRow extends EpochRecord {
  /** What sets the trial apart, as the figure's key shall say it; may be left out where there is one. */
  readonly series?: string;
  /** What was trained for, which gives the losses their unit. */
  readonly loss?: Loss;
}

/**
 * The histories of some trials as rows for {@linkcode lossByEpoch} and {@linkcode accuracyByEpoch}.
 *
 * @param series names a trial; trials of one name count as repeats
 */
export function historyRows(
  results: readonly TrialResult[],
  series?: (result: TrialResult) => string,
): HistoryRow[] {
  return results.flatMap((result) =>
    result.history.map((record) => ({
      ...record,
      loss: result.hyperparameters.loss,
      ...(series && { series: series(result) }),
    }))
  );
}

const EPOCHS: Axis = { label: "epochs", scale: "linear" };

/** Training and test loss after each epoch, one pair of curves a series. */
export function lossByEpoch(rows: readonly HistoryRow[]): Figure {
  return historyFigure("Loss by epoch", rows, { label: lossLabel(rows), scale: "log" }, {
    "test loss": ({ testLoss }) => testLoss,
    "training loss": ({ trainLoss }) => trainLoss,
  });
}

/** The part of the test images that are classified right after each epoch, one curve a series. */
export function accuracyByEpoch(rows: readonly HistoryRow[]): Figure {
  const axis: Axis = { label: "test accuracy (%)", scale: "linear", percent: true };
  return historyFigure("Test accuracy by epoch", rows, axis, {
    "test accuracy": ({ testAccuracy }) => testAccuracy,
  });
}

/** A curve for each of the measures of each of the series. */
function historyFigure(
  title: string,
  rows: readonly HistoryRow[],
  y: Axis,
  measures: Readonly<Record<string, (row: HistoryRow) => number>>,
): Figure {
  const observations: Observation[] = Object.entries(measures).flatMap(([measure, of]) =>
    rows.map((row) => ({
      series: row.series === undefined
        ? measure
        : Object.keys(measures).length === 1
        ? row.series
        : `${row.series}, ${measure}`,
      x: row.epoch,
      y: of(row),
    }))
  );
  return figure({ title, key: curveKey(observations) }, [
    curvePanel(observations, { x: EPOCHS, y }),
  ]);
}
