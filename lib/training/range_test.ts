import { pow } from "../base/elementary.ts";
import { usageError } from "../base/user_error.ts";
import { median } from "../base/statistics.ts";
import type { Dataset } from "../dataset/dataset.ts";
import { complete, fitTo, type Hyperparameters, type Settings } from "./hyperparameters.ts";
import { type RangePoint, type RateSuggestions, suggestRates } from "./suggest_rate.ts";
import { runTrial } from "./trial.ts";
import { trainedOn } from "./validation.ts";

/** The settings that a range test chooses itself. */
export const SET_BY_RANGE_TEST = [
  "learningRate",
  "schedule",
  "epochs",
  "patience",
  "stopAfter",
] as const;

/** Settings of the networks that a range test trains. */
export type RangeTestSettings = Partial<Omit<Settings, typeof SET_BY_RANGE_TEST[number] | "seed">>;

/** Options of {@linkcode rangeTest}. */
export interface RangeTestOptions {
  /** The first learning rate, above 0; defaults to 1e-7. */
  readonly from?: number;
  /** The last learning rate, above `from`; defaults to 10. */
  readonly to?: number;
  /** Steps from the first rate to the last, 20 to 1,000,000; defaults to those of one epoch, or to 100. */
  readonly steps?: number;
  /** Seeds of the runs, one or more; defaults to 1, 2 and 3. */
  readonly seeds?: readonly number[];
  /** Called after every recorded point. */
  readonly onProgress?: (progress: RangeTestProgress) => void;
  /** Ends the test between two steps. */
  readonly signal?: AbortSignal;
}

/** Progress of a range test. */
export interface RangeTestProgress {
  /** Steps made in all runs; a run that ends early counts in full. */
  readonly steps: number;
  /** Steps of all runs. */
  readonly totalSteps: number;
  /** The test so far, without suggestions; the last run may not be finished. */
  readonly test: RangeTest;
}

/** A run of a range test with one seed. */
export interface RangeRun {
  readonly seed: number;
  /** The curve: about a hundred points, evenly spaced along the logarithm of the rate. */
  readonly points: readonly RangePoint[];
  /** `true` if the loss exploded before the last rate. */
  readonly exploded: boolean;
  /** `undefined` if the loss did not fall. */
  readonly suggestions?: RateSuggestions;
}

/** The result of a range test. */
export interface RangeTest {
  /** The settings, with the highest rate; the seed is that of the first run. */
  readonly hyperparameters: Hyperparameters;
  /** Name of the dataset. */
  readonly dataset: string;
  readonly runs: readonly RangeRun[];
  /** The median over the runs that have suggestions; `undefined` if none has. */
  readonly suggestions?: RateSuggestions;
}

/** Weight of the earlier steps in the smoothed loss, and how much it may grow, as in fastai. */
const SMOOTHING = 0.98, EXPLODED = 4;
/** Number of points of a curve. */
const POINTS = 100;
const DEFAULT_SEEDS = [1, 2, 3];
const LEAST_STEPS = 20, MOST_STEPS = 1_000_000;

/**
 * Smith's learning rate range test (Smith 2017, "Cyclical Learning Rates for Training Neural Networks",
 * arXiv:1506.01186, section 3.3) in fastai's form: a short training during which the rate grows step by
 * step, each time by the same factor. The loss falls where the rate is useful and explodes where it is too
 * large; the test ends when the smoothed loss is four times its lowest value.
 *
 * The same settings, seeds and data give the same result, bit for bit. Neither validation nor test images
 * are read.
 *
 * @throws {UserError} for an invalid option or hyperparameter, or one that the test sets itself
 */
export async function rangeTest(
  settings: RangeTestSettings,
  dataset: Dataset,
  options: RangeTestOptions = {},
): Promise<RangeTest> {
  const { seeds = DEFAULT_SEEDS, onProgress, signal } = options;
  const { hyperparameters, from, to, steps } = rangeTestTraining(settings, dataset, options);
  const runs: RangeRun[] = [];
  const report = (run: RangeRun, made: number) =>
    onProgress?.({
      steps: runs.length * steps + made,
      totalSteps: seeds.length * steps,
      test: { hyperparameters, dataset: dataset.name, runs: [...runs, run] },
    });
  for (const seed of seeds) {
    runs.push(
      await runOnce({ ...hyperparameters, seed }, dataset, { from, to, steps }, report, signal),
    );
  }
  return { hyperparameters, dataset: dataset.name, runs, suggestions: medians(runs) };
}

