import { UserError } from "../base/user_error.ts";
import type { Dataset } from "../dataset/dataset.ts";
import type { Metric } from "../sweep/metric.ts";
import type { TrialRow } from "../sweep/row.ts";
import { formatTable } from "../sweep/table.ts";
import { testBestSetting, type TestedBest, testedSentence } from "../sweep/test_best.ts";
import { testedFile, writeTested } from "../sweep/result_files.ts";
import { liveProgress } from "./progress.ts";
import { sweepOf } from "./sweep.ts";

/**
 * Reads the test set for the best setting of a sweep in a notebook, chosen on its validation images: its
 * trials are trained again, with the same bits, and evaluated on the test images. The rows go to
 * `results/NAME-tested.csv`, which stays there while these trials are in the sweep's table.
 *
 * @param rows as `sweep` returned them
 * @param dataset defaults to the sweep's; needed for rows that were read from a table or put together
 * @param metric by which the best is chosen; defaults to the sweep's
 * @throws {UserError} if the sweep has no validation set, or no setting completed
 */
export async function testBest(
  rows: readonly TrialRow[],
  dataset?: Dataset,
  metric?: Metric,
): Promise<TestedBest> {
  const known = sweepOf(rows);
  const data = dataset ?? known?.dataset;
  if (data === undefined) {
    throw new UserError(
      "the rows are not those that sweep returned: add the dataset, testBest(rows, digits)",
    );
  }
  const progress = liveProgress({ label: "test", total: 1, unit: "settings" });
  const tested = await testBestSetting(rows, data, {
    metric: metric ?? known?.metric,
    journal: known?.files.journal,
    onProgress: ({ images, totalImages }) => progress.update(images / Math.max(totalImages, 1)),
  });
  if (known) await writeTested(known.files, formatTable(tested.rows));
  const place = known ? ` (results/${testedFile(known.files.name)})` : "";
  await progress.finish(testedSentence(tested) + place);
  return tested;
}
