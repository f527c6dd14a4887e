/**
 * The public API, for notebooks and other programs.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { classCounts, DIGITS, emptySamples } from "./mod.ts";
 * assert(classCounts(emptySamples(3, 28, 28), DIGITS.length)[0] === 3);
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
export { loadDataset, type LoadOptions } from "./dataset/load.ts";
export { loadMnist, type MnistOptions } from "./dataset/mnist.ts";

// Networks, and a single training step in detail.
export { randomStream } from "./base/random.ts";
export { type Activation } from "./kernel/activations.ts";
export type { Images, Inputs, Kernel, Matrix } from "./kernel/kernel.ts";
export { plainKernel } from "./kernel/plain.ts";
export { simdKernel } from "./kernel/simd.ts";
export type { Architecture, LayerParameters, Model } from "./network/architecture.ts";
export { type Batch, batchOf } from "./network/batch.ts";
export { checkGradients, type GradientCheck } from "./network/check_gradients.ts";
export { foldNormalization } from "./network/fold_normalization.ts";
export { type Loss } from "./network/loss.ts";
export {
  type BiasDrawing,
  createNetwork,
  initialize,
  modelOf,
  type Network,
  networkOf,
} from "./network/network.ts";
export { type Normalization } from "./network/normalization.ts";
export { MAZUR_BATCH, MAZUR_MODEL } from "./training/mazur.ts";
export { modelAfter, type StepTrace, traceStep, traceSteps } from "./training/trace.ts";

// Training.
export { type ClassScore, classScores } from "./training/class_scores.ts";
export { type Dropout } from "./training/dropout.ts";
export { evaluate, type Evaluation } from "./training/evaluate.ts";
export {
  type Hyperparameters,
  NUMERIC_HYPERPARAMETERS,
  type NumericHyperparameter,
} from "./training/hyperparameters.ts";
export {
  iterationHistory,
  type IterationOptions,
  type IterationRecord,
} from "./training/iterations.ts";
export {
  type LossPlane,
  networkAt,
  type PathPlane,
  pathPlane,
  placeOn,
  type PlanePoint,
  randomPlane,
} from "./training/loss_plane.ts";
export {
  gridAround,
  type LossSurface,
  lossSurface,
  pathOn,
  type SurfaceGrid,
  type SurfacePoint,
} from "./training/loss_surface.ts";
export {
  type RangeRun,
  type RangeTest,
  rangeTest,
  type RangeTestOptions,
  type RangeTestSettings,
} from "./training/range_test.ts";
export { type RangePoint, type RateSuggestions } from "./training/suggest_rate.ts";
export { train } from "./training/train.ts";
export { runTrial, trainModel } from "./training/trial.ts";
export { type TrialResult } from "./training/trial_result.ts";
export { type HeldOutSplit, holdOut, type Validation } from "./training/validation.ts";
export { type Interval, wilsonInterval } from "./training/wilson.ts";

// Trained networks and photos.
export { photoFile, type PhotoOptions, PHOTOS } from "./picture/photo.ts";
export { type LoadedModel, loadModel, type ModelOptions, saveModel } from "./model/model_file.ts";
export { type Classification, classifier } from "./recognition/classify.ts";
export type { RobustnessRow } from "./recognition/robustness.ts";
export { readRobustness } from "./recognition/robustness_table.ts";

// Figures.
export { computationGraph, type ComputationNode } from "./plot/computation_graph.ts";
export { barChart, type BarChartOptions, type Bars } from "./plot/bar_chart.ts";
export type { Figure } from "./plot/figure.ts";
export { classCountBars } from "./plot/class_counts.ts";
export { confusionMatrix } from "./plot/confusion_matrix.ts";
export { digitGrid, type DigitGridOptions, meanImages } from "./plot/digits.ts";
export { accuracyByEpoch, type HistoryRow, historyRows, lossByEpoch } from "./plot/history.ts";
export {
  accuracyByIteration,
  type Along,
  type IterationRow,
  lossByIteration,
} from "./plot/iterations.ts";
export { contour, lossBy, lossByLearningRate, slices, sweepFigure } from "./plot/sweep_figure.ts";
export { type SweepFigureOptions } from "./plot/sweep_view.ts";
export { lineChart, type LineChartOptions } from "./plot/line_chart.ts";
export { lossContour, type LossContourOptions } from "./plot/loss_contour.ts";
export { type SurfacePath, type SurfaceRow, surfaceRows } from "./plot/surface_rows.ts";
export { type NetworkDrawingOptions, networkDrawings } from "./plot/network_drawing.ts";
export { type PixelMapOptions, pixelMaps } from "./plot/pixel_maps.ts";
export { toPng } from "./plot/png.ts";
export { rangeTestFigure } from "./plot/range_test.ts";
export { robustnessFigure } from "./plot/robustness.ts";
export { predictionGrid } from "./plot/prediction_grid.ts";
export { reportedFiguresPlot } from "./plot/reported_figures.ts";
export { type WeightMapOptions, weightMaps } from "./plot/weight_maps.ts";
export { zeroPixels } from "./plot/zero_pixels.ts";

// Predictions.
export { mostConfidentMistakes, type Prediction, predictions } from "./recognition/predictions.ts";

// Sweeps.
export { type BestSetting, bestSetting as best } from "./sweep/best.ts";
export { type MeanSummary, meanSummary, seedsNeeded } from "./sweep/compare.ts";
export {
  type Choice,
  choice,
  type Distribution,
  logUniform,
  type Range,
  uniform,
  wholeNumbers,
} from "./sweep/distribution.ts";
export { type Importance, type Importances, importances } from "./sweep/importance.ts";
export { type Metric } from "./sweep/metric.ts";
export { narrowed, type NarrowedOptions } from "./sweep/narrowed.ts";
export { hyperband, quasiRandom, random, type Search } from "./sweep/search.ts";
export type { Space } from "./sweep/space.ts";
export { linspace, logspace } from "./sweep/spacing.ts";
export { mean, median } from "./base/statistics.ts";
export type { TrialRow } from "./sweep/row.ts";
export { type SettingSummary, type Standing, summary } from "./sweep/summary.ts";
export { formatTable, readTable } from "./sweep/table.ts";

// Reported figures.
export { type MazurComparison, mazurComparison } from "./sweep/reported/mazur_figures.ts";
export type { ReportedRow } from "./sweep/reported/reported_row.ts";
export { resultText, verdictText } from "./sweep/reported/row_text.ts";
export { type Printed, printed } from "./sweep/reported/printed.ts";
export { type Claim, judge, type Judgement } from "./sweep/reported/verdict.ts";
export type { TriedSetting } from "./sweep/reported/search.ts";

// Notebooks only.
import "./notebook/deno_kernel_notice.ts";
export { backpropMistakes } from "./notebook/backprop_mistakes.ts";
export { check, type Verdict } from "./notebook/check.ts";
export { type DrawingPad, drawingPad, type DrawingPadOptions } from "./notebook/drawing_pad.ts";
export { type Formula, formula } from "./notebook/formula.ts";
export { type ImagePrediction, predictImage } from "./notebook/predict_image.ts";
export { type LivePage, livePage, type LivePageOptions } from "./notebook/lesson.ts";
export { findLearningRate, type FindLearningRateOptions } from "./notebook/find_learning_rate.ts";
export { histories, type TrialHistoryRow } from "./notebook/histories.ts";
export { chosenSettings, reportedRows, reproduceRow } from "./notebook/reproduce_row.ts";
export { saveResults } from "./notebook/save.ts";
export type { Rows } from "./notebook/rows.ts";
export { type NotebookSweepOptions, sweep } from "./notebook/sweep.ts";
export { testBest } from "./notebook/test_best.ts";
export { type TestedBest } from "./sweep/test_best.ts";
export { type LiveProgress, liveProgress, type LiveProgressOptions } from "./notebook/progress.ts";
export { type Stepper, stepThrough } from "./notebook/stepper.ts";
