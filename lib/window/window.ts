import { UserError } from "../base/user_error.ts";
import { projectPath } from "../base/project.ts";

/** A figure in plotly.js's format: plain data. */
export interface WindowFigure {
  readonly data: readonly unknown[];
  readonly layout: Readonly<Record<string, unknown>>;
}

/** A figure that is being served. */
export interface Window {
  /** The address of its page, with a secret in its path. */
  readonly address: string;
  /** Resolves when the server has ended, with the last line that it wrote to stderr. */
  readonly ended: Promise<string>;
  /** Stops the server. */
  close(): Promise<void>;
}

/**
 * Serves a figure on nodeplotlib's page, to zoom, pan and rotate, until it is closed or this
 * process ends.
 *
 * nodeplotlib has many dependencies and is therefore kept separate from the project's, with its own
 * lock file, in `lib/window`. It is installed on first use and runs in a process that may only read
 * that folder and listen on 127.0.0.1.
 *
 * @param note called with a line before the installation
 * @throws {UserError} when nodeplotlib cannot be installed or the server cannot start
 */
export async function openWindow(
  figure: WindowFigure,
  note: (line: string) => void,
): Promise<Window> {
  const folder = projectPath("lib", "window");
  if (!await exists(`${folder}/node_modules/nodeplotlib`)) note("installing nodeplotlib, once…");
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--quiet", "--no-prompt", "--no-check"],
      ...[`--config=${folder}/deno.json`, `--allow-read=${folder}`, "--allow-net=127.0.0.1"],
      ...["--ignore-env", "--allow-env=NODEPLOTLIB_PORT"],
      `${folder}/server.ts`,
    ],
    cwd: folder,
    env: { NO_COLOR: "1" },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const problem = new Response(child.stderr).text();
  const input = child.stdin.getWriter();
  const figureIsSent = input.write(new TextEncoder().encode(`${JSON.stringify(figure)}\n`));
  const address = await firstLine(child.stdout);
  // A server that ended at once did not read it; `problem` has the reason.
  await figureIsSent.catch(() => {});
  if (address === undefined) {
    throw new UserError(
      await exists(`${folder}/node_modules/nodeplotlib`)
        ? `the window's server ended: ${lastLine(await problem)}`
        : "nodeplotlib could not be downloaded from npm; connect to the network and run the " +
          "command again",
    );
  }
  return {
    address,
    ended: child.status.then(async () => lastLine(await problem)),
    async close() {
      await input.close().catch(() => {});
      await child.status;
    },
  };
}

/** The first line of a stream; `undefined` if the stream ends before. */
async function firstLine(stream: ReadableStream<Uint8Array>): Promise<string | undefined> {
  const reader = stream.getReader();
  const decoder = new TextDecoder();
  let text = "";
  while (!text.includes("\n")) {
    const { value, done } = await reader.read();
    if (done) return undefined;
    text += decoder.decode(value, { stream: true });
  }
  reader.releaseLock();
  return text.split("\n")[0];
}

function lastLine(text: string): string {
  const lines = text.trim().split("\n");
  return (lines.find((line) => line.includes("error")) ?? lines.at(-1) ?? "").trim();
}

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}
