import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { max } from "../base/statistics.ts";
import { projectPath } from "../base/project.ts";
import { UserError } from "../base/user_error.ts";
import type { Dataset } from "../dataset/dataset.ts";
import { v8Flags } from "../kernel/flags.ts";
import { type Engine, onWorkers } from "../sweep/engine.ts";
import { quasiRandom, random } from "../sweep/search.ts";
import { runSweep } from "../sweep/sweep.ts";
import type { SweepOptions } from "../sweep/sweep_options.ts";
import { EPOCHS, FIXED, problemDataset, SPACE } from "./search_problem.ts";

/** The state of a search after a trial, counted from its start. */
export interface SearchEvent {
  readonly seconds: number;
  /** Settings that were begun. */
  readonly trials: number;
  /** Epochs that were trained, of all settings together. */
  readonly epochs: number;
  /** Validation accuracy of the trial where it ended, 0 to 1. */
  readonly accuracy: number;
}

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
export const TRIALS = 150;
/** Seeds of each search. */
export const SEEDS = [1, 2, 3, 4, 5];
/** A search is close where the accuracy is at most so much below the best known: 0.1 points. */
export const CLOSE = 0.001;

/** Settings that halving begins with, for as many epochs in all: 578 + 192 · 2 + 64 · 6 = 1346. */
const HALVED = 578;

/** How a sweep chooses its points. */
type How = Pick<SweepOptions, "search" | "halving" | "rounds">;

/** Rounds of the search in rounds. */
const ROUNDS = 6;

/** This project's searches. */
const OWN: Readonly<Record<string, (seed: number) => How>> = {
  "random": (seed) => ({ search: random(TRIALS, seed) }),
  "quasi-random": (seed) => ({ search: quasiRandom(TRIALS, seed) }),
  "quasi-random, rounds": (seed) => ({
    search: quasiRandom(TRIALS / ROUNDS, seed),
    rounds: ROUNDS,
  }),
  "halving": (seed) => ({ search: quasiRandom(HALVED, seed), halving: 3 }),
};

/** Optuna's searches and their pruners. */
const OPTUNA: Readonly<Record<string, string>> = {
  "Optuna TPE": "none",
  "Optuna TPE, median": "median",
  "Optuna TPE, ASHA": "asha",
};

/** Every search, in the order of tables and figures. */
export const SEARCH_NAMES = [...Object.keys(OWN), ...Object.keys(OPTUNA)];

/** The virtual environment that `--search --setup` creates for Optuna. */
export const SEARCH_PYTHON = projectPath(".venv-search", "bin", "python3");

/** Options of {@linkcode compareSearches}. */
export interface SearchComparisonOptions {
  /** A folder for the images and journals. */
  readonly folder: string;
  readonly files: { readonly images: string; readonly labels: string };
  readonly seeds?: readonly number[];
  readonly note: (line: string) => void;
}

/**
 * Runs every search with every seed on the same problem, each on one worker, and reports how soon each came
 * within 0.1 points of the best accuracy that any of them found. The searches take turns, so that other
 * work on the machine slows all of them.
 *
 * @throws {UserError} if Optuna is not installed or a process fails
 */
export async function compareSearches(
  dataset: Dataset,
  { folder, files, seeds = SEEDS, note }: SearchComparisonOptions,
): Promise<SearchRun[]> {
  const problem = problemDataset(dataset.name, dataset.train, dataset.test);
  const runs: { search: string; seed: number; events: SearchEvent[] }[] = [];
  for (const seed of seeds) {
    for (const search of SEARCH_NAMES) {
      note(`${search}, seed ${seed}`);
      const events = search in OWN
        ? await runOwn(OWN[search](seed), problem, `${folder}/${search}-${seed}.jsonl`)
        : await runOptuna(OPTUNA[search], seed, files);
      runs.push({ search, seed, events });
    }
  }
  return summarize(runs);
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

/** Runs one of this project's searches on one worker. */
async function runOwn(
  how: How,
  dataset: Dataset,
  journal: string,
): Promise<SearchEvent[]> {
  const events: SearchEvent[] = [];
  const begun = performance.now();
  const seen = new Set<string>();
  let epochs = 0;
  const engine: Engine = (trials, data, hooks) =>
    onWorkers(1)(trials, data, {
      ...hooks,
      onEpoch(t, record) {
        epochs++;
        hooks.onEpoch?.(t, record);
      },
      onResult(t, result) {
        hooks.onResult(t, result);
        seen.add(JSON.stringify({ ...trials[t], stopAfter: "all" }));
        events.push({
          seconds: (performance.now() - begun) / 1000,
          trials: seen.size,
          epochs,
          accuracy: result.validationAccuracy ?? 0,
        });
      },
    });
  const options = { ...how, metric: "validationAccuracy", journal, engine } as const;
  await runSweep({ ...FIXED, ...SPACE }, dataset, options);
  return events;
}

/** Runs Optuna in a process of its own, which runs the trials in another. */
async function runOptuna(
  pruner: string,
  seed: number,
  files: SearchComparisonOptions["files"],
): Promise<SearchEvent[]> {
  const server = [
    ...[Deno.execPath(), "run", "--quiet", "--no-prompt", "--allow-read"],
    ...[`--v8-flags=${v8Flags()}`, projectPath("lib", "bench", "trial_server.ts")],
    ...[files.images, files.labels],
  ];
  const config = { command: server, space: SPACE, pruner, seed, epochs: TRIALS * EPOCHS };
  const child = spawn(SEARCH_PYTHON, [
    projectPath("lib", "bench", "optuna_search.py"),
    JSON.stringify({ ...config, trialEpochs: EPOCHS }),
  ], { stdio: ["ignore", "pipe", "inherit"] });
  const ended = once(child, "exit").catch(() => [1]);
  const messages: unknown[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    messages.push(JSON.parse(line));
  }
  const [status] = await ended;
  if (status !== 0) {
    throw new UserError("Optuna did not run; install it by deno task bench --search --setup");
  }
  return messages.slice(1) as SearchEvent[];
}