/** The training of a range test's first seed. */
export interface RangeTestTraining {
  readonly hyperparameters: Hyperparameters;
  /** The first and the last learning rate, and the number of steps from the one to the other. */
  readonly from: number;
  readonly to: number;
  readonly steps: number;
  /** The part of the training that is needed at most, above 0 and up to 1: its last epoch may be longer. */
  readonly part: number;
}

/**
 * Returns the training that {@linkcode rangeTest} makes with its first seed, for example to estimate how long
 * it takes.
 *
 * @throws {UserError} as {@linkcode rangeTest}
 */
export function rangeTestTraining(
  settings: RangeTestSettings,
  dataset: Dataset,
  options: RangeTestOptions = {},
): RangeTestTraining {
  const { from = 1e-7, to = 10, seeds = DEFAULT_SEEDS } = options;
  const own = SET_BY_RANGE_TEST.find((name) => name in settings);
  if (own !== undefined) throw usageError(`${own} is set by the range test: leave it out`);
  if (!(from > 0 && to > from && Number.isFinite(to))) {
    throw usageError(`a range test needs two rates, 0 < from < to, got ${from} and ${to}`);
  }
  if (seeds.length === 0) throw usageError("a range test needs one seed or more, got none");
  const first = fitTo(complete({ ...settings, learningRate: to, seed: seeds[0] }), dataset);
  const perEpoch = stepsPerEpoch(first, dataset);
  const { steps = Math.max(perEpoch, POINTS) } = options;
  if (!Number.isInteger(steps) || steps < LEAST_STEPS || steps > MOST_STEPS) {
    throw usageError(
      `steps must be a whole number from ${LEAST_STEPS} to ${MOST_STEPS}, got ${steps}`,
    );
  }
  const epochs = Math.ceil(steps / perEpoch);
  const schedule = `geometric(${from / to}, ${steps})`;
  return {
    hyperparameters: { ...first, schedule, epochs },
    ...{ from, to, steps },
    part: steps / (epochs * perEpoch),
  };
}

function stepsPerEpoch({ batchSize, validation }: Hyperparameters, { train }: Dataset): number {
  const images = trainedOn(validation, train.count);
  return Math.ceil(images / (batchSize === "full" ? images : batchSize));
}

/** One training with a growing rate. */
async function runOnce(
  hyperparameters: Hyperparameters,
  dataset: Dataset,
  { from, to, steps }: { readonly from: number; readonly to: number; readonly steps: number },
  report: (run: RangeRun, made: number) => void,
  signal?: AbortSignal,
): Promise<RangeRun> {
  const { seed } = hyperparameters;
  const points: RangePoint[] = [];
  const enough = new AbortController();
  const stride = Math.max(Math.floor(steps / POINTS), 1);
  let average = 0, lowest = Infinity, exploded = false;
  const signals = [enough.signal, ...signal ? [signal] : []];
  const training = runTrial(hyperparameters, dataset, {
    signal: AbortSignal.any(signals),
    onStep({ step, loss }) {
      average = SMOOTHING * average + (1 - SMOOTHING) * loss;
      // Unbiased: the average starts at 0.
      const smoothedLoss = average / (1 - pow(SMOOTHING, step));
      lowest = Math.min(lowest, smoothedLoss);
      exploded = smoothedLoss > EXPLODED * lowest;
      if ((step - 1) % stride === 0) {
        const learningRate = from * pow(to / from, (step - 1) / (steps - 1));
        points.push({ step, learningRate, loss, smoothedLoss });
        report({ seed, points, exploded }, step);
      }
      if (exploded || step === steps) enough.abort(enough);
    },
  });
  const outcome = await training.catch((error) => {
    if (error !== enough) throw error;
  });
  if (outcome?.status === "diverged") exploded = true;
  const suggestions = suggestRates(points);
  const run = { seed, points, exploded, ...suggestions && { suggestions } };
  report(run, steps);
  return run;
}

/** The medians of the runs' suggestions. */
function medians(runs: readonly RangeRun[]): RateSuggestions | undefined {
  const all = runs.flatMap(({ suggestions }) => suggestions ?? []);
  if (all.length === 0) return undefined;
  const of = (name: keyof RateSuggestions) => median(all, (one) => one[name])!;
  return { steepest: of("steepest"), minimumTenth: of("minimumTenth"), valley: of("valley") };
}
