import { projectPath } from "../base/project.ts";
import { type Dataset, datasetDigest } from "../dataset/dataset.ts";
import { formatDataset } from "./dataset_bytes.ts";
import type { DriverNews, DriverStart, NodeBatch } from "./protocol.ts";
import { rayPython } from "./ray.ts";
import { readerOf } from "./reader.ts";

/** Milliseconds in which the driver ends its workers and itself, before it is killed. */
const PATIENCE = 20_000;

/** A running driver.py. */
export interface Driver {
  /** Its news, in order. */
  readonly news: AsyncIterable<DriverNews>;
  /** Hands a batch to a worker that wants one. */
  send(worker: number, batch: NodeBatch): void;
  /** Ends all trials and workers on the cluster, and waits for it. */
  end(): Promise<void>;
  /** What it said last before it ended by itself. */
  lastWords(): Promise<string>;
}

/**
 * Starts driver.py and hands it the dataset.
 *
 * @throws {UserError} when Ray is not installed
 */
export async function startDriver(
  start: Pick<DriverStart, "address" | "cpus" | "trials" | "checkpointPeriod">,
  dataset: Dataset,
): Promise<Driver> {
  const child = new Deno.Command(await rayPython(), {
    args: [projectPath("lib", "cluster", "driver.py")],
    ...{ stdin: "piped", stdout: "piped", stderr: "piped" },
  }).spawn();
  const input = child.stdin.getWriter();
  // A driver that has died is reported by `failure`, not by the pipe.
  const write = (bytes: Uint8Array) => input.write(bytes).catch(() => {});
  const writeLine = (line: string) => write(new TextEncoder().encode(line + "\n"));
  const data = formatDataset(dataset);
  const first: DriverStart = {
    ...start,
    deno: Deno.version.deno,
    execPath: Deno.execPath(),
    project: projectPath(),
    digest: datasetDigest(dataset),
    bytes: data.reduce((sum, { length }) => sum + length, 0),
  };
  writeLine(JSON.stringify(first));
  // A pipe takes no shared memory.
  for (const bytes of data) write(new Uint8Array(bytes));
  const lastLine = lastLineOf(child.stderr);
  return {
    news: parsed(child.stdout),
    send: (worker, batch) => writeLine(`${worker} ${JSON.stringify(batch)}`),
    async end() {
      await input.close().catch(() => {});
      const timer = setTimeout(() => child.kill("SIGKILL"), PATIENCE);
      await child.status;
      clearTimeout(timer);
    },
    // Without the head of a line in Ray's log: time, process, place in its source.
    lastWords: async () => (await lastLine).replace(/^\[[^\]]*\] (\S+:\d+: )?/, "").slice(0, 200),
  };
}

async function* parsed(stream: ReadableStream<Uint8Array>): AsyncGenerator<DriverNews> {
  const reader = readerOf(stream);
  for (let line = await reader.line(); line !== undefined; line = await reader.line()) {
    yield JSON.parse(line);
  }
}

/** The last line that is not empty. */
async function lastLineOf(stream: ReadableStream<Uint8Array>): Promise<string> {
  const reader = readerOf(stream);
  let last = "its connection ended";
  for (let line = await reader.line(); line !== undefined; line = await reader.line()) {
    last = line.trim() || last;
  }
  return last;
}
