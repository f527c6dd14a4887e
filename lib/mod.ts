/**
 * The one door: all that a notebook may use.
 *
 * @example
 * ```ts
 * import { classCounts, DIGITS, emptySamples } from "./mod.ts";
 * console.assert(classCounts(emptySamples(3, 28, 28), DIGITS.length)[0] === 3);
 * ```
 * @module
 */

// Images and their labels.
export {
  classCounts,
  type Dataset,
  datasetDigest,
  DIGITS,
  emptySamples,
  imageAt,
  type Samples,
  select,
  shuffle,
  slice,
  split,
  take,
} from "./dataset/dataset.ts";
export { classMeans } from "./dataset/class_means.ts";
export { loadMnist, type MnistOptions } from "./dataset/mnist.ts";

// Figures.
export { type Figure, toPng } from "./plot/figure.ts";
export { classCountBars } from "./plot/class_counts.ts";
export { confusionMatrix } from "./plot/confusion_matrix.ts";
export { digitGrid, type DigitGridOptions, meanImages } from "./plot/digits.ts";
export { accuracyByEpoch, type HistoryRow, historyRows, lossByEpoch } from "./plot/history.ts";
export {
  lossBy,
  lossByLearningRate,
  NUMERIC_HYPERPARAMETERS,
  type NumericHyperparameter,
  sweepFigure,
} from "./plot/loss_by_hyperparameter.ts";
export { type WeightMapOptions, weightMaps } from "./plot/weight_maps.ts";
export { zeroPixels } from "./plot/zero_pixels.ts";

// Sweeps.
export { linspace, logspace } from "./sweep/spacing.ts";
export type { TrialRow } from "./sweep/row.ts";
export { formatTable, readTable } from "./sweep/table.ts";

// What only a notebook needs.
export { sweep } from "./notebook/sweep.ts";
export { type LiveProgress, liveProgress, type LiveProgressOptions } from "./notebook/progress.ts";
