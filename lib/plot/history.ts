import type { Loss } from "../network/loss.ts";
import type { EpochRecord, TrialResult } from "../training/trial_result.ts";
import { type Axis, curveKey, curvePanel, type Observation } from "./curves.ts";
import { type Figure, figure } from "./figure.ts";
import { lossLabel } from "./axis_label.ts";

/** Metrics of a trial after an epoch. Rows with the same series and epoch are seeds. */
export interface HistoryRow extends EpochRecord {
  /** Name of the trial in the figure's key; optional if there is only one. */
  readonly series?: string;
  /** Loss function, which determines the unit of the losses. */
  readonly loss?: Loss;
}

/**
 * Converts the histories of trials to rows for {@linkcode lossByEpoch} and {@linkcode accuracyByEpoch}.
 *
 * @param series returns the name of a trial; trials with the same name are repeats
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

/** Draws training loss, and validation or test loss, after each epoch, a pair of curves per series. */
export function lossByEpoch(rows: readonly HistoryRow[]): Figure {
  return historyFigure("Loss by epoch", rows, { label: lossLabel(rows), scale: "log" }, {
    "validation loss": ({ validationLoss }) => validationLoss,
    "test loss": ({ testLoss }) => testLoss,
    "training loss": ({ trainLoss }) => trainLoss,
  });
}

/**
 * Draws the fraction of validation or test images classified correctly after each epoch, one curve per
 * series.
 */
export function accuracyByEpoch(rows: readonly HistoryRow[]): Figure {
  const kinds = [
    ...rows.some(({ validationAccuracy }) => validationAccuracy !== undefined)
      ? ["validation"]
      : [],
    ...rows.some(({ testAccuracy }) => testAccuracy !== undefined) ? ["test"] : [],
  ];
  const word = kinds.length === 1 ? `${kinds[0]} accuracy` : "accuracy";
  const axis: Axis = { label: `${word} (%)`, scale: "linear", percent: true };
  return historyFigure(`${word[0].toUpperCase()}${word.slice(1)} by epoch`, rows, axis, {
    "validation accuracy": ({ validationAccuracy }) => validationAccuracy,
    "test accuracy": ({ testAccuracy }) => testAccuracy,
  });
}

/** Draws a curve for each metric of each series that has it. */
function historyFigure(
  title: string,
  rows: readonly HistoryRow[],
  y: Axis,
  measures: Readonly<Record<string, (row: HistoryRow) => number | undefined>>,
): Figure {
  const known = Object.entries(measures).filter(([, of]) =>
    rows.some((row) => of(row) !== undefined)
  );
  const nameOf = (row: HistoryRow, measure: string) => {
    if (row.series === undefined) return measure;
    return known.length === 1 ? row.series : `${row.series}, ${measure}`;
  };
  const observations: Observation[] = known.flatMap(([measure, of]) =>
    rows.flatMap((row) => {
      const y = of(row);
      return y === undefined ? [] : [{ series: nameOf(row, measure), x: row.epoch, y }];
    })
  );
  return figure({ title, key: curveKey(observations) }, [
    curvePanel(observations, { x: EPOCHS, y }),
  ]);
}
