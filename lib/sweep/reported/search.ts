import { type ColumnType, formatCsv, parseTable } from "../../base/csv.ts";
import { unreadable } from "../../base/unreadable.ts";
import { type Dataset, slice } from "../../dataset/dataset.ts";
import { complete, type Hyperparameters } from "../../training/hyperparameters.ts";
import type { TrialResult } from "../../training/trial_result.ts";
import { onWorkers } from "../engine.ts";
import type { Space } from "../space.ts";
import { runSweep } from "../sweep.ts";
import type { SweepProgress } from "../sweep_options.ts";
import { isComputed, type TrainedFigure } from "./reported_figure.ts";
import { REPORTED_FIGURES } from "./reported_figures.ts";

/** Number of validation images: the last of the training file, which the search does not train on. */
const VALIDATION = 5000;

/** The search space of a figure whose publication leaves settings open. */
export interface SettingsSearch {
  /** Id of the figure. */
  readonly id: string;
  /** A search trains for 1/shorten of the figure's epochs, each with the decay of `shorten` epochs. */
  readonly shorten: number;
  readonly learningRate: readonly number[];
  /** Factors on the learning rate per epoch of the full training. */
  readonly decay: readonly number[];
  readonly activation?: readonly Hyperparameters["activation"][];
}

const LECUN = { shorten: 2, learningRate: [0.25, 0.5, 1], decay: [0.75, 0.85] } as const;

/** The search spaces of all settings chosen here. */
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

/** A setting that was tried: a row of `results/chosen-settings.csv`. */
export interface TriedSetting {
  /** Id of the figure. */
  readonly figure: string;
  readonly network: string;
  readonly activation: string;
  readonly learningRate: number;
  /** Factor on the learning rate per epoch of the full training. */
  readonly decay: number;
  /** Epochs of the search; the full training has `shorten` times as many. */
  readonly epochs: number;
  readonly shorten: number;
  readonly seed: number;
  /** Error rate on the validation images, in percent. */
  readonly validationError: number;
  /** Binomial standard error of that rate, in percentage points. */
  readonly standardError: number;
  /** `true` for the figure's setting with the lowest validation error. */
  readonly lowest: boolean;
  /** `true` for the setting that the figure is trained with. */
  readonly used: boolean;
}

const COLUMNS = {
  figure: "text",
  network: "text",
  activation: "text",
  learningRate: "number",
  decay: "number",
  epochs: "number",
  shorten: "number",
  seed: "number",
  validationError: "number",
  standardError: "number",
  lowest: "boolean",
  used: "boolean",
} as const satisfies Record<keyof TriedSetting, ColumnType>;

/** Splits MNIST's training images: the last 5,000 are held out for validation. */
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

/** Options of {@linkcode searchSettings}. */
export interface SearchOptions {
  /** Folder of the journals; without one, results are not stored. */
  readonly folder?: string;
  /** Number of trainings at a time; defaults to one per core. */
  readonly workers?: number;
  readonly onProgress?: (progress: SweepProgress) => void;
}

/**
 * Trains each setting of a search once, with seed 1, and evaluates it on images held out of the training
 * set. The test images are not used.
 *
 * @param data from {@linkcode validationSplit}
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

/** Returns the trials of a search. */
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

/** The schedule whose epochs decay as much as `shorten` epochs of the full training. */
function scheduleOf(decay: number, shorten: number): string {
  return `exponential(${Number((decay ** shorten).toFixed(4))})`;
}

/** Returns the figure of a search. */
export function figureOf({ id }: SettingsSearch): TrainedFigure {
  const figure = REPORTED_FIGURES.find((figure) => figure.id === id);
  if (figure === undefined || isComputed(figure)) throw new TypeError(`no trained figure ${id}`);
  return figure;
}

/** Estimates how many minutes a search takes on one core. */
export function searchMinutes(search: SettingsSearch): number {
  const { learningRate, decay, activation = [""], shorten } = search;
  const trials = learningRate.length * decay.length * activation.length;
  return trials * figureOf(search).minutes / shorten;
}

/**
 * Reports whether the setting in use is among the best that were tried: its validation error is at most
 * one standard error above the lowest (Breiman et al., "Classification and Regression Trees", 1984,
 * section 3.4.3).
 */
export function isUsedAmongBest(tried: readonly TriedSetting[]): boolean {
  const lowest = tried.find(({ lowest }) => lowest), used = tried.find(({ used }) => used);
  return lowest !== undefined && used !== undefined &&
    used.validationError <= lowest.validationError + lowest.standardError;
}

/** Formats `results/chosen-settings.csv`; equal rows give equal bytes. */
export function formatTried(tried: readonly TriedSetting[]): string {
  return formatCsv(tried.map((setting) => ({ ...setting })), Object.keys(COLUMNS));
}

/**
 * Parses a text of {@linkcode formatTried}.
 *
 * @param path file name for error messages
 * @throws {UserError} naming the line and the column that is missing or invalid
 */
export function parseTried(text: string, path: string): TriedSetting[] {
  return parseTable(text, path, {
    name: "the table of the settings chosen here",
    columns: COLUMNS,
    advice: "`deno task reproduce --search` writes the file again",
  });
}

/**
 * Reads a file of {@linkcode formatTried}; returns no settings if there is no such file.
 *
 * @throws {UserError} if it cannot be read or is invalid
 */
export async function readTried(path: string): Promise<TriedSetting[]> {
  const text = await Deno.readTextFile(path).catch((error) => {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw unreadable(path, error);
  });
  return text === undefined ? [] : parseTried(text, path);
}

/** Replaces the settings of some figures, and returns all in the order of {@linkcode SEARCHES}. */
export function mergeTried(
  all: readonly TriedSetting[],
  replaced: readonly TriedSetting[],
): TriedSetting[] {
  return SEARCHES.flatMap(({ id }) => {
    const ofFigure = ({ figure }: TriedSetting) => figure === id;
    return replaced.some(ofFigure) ? replaced.filter(ofFigure) : all.filter(ofFigure);
  });
}
