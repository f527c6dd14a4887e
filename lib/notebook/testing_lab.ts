/** For tests: Jupyter as `deno task lab` starts it. @module */

import { projectPath } from "../base/project.ts";

/** A running Jupyter server. */
export interface Lab {
  /** Its address, such as `http://127.0.0.1:8888`. */
  readonly origin: string;
  readonly token: string;
  /** Stops it as Ctrl-C does: the signal goes to all processes of the terminal. */
  readonly stop: (signal?: Deno.Signal) => Promise<void>;
}

/**
 * Starts Jupyter and waits until it answers.
 *
 * @param env environment variables
 * @param flags of the command
 */
export async function startLab(
  env: Record<string, string> = {},
  ...flags: readonly string[]
): Promise<Lab> {
  const process = new Deno.Command(Deno.execPath(), {
    args: ["task", "--quiet", "lab", "--no-browser", "--port", String(freePort()), ...flags],
    cwd: projectPath(),
    env,
    detached: true,
    stdout: "null",
    stderr: "piped",
  }).spawn();
  let said = "";
  for await (const text of process.stderr.pipeThrough(new TextDecoderStream())) {
    said += text;
    const found = /(http:\/\/127\.0\.0\.1:\d+)\S*token=([0-9a-f]{40,})/.exec(said);
    if (!found) continue;
    const [, origin, token] = found;
    await answers(origin);
    return {
      origin,
      token,
      async stop(signal = "SIGINT") {
        Deno.kill(-process.pid, signal);
        await process.status;
      },
    };
  }
  await process.status;
  throw new Error(`Jupyter did not start:\n${said}`);
}

/** Jupyter prints its address shortly before it listens there. */
async function answers(origin: string): Promise<void> {
  for (const start = Date.now();;) {
    try {
      await (await fetch(`${origin}/api`)).body?.cancel();
      return;
    } catch (error) {
      if (Date.now() - start > 60_000) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return (listener.addr as Deno.NetAddr).port;
}

/** The ids of the processes whose environment contains all marks. */
export async function processesWith(...marks: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for await (const { name } of Deno.readDir("/proc")) {
    const environment = await Deno.readTextFile(`/proc/${name}/environ`).catch(() => "");
    if (marks.every((mark) => environment.includes(mark))) found.push(name);
  }
  return found;
}
