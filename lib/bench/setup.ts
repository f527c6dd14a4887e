import { projectPath } from "../base/project.ts";
import { UserError } from "../base/user_error.ts";
import { BENCH_PYTHON } from "./peer.ts";
import { SEARCH_PYTHON } from "./search_runs.ts";

/**
 * Installs pinned versions of the libraries to compare with: those from PyPI into a separate
 * virtual environment, TensorFlow.js into Deno's cache.
 *
 * @throws {UserError} naming the command that failed
 */
export async function installPeers(note: (line: string) => void): Promise<void> {
  const here = (...names: string[]) => projectPath("lib", "bench", ...names);
  note("installing JAX, NumPy and PyTorch into .venv-bench and TensorFlow.js into Deno's cache…");
  await run(["python3", "-m", "venv", projectPath(".venv-bench")]);
  await run([BENCH_PYTHON, "-m", "pip", "install", "--quiet", "-r", here("requirements.txt")]);
  const config = `--config=${here("tensorflow", "deno.json")}`;
  await run([Deno.execPath(), "run", "--allow-env", config, here("tensorflow", "installed.ts")]);
}

/**
 * Installs a pinned version of Optuna into a virtual environment of its own.
 *
 * @throws {UserError} naming the command that failed
 */
export async function installOptuna(note: (line: string) => void): Promise<void> {
  note("installing Optuna into .venv-search…");
  await run(["python3", "-m", "venv", projectPath(".venv-search")]);
  const requirements = projectPath("lib", "bench", "search_requirements.txt");
  await run([SEARCH_PYTHON, "-m", "pip", "install", "--quiet", "-r", requirements]);
}

async function run([program, ...args]: string[]): Promise<void> {
  const command = new Deno.Command(program, { args, stdin: "null", stdout: "null" });
  const status = await command.spawn().status.catch(() => undefined);
  if (!status?.success) {
    throw new UserError(
      `could not be installed: ${[program, ...args].join(" ")} failed; its error is above`,
    );
  }
}
