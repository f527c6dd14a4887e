import { spawn } from "node:child_process";
import { once } from "node:events";
import { dirname } from "node:path";
import { createInterface } from "node:readline";
import { projectPath } from "../base/project.ts";
import { UserError } from "../base/user_error.ts";
import { v8Flags } from "../kernel/flags.ts";
import type { SweepOptions } from "../sweep/sweep_options.ts";
import { EPOCHS, SPACE } from "./search_problem.ts";

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

/** The problem's images and labels: paths of unpacked IDX files. */
export interface SearchFiles {
  readonly images: string;
  readonly labels: string;
}

/** How a sweep chooses its points. */
export type How = Pick<SweepOptions, "search" | "halving" | "rounds">;

/** The virtual environment that `--search --setup` creates for Optuna. */
export const SEARCH_PYTHON = projectPath(".venv-search", "bin", "python3");

/**
 * Runs one of this project's searches in a process of its own, see own_search.ts.
 *
 * @param journal path of its journal, in a folder of its own
 * @throws {UserError} if the process fails
 */
export async function runOwn(
  { search, ...how }: How,
  files: SearchFiles,
  journal: string,
): Promise<SearchEvent[]> {
  const script = ["own_search.ts", files.images, files.labels, journal];
  const [program, ...args] = trialProcess(script, `--allow-write=${dirname(journal)}`);
  const lines = await linesOf(program, [...args, JSON.stringify({ ...how, search: search?.text })]);
  if (lines === undefined) throw new UserError("a search did not run; its error is above");
  return lines as SearchEvent[];
}

/**
 * Runs Optuna in a process of its own, which runs the trials in another, see optuna_search.py.
 *
 * @throws {UserError} if it is not installed or a process fails
 */
export async function runOptuna(
  { trials, ...how }: {
    readonly pruner: string;
    readonly seed: number;
    /** How many trainings to the end its epochs suffice for. */
    readonly trials: number;
  },
  { images, labels }: SearchFiles,
): Promise<SearchEvent[]> {
  const command = trialProcess(["trial_server.ts", images, labels]);
  const epochs = { epochs: trials * EPOCHS, trialEpochs: EPOCHS };
  const lines = await linesOf(SEARCH_PYTHON, [
    projectPath("lib", "bench", "optuna_search.py"),
    JSON.stringify({ ...how, ...epochs, command, space: SPACE }),
  ]);
  if (lines === undefined) {
    throw new UserError("Optuna did not run; install it by deno task bench --search --setup");
  }
  // The first is its version.
  return lines.slice(1) as SearchEvent[];
}

/** A command that runs a script of this folder, with the flags of the commands that train. */
function trialProcess([script, ...args]: readonly string[], ...more: readonly string[]): string[] {
  return [
    ...[Deno.execPath(), "run", "--quiet", "--no-prompt", "--allow-read", ...more],
    ...[`--v8-flags=${v8Flags()}`, projectPath("lib", "bench", script), ...args],
  ];
}

/** The lines of JSON that a program prints; `undefined` if it fails. */
async function linesOf(program: string, args: readonly string[]): Promise<unknown[] | undefined> {
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "inherit"] });
  const ended = once(child, "exit").catch(() => [1]);
  const lines: unknown[] = [];
  for await (const line of createInterface({ input: child.stdout })) lines.push(JSON.parse(line));
  const [status] = await ended;
  return status === 0 ? lines : undefined;
}
