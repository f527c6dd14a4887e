import { reason } from "../../base/atomic_file.ts";
import { formatCsv, parseCsv } from "../../base/csv.ts";
import { UserError } from "../../base/user_error.ts";
import { type Dataset, slice } from "../../dataset/dataset.ts";
import { complete, type Hyperparameters } from "../../training/hyperparameters.ts";
import type { TrialResult } from "../../training/trial_result.ts";
import { onWorkers } from "../engine.ts";
import type { Space } from "../space.ts";
import { runSweep, type SweepProgress } from "../sweep.ts";
import { isComputed, type TrainedFigure } from "./reported_figure.ts";
import { REPORTED_FIGURES } from "./reported_figures.ts";

/** Images at the end of the training file that the search tests with, and does not train on. */
const VALIDATION = 5000;

/** The settings that were tried for a figure whose publication leaves them open. */
export interface SettingsSearch {
  /** Id of the figure. */
  readonly id: string;
  /** The trainings have 1/shorten of the figure's epochs, and `shorten` epochs' decay in each. */
  readonly shorten: number;
  readonly learningRate: readonly number[];
  /** Factors of the rate per epoch of the full training. */
  readonly decay: readonly number[];
  readonly activation?: readonly Hyperparameters["activation"][];
}

const LECUN = { shorten: 2, learningRate: [0.25, 0.5, 1], decay: [0.75, 0.85] } as const;

/** Every setting that was chosen here was chosen among these. */
export const SEARCHES: readonly SettingsSearch[] = [
  { id: "lecun-300", ...LECUN },
  { id: "lecun-1000", ...LECUN },
  { id: "lecun-300-100", ...LECUN },
  { id: "lecun-500-150", ...LECUN },
  {
    id: "simard-none",
    shorten: 4,
    activation: ["relu", "tanh"],
    learningRate: [0.1, 0.2, 0.4],
    decay: [0.85, 0.93],
  },
  { id: "simard-affine", shorten: 10, learningRate: [0.2, 0.4, 0.8], decay: [0.96] },
  { id: "simard-elastic", shorten: 20, learningRate: [0.2, 0.4, 0.8], decay: [0.98] },
  { id: "ciresan", shorten: 10, learningRate: [0.1, 0.2, 0.4], decay: [0.96] },
];

/** A setting that was tried: a line of `results/chosen-settings.csv`. */
export interface TriedSetting {
  /** Id of the figure that it was tried for. */
  readonly figure: string;
  readonly network: string;
  readonly activation: string;
  readonly learningRate: number;
  /** The rate's factor per epoch of the full training. */
  readonly decay: number;
  /** Epochs of the search; the figure's training has `shorten` times as many. */
  readonly epochs: number;
  readonly shorten: number;
  readonly seed: number;
  /** Validation images classified wrong, in per cent. */
  readonly validationError: number;
  /** Standard error of that rate for so many images, in percentage points. */
  readonly standardError: number;
  /** True for the lowest validation error of the figure's settings. */
  readonly lowest: boolean;
  /** True for the setting that the figure is trained with. */
  readonly used: boolean;
}

const COLUMNS = [
  "figure",
  "network",
  "activation",
  "learningRate",
  "decay",
  "epochs",
  "shorten",
  "seed",
  "validationError",
  "standardError",
  "lowest",
  "used",
] as const satisfies readonly (keyof TriedSetting)[];

/** MNIST's training images alone, the last 5,000 held out to validate with. */
export function validationSplit(mnist: Dataset): Dataset {
  const { train } = mnist;
  const cut = train.count - VALIDATION;
  return {
    ...mnist,
    name: `mnist[train 0 to ${cut}; validated on the rest]`,
    train: slice(train, 0, cut),
    test: slice(train, cut, train.count),
  };
}

/** How to search. */
export interface SearchOptions {
  /** The folder of the journals; without it nothing is kept for the next time. */
  readonly folder?: string;
  readonly workers?: number;
  readonly onProgress?: (progress: SweepProgress) => void;
}

/**
 * Tries the settings of a search, each once with seed 1, and tests with images held out of the training
 * set. The test images are not looked at.
 *
 * @param data of {@linkcode validationSplit}, one for all searches
 */
export async function searchSettings(
  search: SettingsSearch,
  data: Dataset,
  { folder, workers = navigator.hardwareConcurrency, onProgress }: SearchOptions = {},
): Promise<TriedSetting[]> {
  const figure = figureOf(search);
  const results = await runSweep(spaceOf(search, figure), data, {
    engine: onWorkers(workers),
    onProgress,
    journal: folder && `${folder}/search-${search.id}.jsonl`,
  });
  const errors = results.map((result) => 100 * (1 - (result.testAccuracy ?? 0)));
  const lowest = errors.indexOf(Math.min(...errors));
  return results.map((result, i) => triedSetting(search, figure, result, errors[i], i === lowest));
}

