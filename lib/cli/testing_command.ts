/** For tests: runs commands as a user does, in a separate process. @module */

import { projectPath } from "../base/project.ts";
import { writeCsvImages } from "../dataset/csv.ts";
import { patchDataset } from "../dataset/testing_samples.ts";

/** A command's output and exit status. */
export interface Ended {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts `deno task NAME …` in the project, with pipes for its output. */
export function startTask(args: readonly string[], env: Record<string, string> = {}) {
  return new Deno.Command(Deno.execPath(), {
    args: ["task", "--quiet", ...args],
    cwd: projectPath(),
    env: { NO_COLOR: "1", INIT_CWD: projectPath(), ...env },
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

/** Runs `deno task NAME …` to its end. */
export async function runTask(
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<Ended> {
  const { code, stdout, stderr } = await startTask(args, env).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { status: code, stdout: text(stdout), stderr: text(stderr) };
}

/** Runs a test with a small dataset as CSV files in a temporary folder. */
export async function withDataset(
  trainCount: number,
  run: (folder: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    const { train, test } = patchDataset(trainCount, 200, 28);
    await writeCsvImages(`${folder}/train.csv`, { samples: train, labelled: true });
    await writeCsvImages(`${folder}/test.csv`, { samples: test, labelled: true });
    await run(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
