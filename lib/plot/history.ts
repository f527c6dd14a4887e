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

/** Training loss, and validation or test loss, after each epoch, one pair of curves a series. */
export function lossByEpoch(rows: readonly HistoryRow[]): Figure {
  return historyFigure("Loss by epoch", rows, { label: lossLabel(rows), scale: "log" }, {
    "validation loss": ({ validationLoss }) => validationLoss,
    "test loss": ({ testLoss }) => testLoss,
    "training loss": ({ trainLoss }) => trainLoss,
  });
}

/**
 * The part of the validation images, or of the test images, that are classified right after each epoch, one
 * curve a series.
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

/** A curve for each of the measures of each of the series that has it. */
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
