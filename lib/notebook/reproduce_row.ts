import { projectPath } from "../base/project.ts";
import type { Dataset } from "../dataset/dataset.ts";
import { reportedFigures } from "../sweep/reported/reported_figures.ts";
import type { ReportedRow } from "../sweep/reported/reported_row.ts";
import { verdictText } from "../sweep/reported/row_text.ts";
import { readReportedTable } from "../sweep/reported/reported_table.ts";
import { reproduce, type Reproduction } from "../sweep/reported/reproduce.ts";
import { readTried, type TriedSetting } from "../sweep/reported/search.ts";
import { type LiveProgress, liveProgress } from "./progress.ts";
import { stoppable } from "./stoppable.ts";

/**
 * Reproduces one of the reported figures in a notebook, with a bar. The trials are kept in the
 * journal of `deno task reproduce`; the committed table is not changed.
 *
 * @param id such as `a`, `e-shuffled`, `simard-elastic`
 * @throws {UserError} for an unknown id, or when the dataset is not MNIST
 */
export async function reproduceRow(id: string, mnist: Dataset): Promise<Reproduction> {
  const [figure] = reportedFigures([id]);
  let display: LiveProgress | undefined;
  const start = (images: number) =>
    display ??= liveProgress({ label: id, total: Math.max(images, 1), unit: "images" });
  const reproduction = await stoppable("seeds", (report) =>
    reproduce(figure, mnist, {
      folder: projectPath("results", ".journal"),
      onProgress(now) {
        report(now);
        start(now.totalImages).update(now.images, `${now.finished} of ${now.trials} seeds`);
      },
    }));
  await start(1).finish(`${id}: ${verdictText(reproduction.row)}`);
  return reproduction;
}

/** The committed table of all reported figures. */
export function reportedRows(): Promise<ReportedRow[]> {
  return readReportedTable(projectPath("results", "reported-figures.csv"));
}

/**
 * The settings tried for publications that do not state them: the committed table of `deno task
 * reproduce --search`.
 */
export function chosenSettings(): Promise<TriedSetting[]> {
  return readTried(projectPath("results", "chosen-settings.csv"));
}
