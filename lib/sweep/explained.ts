import { mean, quantile, sum } from "../base/statistics.ts";
import { isAccuracy, type Metric } from "./metric.ts";
import { type Factor, isNumeric, meanOf, settingsOf } from "./settings.ts";
import type { TrialRow } from "./row.ts";

/** Maximum number of groups of a factor with a different value in nearly every setting. */
const MOST_GROUPS = 8;

/**
 * Computes the share of the variance between settings that one factor explains alone: the sum of
 * squares between its groups over the whole sum of squares (η², "correlation ratio"; Fisher, Statistical
 * Methods for Research Workers, 1925, chapter 7). Losses, which span powers of ten, count by their
 * logarithm. Settings that did not complete are ignored.
 *
 * If more than half of the numbers are different, as in a random search, they are first put into at most
 * eight groups of equal size: otherwise each would explain itself.
 *
 * @returns 0 to 1; 0 if all settings are equally good
 */
export function explainedShare(rows: readonly TrialRow[], factor: Factor, metric: Metric): number {
  const points = settingsOf(rows).flatMap((setting) => {
    const value = meanOf(setting, metric);
    if (value === undefined || !isAccuracy(metric) && !(value > 0)) return [];
    return [{
      key: setting.row[factor],
      y: isAccuracy(metric) ? value : Math.log(value),
    }];
  });
  const overall = mean(points, ({ y }) => y) ?? 0;
  const total = sum(points, ({ y }) => (y - overall) ** 2);
  if (!(total > 0)) return 0;
  const groupOf = grouping(factor, points.map(({ key }) => key));
  const groups = [...Map.groupBy(points, ({ key }) => groupOf(key)).values()];
  const between = sum(
    groups,
    (group) => group.length * (mean(group, ({ y }) => y)! - overall) ** 2,
  );
  return Math.min(between / total, 1);
}

/** Returns a function from a factor's value to its group. */
function grouping(factor: Factor, keys: readonly unknown[]): (key: unknown) => unknown {
  const distinct = new Set(keys);
  const numbers = keys.filter((key) => typeof key === "number");
  if (!isNumeric(factor) || distinct.size <= keys.length / 2) return (key) => key;
  const count = Math.min(MOST_GROUPS, Math.ceil(Math.sqrt(numbers.length)));
  const ends = Array.from(
    { length: count - 1 },
    (_, i) => quantile(numbers, (i + 1) / count)!,
  );
  return (key) => typeof key === "number" ? ends.filter((end) => key > end).length : key;
}