function triedSetting(
  search: SettingsSearch,
  figure: TrainedFigure,
  { hyperparameters: tried }: TrialResult,
  validationError: number,
  lowest: boolean,
): TriedSetting {
  const decay = search.decay.find((decay) => scheduleOf(decay, search.shorten) === tried.schedule)!;
  const used = complete(figure.settings);
  return {
    figure: search.id,
    network: tried.layers.join("-"),
    activation: [tried.activation].flat().join("-"),
    learningRate: tried.learningRate,
    decay,
    epochs: tried.epochs,
    shorten: search.shorten,
    seed: tried.seed,
    validationError: Number(validationError.toFixed(4)),
    standardError: Number(
      Math.sqrt(validationError * (100 - validationError) / VALIDATION).toFixed(4),
    ),
    lowest,
    used: tried.learningRate === used.learningRate && scheduleOf(decay, 1) === used.schedule &&
      String(tried.activation) === String(used.activation),
  };
}

/** The trials of a search. */
export function spaceOf(search: SettingsSearch, figure: TrainedFigure): Space {
  const { epochs, activation } = complete(figure.settings);
  return {
    ...figure.settings,
    activation: search.activation ?? activation,
    learningRate: search.learningRate,
    schedule: search.decay.map((decay) => scheduleOf(decay, search.shorten)),
    epochs: Math.round(epochs / search.shorten),
    seed: 1,
  };
}

/** The decay of `shorten` epochs in one. */
function scheduleOf(decay: number, shorten: number): string {
  return `exponential(${Number((decay ** shorten).toFixed(4))})`;
}

/** The figure that a search is for. */
export function figureOf({ id }: SettingsSearch): TrainedFigure {
  const figure = REPORTED_FIGURES.find((figure) => figure.id === id);
  if (figure === undefined || isComputed(figure)) throw new TypeError(`no trained figure ${id}`);
  return figure;
}

/** About how many minutes a search takes on one core. */
export function searchMinutes(search: SettingsSearch): number {
  const { learningRate, decay, activation = [""], shorten } = search;
  const trials = learningRate.length * decay.length * activation.length;
  return trials * figureOf(search).minutes / shorten;
}

/**
 * Whether the setting in use is as good as any that was tried, as far as the validation images can tell:
 * its error is at most one standard error above the lowest (Breiman et al., "Classification and
 * Regression Trees", 1984, section 3.4.3).
 */
export function isUsedAmongBest(tried: readonly TriedSetting[]): boolean {
  const lowest = tried.find(({ lowest }) => lowest), used = tried.find(({ used }) => used);
  return lowest !== undefined && used !== undefined &&
    used.validationError <= lowest.validationError + lowest.standardError;
}

/** `results/chosen-settings.csv`: the same rows give the same bytes. */
export function formatTried(tried: readonly TriedSetting[]): string {
  return formatCsv(tried.map((setting) => ({ ...setting })), COLUMNS);
}

/**
 * The settings in a text that {@linkcode formatTried} has written.
 *
 * @param path the name in errors
 * @throws {UserError} naming the column or the line that is not as it should be
 */
export function parseTried(text: string, path: string): TriedSetting[] {
  return parseCsv(text, path).map((record, i) => {
    const cell = (column: keyof TriedSetting, number: boolean) => {
      const value = record[column] ?? "";
      if (value === "" || number && !Number.isFinite(Number(value))) {
        throw new UserError(
          `${path}, line ${i + 2}, column ${column}: expected a ${
            number ? "number" : "value"
          }, got ` +
            `${JSON.stringify(value)}; \`deno task reproduce --search\` writes the file again`,
        );
      }
      return value;
    };
    const word = (column: keyof TriedSetting) => cell(column, false);
    const number = (column: keyof TriedSetting) => Number(cell(column, true));
    return {
      figure: word("figure"),
      network: word("network"),
      activation: word("activation"),
      learningRate: number("learningRate"),
      decay: number("decay"),
      epochs: number("epochs"),
      shorten: number("shorten"),
      seed: number("seed"),
      validationError: number("validationError"),
      standardError: number("standardError"),
      lowest: word("lowest") === "true",
      used: word("used") === "true",
    };
  });
}

/** The settings of {@linkcode parseTried} in a file; none where there is no file yet. */
export async function readTried(path: string): Promise<TriedSetting[]> {
  const text = await Deno.readTextFile(path).catch((error) => {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw new UserError(`${path}: cannot be read (${reason(error)})`);
  });
  return text === undefined ? [] : parseTried(text, path);
}

/** The settings of all figures in the order of {@linkcode SEARCHES}, those of one figure replaced. */
export function mergeTried(
  all: readonly TriedSetting[],
  replaced: readonly TriedSetting[],
): TriedSetting[] {
  return SEARCHES.flatMap(({ id }) => {
    const ofFigure = ({ figure }: TriedSetting) => figure === id;
    return replaced.some(ofFigure) ? replaced.filter(ofFigure) : all.filter(ofFigure);
  });
}
