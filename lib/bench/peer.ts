import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { projectPath } from "../base/project.ts";
import { UserError } from "../base/user_error.ts";
import { v8Flags } from "../kernel/flags.ts";
import type { TimedEpoch } from "./serve.ts";
import type { BenchTask } from "./bench_task.ts";

/** The libraries to compare; the first is this project. */
export const LIBRARIES = ["descent", "jax", "numpy", "torch", "tensorflow"] as const;

/** One of the {@linkcode LIBRARIES}. */
export type Library = typeof LIBRARIES[number];

/** A library in a separate process that trains an epoch on request. */
export interface Peer {
  /** Name and version. */
  readonly name: string;
  /** What it trains. */
  readonly task: BenchTask;
  /** Trains an epoch; the time is measured inside the process. */
  epoch(): Promise<TimedEpoch>;
  /** Ends the process. */
  stop(): Promise<void>;
}

/** The virtual environment that `--setup` creates for the peers from PyPI. */
export const BENCH_PYTHON = projectPath(".venv-bench", "bin", "python3");

/** The Pythons in which to look for a library. */
const PYTHONS = [BENCH_PYTHON, projectPath(".venv", "bin", "python3"), "python3"];

/**
 * Starts a library on a task, pinned to one core where the system has `taskset`.
 *
 * @returns `undefined` if the library is not installed
 */
export async function startPeer(library: Library, task: BenchTask): Promise<Peer | undefined> {
  const command = await commandOf(library);
  if (command === undefined) return undefined;
  const [program, ...args] = [
    ...(task.cores === 1 ? await onOneCore() : []),
    ...command,
    JSON.stringify(task),
  ];
  const child = spawn(program, args, { stdio: ["pipe", "pipe", "inherit"] });
  const ended = once(child, "exit");
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const line = async (): Promise<string> => {
    const { value, done } = await lines.next();
    if (done) throw new UserError(`${library} ended early; its error is above`);
    return value;
  };
  const name = await line();
  return {
    name,
    task,
    async epoch() {
      child.stdin.write("\n");
      return JSON.parse(await line());
    },
    async stop() {
      child.stdin.end();
      await ended;
    },
  };
}

/** The command line of a library's process, without the task. */
async function commandOf(library: Library): Promise<string[] | undefined> {
  const deno = [Deno.execPath(), "run", "--quiet", "--no-prompt", "--allow-read"];
  if (library === "descent") {
    return [...deno, `--v8-flags=${v8Flags()}`, projectPath("lib", "bench", "own.ts")];
  }
  if (library === "tensorflow") {
    const folder = projectPath("lib", "bench", "tensorflow");
    // Deno runs only if the packages are in its cache, where --setup puts them.
    const command = [...deno, "--allow-env", "--cached-only", `--config=${folder}/deno.json`];
    return await succeeds([...command, `${folder}/installed.ts`])
      ? [...command, `${folder}/tensorflow.ts`]
      : undefined;
  }
  const python = await pythonWith(library);
  if (python) return [python, projectPath("lib", "bench", "epoch.py"), library];
}

/** The first Python that has NumPy and a library; `undefined` if there is none. */
export async function pythonWith(library: string): Promise<string | undefined> {
  for (const python of PYTHONS) {
    if (await succeeds([python, "-c", `import numpy, ${library}`])) return python;
  }
}

/** The prefix of a command that pins it to the last core, which the system uses least. */
async function onOneCore(): Promise<string[]> {
  const prefix = ["/usr/bin/taskset", "--cpu-list", String(navigator.hardwareConcurrency - 1)];
  return await succeeds([...prefix, "/usr/bin/true"]) ? prefix : [];
}

/** Reports whether a command exists and succeeds. */
async function succeeds([program, ...args]: string[]): Promise<boolean> {
  try {
    const command = new Deno.Command(program, { args, stdout: "null", stderr: "null" });
    return (await command.output()).success;
  } catch (error) {
    // The permission is missing for a program that is not on PATH.
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotCapable) {
      return false;
    }
    throw error;
  }
}
