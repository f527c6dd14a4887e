import { max } from "../base/statistics.ts";
import { quasiRandom, random } from "../sweep/search.ts";
import { EPOCHS } from "./search_problem.ts";
import { type How, runOptuna, runOwn, type SearchEvent, type SearchFiles } from "./search_runs.ts";

/** A run of a search and how soon it came close to the best known accuracy. */
export interface SearchRun {
  readonly search: string;
  readonly seed: number;
  /** Trials, epochs and seconds until a trial was close to the best known; `null` if none was. */
  readonly trials: number | null;
  readonly epochs: number | null;
  readonly seconds: number | null;
  /** The best validation accuracy of the whole run, 0 to 1. */
  readonly best: number;
  /** Trials, epochs and seconds of the whole run. */
  readonly allTrials: number;
  readonly allEpochs: number;
  readonly allSeconds: number;
}

/** The columns of a table of runs. */
export const RUN_COLUMNS = [
  ...["search", "seed", "trials", "epochs", "seconds", "best"] as const,
  ...["allTrials", "allEpochs", "allSeconds"] as const,
];

/** Trainings to the end that a run's epochs suffice for. */
export const TRIALS = 120;
/** Seeds of each search. */
export const SEEDS = [1, 2, 3, 4, 5];
/** Trainings to the end of two longer runs, one of each side, which are there for the best known alone. */
export const REFERENCE_TRIALS = 500;
/** The seed of these. */
const REFERENCE_SEED = 0;
/** A search is close where the accuracy is at most so much below the best known: 0.1 points. */
export const CLOSE = 0.001;

/** Points of each round of the search in rounds. */
const ROUND = 5;

/** This project's searches, for as many epochs as so many trainings to the end have, or a few less. */
const OWN: Readonly<Record<string, (seed: number, trials: number) => How>> = {
  "random": (seed, trials) => ({ search: random(trials, seed) }),
  "quasi-random": (seed, trials) => ({ search: quasiRandom(trials, seed) }),
  "rounds": (seed, trials) => ({ search: quasiRandom(ROUND, seed), rounds: trials / ROUND }),
  // Of n settings, n train for an epoch, n/3 for two more and n/9 for six more: 7/3 n epochs.
  "halving": (seed, trials) => ({
    search: quasiRandom(Math.floor(EPOCHS * trials * 3 / 7), seed),
    halving: 3,
  }),
};

/** Optuna's searches and their pruners. */
const OPTUNA: Readonly<Record<string, string>> = {
  "Optuna TPE": "none",
  "Optuna TPE, median": "median",
  "Optuna TPE, ASHA": "asha",
};

/** Every search, in the order of tables and figures. */
export const SEARCH_NAMES = [...Object.keys(OWN), ...Object.keys(OPTUNA)];

/** Options of {@linkcode compareSearches}. */
export interface SearchComparisonOptions {
  /** A folder for journals. */
  readonly folder: string;
  readonly files: SearchFiles;
  readonly seeds?: readonly number[];
  readonly note: (line: string) => void;
}

/**
 * Runs every search with every seed on the same problem, each in a process of its own on one core, and
 * reports how soon each came within 0.1 points of the best accuracy that any of them found, or a longer
 * run of one of each side, which is reported too ({@linkcode isReference}). The searches take turns, so that
 * other work on the machine slows all of them.
 *
 * @throws {UserError} if Optuna is not installed or a process fails
 */
export async function compareSearches(
  { folder, files, seeds = SEEDS, note }: SearchComparisonOptions,
): Promise<SearchRun[]> {
  const runs: { search: string; seed: number; events: SearchEvent[] }[] = [];
  const run = async (search: string, seed: number, trials: number) => {
    note(`${search}, seed ${seed}`);
    const events = search in OWN
      ? await runOwn(OWN[search](seed, trials), files, `${folder}/own/${search}-${seed}.jsonl`)
      : await runOptuna({ pruner: OPTUNA[search], seed, trials }, files);
    return { search, seed, events };
  };
  for (const search of ["rounds", "Optuna TPE"]) {
    runs.push(await run(search, REFERENCE_SEED, REFERENCE_TRIALS));
  }
  for (const seed of seeds) {
    for (const search of SEARCH_NAMES) runs.push(await run(search, seed, TRIALS));
  }
  return summarize(runs);
}

/** Whether a run is there for the best known accuracy alone. */
export function isReference({ seed }: Pick<SearchRun, "seed">): boolean {
  return seed === REFERENCE_SEED;
}

/** How soon each run came close to the best accuracy of all runs. */
export function summarize(
  runs: readonly {
    readonly search: string;
    readonly seed: number;
    readonly events: readonly SearchEvent[];
  }[],
): SearchRun[] {
  const known = max(runs.flatMap(({ events }) => events), ({ accuracy }) => accuracy) ?? 0;
  return runs.map(({ search, seed, events }) => {
    // Accuracies are whole numbers of images; the sum of their decimals is not.
    const hit = events.find(({ accuracy }) => accuracy >= known - CLOSE - 1e-9);
    const last = events.at(-1);
    return {
      search,
      seed,
      trials: hit?.trials ?? null,
      epochs: hit?.epochs ?? null,
      seconds: hit === undefined ? null : rounded(hit.seconds),
      best: max(events, ({ accuracy }) => accuracy) ?? 0,
      allTrials: last?.trials ?? 0,
      allEpochs: last?.epochs ?? 0,
      allSeconds: rounded(last?.seconds ?? 0),
    };
  });
}

const rounded = (seconds: number) => Number(seconds.toFixed(3));

/**
 * The median over the runs of a search, in which a run that did not come close counts as later than all
 * others.
 *
 * @returns `undefined` if half of the runs or more did not come close
 */
export function medianOf(
  runs: readonly SearchRun[],
  measure: "best" | "trials" | "epochs" | "seconds",
): number | undefined {
  // Not d3's median, which adds 0 times the next value, and 0 · ∞ is not a number.
  const sorted = runs.map((run) => run[measure] ?? Infinity).sort((a, b) => a - b);
  const middle = sorted[Math.floor(sorted.length / 2)];
  const other = sorted[Math.ceil(sorted.length / 2) - 1];
  return Number.isFinite(middle) ? (middle + other) / 2 : undefined;
}
