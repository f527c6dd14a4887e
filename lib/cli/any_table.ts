import { unreadable } from "../base/unreadable.ts";
import { UserError } from "../base/user_error.ts";
import { type AnyTable, parseAnyTable } from "../plot/table_rows.ts";
import { checkMetric, type Metric, METRICS } from "../sweep/metric.ts";
import { oneOf, option } from "./command.ts";

/** The option of commands that draw tables. */
export const metricOption = option(
  "<name>",
  `of a sweep's figure and its best: ${METRICS.join(", ")} (validationLoss, or else testLoss)`,
  oneOf(METRICS),
);

/**
 * Reads any table of the project.
 *
 * @param metric the value of {@linkcode metricOption}
 * @throws {UserError} if it cannot be read, has no rows or an invalid cell; if there is a metric and
 * the table is not a sweep's, or has no such measure
 */
export async function readAnyTable(path: string, metric?: Metric): Promise<AnyTable> {
  const text = await Deno.readTextFile(path).catch((error) => {
    throw unreadable(path, error);
  });
  const table = parseAnyTable(text, path);
  if (metric !== undefined && table.kind !== "sweep") {
    throw new UserError(`${path}: --metric is for tables of sweeps`, 2);
  }
  if (metric && table.kind === "sweep" && table.rows.every((row) => row[metric] === null)) {
    checkMetric(metric, table.rows.map(({ validation }) => validation));
  }
  return table;
}
