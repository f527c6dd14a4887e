import { accuracyText, lossText, percentageText } from "../base/number_text.ts";
import { mean } from "../base/statistics.ts";
import { UserError } from "../base/user_error.ts";
import type { Dataset } from "../dataset/dataset.ts";
import { fromCells } from "../training/hyperparameters.ts";
import { type Interval, wilsonInterval } from "../training/wilson.ts";
import { bestSetting } from "./best.ts";
import { heldOutMeasures, type Metric } from "./metric.ts";
import type { TrialRow } from "./row.ts";
import { distinction, settingsOf } from "./settings.ts";
import type { Space } from "./space.ts";
import { runSweep } from "./sweep.ts";
import type { SweepOptions } from "./sweep_options.ts";
import { rowOf } from "./table.ts";

/** The best setting of a sweep on the test images. */
export interface TestedBest {
  /** Its trials, with their results on the test images beside those on validation images. */
  readonly rows: readonly TrialRow[];
  /** The values that differ from the sweep's other settings, in words. */
  readonly setting: string;
  /** Means over the seeds. */
  readonly validationAccuracy: number;
  readonly testAccuracy: number;
  readonly testLoss: number;
  /** Number of test images. */
  readonly images: number;
  /**
   * 95 % interval of the test accuracy: of what it would be on all images like these, of which the test
   * images are a sample (Wilson).
   */
  readonly interval: Interval;
}

/** Options of {@linkcode testBestSetting}. */
export interface TestBestOptions
  extends Pick<SweepOptions, "journal" | "workers" | "engine" | "onProgress" | "signal"> {
  /** The measure by which the best is chosen; defaults to the validation loss. */
  readonly metric?: Metric;
}

/**
 * Chooses the best setting of a sweep on its validation images, trains its trials again, with the same bits,
 * and evaluates them on the test images. As the choice did not see these, the accuracy is an honest one; it
 * stays so if the test images are read this once.
 *
 * @param rows the sweep's table
 * @param dataset the one of the sweep
 * @throws {UserError} if the sweep has no validation set, no setting completed, or the training gives other
 * weights than the table has
 */
export async function testBestSetting(
  rows: readonly TrialRow[],
  dataset: Dataset,
  { metric, ...options }: TestBestOptions = {},
): Promise<TestedBest> {
  if (heldOutMeasures(rows).loss !== "validationLoss") {
    throw new UserError(
      "the sweep has no validation set: its best setting was chosen on the test images already; " +
        "add, for example, validation 0.1 to the sweep",
    );
  }
  const best = bestSetting(rows, metric);
  if (best === undefined) throw new UserError("no setting completed all its trials");
  const { trials } = settingsOf(rows).find(({ row }) => row === best.row)!;
  const results = await runSweep(spaceOf(trials), dataset, { ...options, readTest: true });
  const tested = results.map(rowOf);
  tested.forEach((row, i) => requireSame(row, trials[i]));
  const testAccuracy = mean(tested, ({ testAccuracy }) => testAccuracy)!;
  const images = dataset.test.count;
  return {
    rows: tested,
    setting: distinction(best.row, rows),
    validationAccuracy: best.validationAccuracy!,
    testAccuracy,
    testLoss: mean(tested, ({ testLoss }) => testLoss)!,
    images,
    interval: wilsonInterval(testAccuracy * images, images),
  };
}

/** The space of a setting's trials, in their order. */
function spaceOf(trials: readonly TrialRow[]): Space {
  // Each value in a list of its own: a value may be a list, too.
  const values = Object.entries(fromCells(trials[0])).map(([name, value]) => [name, [value]]);
  return { ...Object.fromEntries(values), seed: trials.map(({ seed }) => seed) };
}

function requireSame(row: TrialRow, former: TrialRow): void {
  if (row.status === "failed") {
    throw new UserError(`seed ${row.seed} of the best setting could not be trained again`);
  }
  if (row.weightsDigest === former.weightsDigest) return;
  throw new UserError(
    `seed ${row.seed} of the best setting gives other weights than in the table: run the sweep again`,
  );
}

/** The result in a sentence, the same in the terminal and in notebooks. */
export function testedSentence(tested: TestedBest): string {
  const { testAccuracy, validationAccuracy, testLoss, images, interval } = tested;
  const range = `${percentageText(100 * interval.low)} to ${accuracyText(interval.high)}`;
  const seeds = tested.rows.length > 1 ? `, mean of ${tested.rows.length} seeds` : "";
  return `test: ${tested.setting}: ${accuracyText(testAccuracy)} of ${images} test images ` +
    `(95 % interval: ${range}${seeds}), test loss ${lossText(testLoss)}; ` +
    `on validation images ${accuracyText(validationAccuracy)}`;
}
