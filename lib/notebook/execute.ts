import { UserError } from "../base/user_error.ts";
import type { Jupyter } from "./jupyter.ts";
import { type Notebook, parseNotebook, withOutputs } from "./notebook_file.ts";

/** Settings of nbconvert: run every cell, however long it takes, and leave no times in the file. */
const SETTINGS = [
  ...["--to", "notebook", "--execute", "--allow-errors", "--stdout", "--log-level=ERROR"],
  "--ExecutePreprocessor.kernel_name=deno",
  "--ExecutePreprocessor.timeout=-1",
  "--ExecutePreprocessor.startup_timeout=120",
  "--ExecutePreprocessor.record_timing=False",
];

/**
 * Runs all cells of a notebook from the top, in a new kernel, in the notebook's folder, and gives the
 * notebook with its new outputs. The file itself stays as it is. Cells after an error are run too.
 *
 * @param jupyter a working `jupyter-nbconvert`
 * @param signal stops it, the kernel included
 * @throws {UserError} when the file is no notebook or the kernel ends before the last cell
 */
export async function executeNotebook(
  path: string,
  jupyter: Jupyter,
  signal?: AbortSignal,
): Promise<Notebook> {
  const written = parseNotebook(await Deno.readTextFile(path), path);
  const process = new Deno.Command(jupyter.program, {
    args: [...SETTINGS, path],
    env: jupyter.env,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  // On SIGINT nbconvert ends the kernel and then itself; on SIGTERM it would leave the kernel behind.
  const interrupt = () => process.kill("SIGINT");
  signal?.addEventListener("abort", interrupt);
  const { success, stdout, stderr } = await process.output();
  signal?.removeEventListener("abort", interrupt);
  if (!success) {
    const said = new TextDecoder().decode(stderr).trim().split("\n");
    throw new UserError(`${path}: could not be run to its end: ${said.at(-1)}`);
  }
  return withOutputs(written, parseNotebook(new TextDecoder().decode(stdout), path));
}
