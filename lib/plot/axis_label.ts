import { lossUnit } from "../network/loss.ts";
import { isAccuracy, type Metric, METRIC_WORDS } from "../sweep/metric.ts";
import { axisText } from "../training/hyperparameter.ts";
import { type HyperparameterName, REGISTRY } from "../training/hyperparameters.ts";
import type { Axis } from "./curves.ts";

/** Returns a column's axis label: a hyperparameter's label with unit, otherwise the column's name. */
export function axisLabel(column: string): string {
  return Object.hasOwn(REGISTRY, column)
    ? axisText(REGISTRY[column as HyperparameterName].axis)
    : column;
}

/**
 * Returns the label of a loss axis: cross-entropies have a unit, squared errors have none. If there are
 * both, the label says that their curves cannot be compared.
 */
export function lossLabel(rows: readonly { readonly loss?: unknown }[], word = "loss"): string {
  const kinds = new Set(rows.map(({ loss }) => loss));
  if (kinds.size > 1) return `${word} (different kinds, not comparable)`;
  return rows.every(({ loss }) => lossUnit(loss) === "nats") ? `${word} (nats)` : word;
}

/** Returns the axis of a metric; `word` replaces its name if several losses share the axis. */
export function metricAxis(
  metric: Metric,
  rows: readonly { readonly loss?: unknown }[],
  word = METRIC_WORDS[metric],
): Axis {
  return isAccuracy(metric)
    ? { label: `${METRIC_WORDS[metric]} (%)`, scale: "linear", percent: true }
    : { label: lossLabel(rows, word), scale: "log" };
}
