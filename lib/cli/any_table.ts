import { unreadable } from "../base/unreadable.ts";
import { UserError } from "../base/user_error.ts";
import { type AnyTable, parseAnyTable } from "../plot/table_rows.ts";
import { type Metric, METRICS } from "../sweep/metric.ts";
import { oneOf, option } from "./command.ts";

/** The option of commands that draw tables. */
export const metricOption = option(
  "<name>",
  `of a sweep's figure and its best: ${METRICS.join(", ")} (testLoss)`,
  oneOf(METRICS),
);

/**
 * Reads any table of the project.
 *
 * @param metric the value of {@linkcode metricOption}
 * @throws {UserError} if it cannot be read, has no rows or an invalid cell; if there is a metric and
 * the table is not a sweep's
 */
export async function readAnyTable(path: string, metric?: Metric): Promise<AnyTable> {
  const text = await Deno.readTextFile(path).catch((error) => {
    throw unreadable(path, error);
  });
  const table = parseAnyTable(text, path);
  if (metric !== undefined && table.kind !== "sweep") {
    throw new UserError(`${path}: --metric is for tables of sweeps`, 2);
  }
  return table;
}
