import assert from "node:assert/strict";
import { patchDataset } from "../dataset/testing_samples.ts";
import type { Space } from "../sweep/space.ts";
import { runSweep } from "../sweep/sweep.ts";
import type { SweepOptions, SweepProgress } from "../sweep/sweep_options.ts";
import { checkClusterAddress, type ClusterOptions, onCluster } from "./engine.ts";
import { rayIsMissing, type TestCluster, withCluster } from "./testing_cluster.ts";

const DATA = patchDataset(400, 100, 8);
/** Trials of about a tenth of a second. */
const SPACE: Space = { layers: [64, 256, 10], learningRate: 0.1, epochs: 10, seed: seeds(8) };

function seeds(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i + 1);
}

/** Runs the space on a cluster; `notices` has the lines that were said. */
function sweepOn(
  options: ClusterOptions,
  more: SweepOptions = {},
  space = SPACE,
) {
  const notices: string[] = [];
  const onNotice = (line: string) => notices.push(line);
  const engine = onCluster({ onNotice, onJoin: onNotice, ...options });
  return { notices, results: runSweep(space, DATA, { ...more, engine }) };
}

const expected = (space: Space) => runSweep(space, DATA, { workers: 2 });

Deno.test("addresses of a cluster", () => {
  for (const address of ["local", "auto", "10.0.0.1:6379", "head.example:6379", "[::1]:6379"]) {
    assert.equal(checkClusterAddress(address), address);
  }
  for (const address of ["", "ray://10.0.0.1:10001", "10.0.0.1", "--x:1", "a b:1"]) {
    assert.throws(() => checkClusterAddress(address), /cluster must be local, auto or host:port/);
  }
});

/** What is done to a cluster, in order. One cluster serves all of it: to start one takes seconds. */
const STEPS: Readonly<Record<string, (cluster: TestCluster) => Promise<void>>> = {
  "a node with another Deno or damaged data is refused by name": refused,
  "nodes leave and join, a process is killed: the same results": changing,
  "a trial whose node is lost goes on from its checkpoint": moving,
  "stopping leaves no actor behind": stopping,
  "the head's loss ends with a clear error": beheading,
};

Deno.test({
  name: `a cluster of several nodes${rayIsMissing ? " (needs Ray)" : ""}`,
  ignore: rayIsMissing,
  fn: (t) =>
    withCluster(async (cluster) => {
      for (const [name, step] of Object.entries(STEPS)) {
        if (!await t.step(name, () => step(cluster))) break;
      }
    }),
});

/** Adds a node with another version of Deno, and one that changes a byte of the dataset. */
async function badNodes(cluster: TestCluster) {
  const deno = Deno.execPath();
  const scripts = [
    { code: "echo deno 1.0.0", reason: /Deno 2\.\S+ is needed and it has deno 1\.0\.0/ },
    {
      code: `case "$*" in *node.ts*) python3 -c '
import sys
head = sys.stdin.buffer.readline()
data = bytearray(sys.stdin.buffer.read(3000))
data[2000] ^= 1
sys.stdout.buffer.write(head + data)
sys.stdout.flush()
while line := sys.stdin.buffer.read1(65536):
    sys.stdout.buffer.write(line)
    sys.stdout.flush()
' | "${deno}" "$@";; *) exec "${deno}" "$@";; esac`,
      reason: /its dataset has the digest/,
    },
  ];
  const nodes: { id: string; reason: RegExp }[] = [];
  for (const { code, reason } of scripts) {
    const path = `${cluster.folder}/deno${nodes.length}`;
    await Deno.writeTextFile(path, `#!/bin/sh\n${code}\n`, { mode: 0o755 });
    nodes.push({ id: await cluster.add({ DESCENT_DENO: path }), reason });
  }
  return nodes;
}

async function refused(cluster: TestCluster) {
  const bad = await badNodes(cluster);
  const { results, notices } = sweepOn(cluster);
  await assert.rejects(results, /no node of the cluster can run the trials/);
  for (const { id, reason } of bad) {
    const isNamed = (line: string) => reason.test(line) && line.includes(id.slice(0, 8));
    assert.ok(notices.some(isNamed), notices.join("\n"));
  }
}

/** The sweep goes on until all of it has happened, however long that takes on a busy machine. */
async function changing(cluster: TestCluster) {
  const bad = cluster.nodes();
  const first = await cluster.add();
  await cluster.add();
  const space = { ...SPACE, seed: seeds(5000) };
  const stop = new AbortController();
  let progress: SweepProgress | undefined;
  const { results, notices } = sweepOn(cluster, {
    signal: stop.signal,
    onProgress: (latest) => progress = latest,
  }, space);
  const ended = assert.rejects(results, /enough/);
  const deadline = performance.now() + 300_000;
  const until = async (isTrue: () => boolean) => {
    while (!isTrue() && performance.now() < deadline) {
      await Promise.race([
        ended,
        new Promise((again) => setTimeout(again, 20)),
      ]);
    }
  };
  const said = (end: string) => notices.filter((line) => line.endsWith(end)).length;
  const finished = () => progress?.finished ?? 0;
  await until(() => said("takes part") >= 2 && finished() > 0);
  await cluster.remove(first);
  await until(() => said("its trials go to others") > 0);
  await cluster.add();
  await until(() => said("takes part") >= 3);
  Deno.kill((await nodeProcesses(cluster))[0], "SIGKILL");
  // Among the first of these are all that ran at the time.
  const count = finished() + 10;
  await until(() => !progress!.results.slice(0, count).includes(undefined));
  stop.abort(new Error("enough"));
  await ended;
  assert.deepEqual(
    progress!.results.slice(0, count),
    await expected({ ...space, seed: seeds(count) }),
  );
  for (const id of bad) await cluster.remove(id);
}

async function moving(cluster: TestCluster) {
  const space = { ...SPACE, epochs: 400, seed: 1 };
  const epochs: number[] = [];
  let removed: Promise<void> | undefined;
  const { results, notices } = sweepOn({ ...cluster, cpus: 1, checkpointPeriod: 0 }, {
    journal: `${cluster.folder}/journal.jsonl`,
    onEpoch(_, { epoch }) {
      if (epochs.push(epoch) < 20) return;
      const isIts = (id: string) => notices.at(-1)!.includes(id.slice(0, 8));
      removed ??= cluster.remove(cluster.nodes().find(isIts)!);
    },
  }, space);
  assert.deepEqual(await results, await expected(space));
  await removed;
  assert.match(notices.join("\n"), /is gone .*; its trials go to others/);
  assert.equal(epochs.filter((epoch) => epoch === 1).length, 1);
}

const ENDLESS: Space = { ...SPACE, epochs: 100_000, seed: [1, 2] };

async function stopping(cluster: TestCluster) {
  const stop = new AbortController();
  const { results } = sweepOn(cluster, {
    signal: stop.signal,
    onEpoch: () => stop.abort(new Error("enough")),
  }, ENDLESS);
  await assert.rejects(results, /enough/);
  assert.equal(await cluster.actors(), 0);
}

async function beheading(cluster: TestCluster) {
  let beheaded: Promise<void> | undefined;
  const { results } = sweepOn(cluster, { onEpoch: () => beheaded ??= cluster.behead() }, ENDLESS);
  await assert.rejects(results, /the cluster was lost .*; finished trials are kept/);
  await beheaded;
}

Deno.test({
  name: "a cluster on this machine listens on 127.0.0.1 alone, and leaves no process",
  ignore: rayIsMissing || Deno.build.os !== "linux",
  async fn() {
    let seen: Promise<{ started: number[]; open: string[] }> | undefined;
    const { results } = sweepOn({ address: "local", cpus: 1 }, {
      onEpoch: () =>
        seen ??= (async () => {
          const started = await descendants(await driverProcess());
          return { started, open: await listeningAddresses(started) };
        })(),
    }, { ...SPACE, epochs: 400, seed: 1 });
    await results;
    const { started, open } = await seen!;
    assert.ok(open.length > 3, `${open}`);
    assert.deepEqual([...new Set(open)].sort(), ["0000000000000000FFFF00000100007F", "0100007F"]);
    await ended(started);
  },
});

/** Waits until processes have ended; fails after half a minute, with what they run. */
async function ended(processes: readonly number[]): Promise<void> {
  for (let attempt = 0; attempt < 300; attempt++) {
    const commands = await Promise.all(processes.map(wordsOf));
    if (commands.every((words) => words.length === 1)) return;
    await new Promise((again) => setTimeout(again, 100));
  }
  assert.fail(`still running: ${await Promise.all(processes.map(wordsOf))}`);
}

/** The driver that this thread's sweep has started: other tests start theirs from other processes. */
async function driverProcess(): Promise<number> {
  const parents = await parentsOfProcesses();
  for (const [pid, parent] of parents) {
    if (parent === Deno.pid && (await wordsOf(pid)).at(-2)?.endsWith("driver.py")) return pid;
  }
  throw new Error("no driver is running");
}

/** Identities of all processes below one. */
async function descendants(ancestor: number): Promise<number[]> {
  const parents = await parentsOfProcesses();
  const isBelow = (pid: number): boolean => {
    const parent = parents.get(pid);
    return parent !== undefined && (parent === ancestor || isBelow(parent));
  };
  return [...parents.keys()].filter(isBelow);
}

/** The identity of each process's parent. */
async function parentsOfProcesses(): Promise<Map<number, number>> {
  const parents = new Map<number, number>();
  for await (const { name } of Deno.readDir("/proc")) {
    const status = /^\d+$/.test(name)
      ? await Deno.readTextFile(`/proc/${name}/status`).catch(() => "")
      : "";
    const parent = /^PPid:\s*(\d+)$/m.exec(status)?.[1];
    if (parent) parents.set(Number(name), Number(parent));
  }
  return parents;
}

/** The command line of a process; each word ends with a zero. */
async function wordsOf(pid: number): Promise<string[]> {
  return (await Deno.readTextFile(`/proc/${pid}/cmdline`).catch(() => "")).split("\0");
}

/** The addresses, in the kernel's hexadecimal form, on which processes listen. */
async function listeningAddresses(processes: readonly number[]): Promise<string[]> {
  const sockets = new Set<string>();
  for (const pid of processes) {
    try {
      for await (const { name } of Deno.readDir(`/proc/${pid}/fd`)) {
        const target = await Deno.readLink(`/proc/${pid}/fd/${name}`).catch(() => "");
        sockets.add(/^socket:\[(\d+)\]$/.exec(target)?.[1] ?? "");
      }
    } catch { /* it has ended */ }
  }
  const tables = await Promise.all(["tcp", "tcp6"].map((t) => Deno.readTextFile(`/proc/net/${t}`)));
  return tables.join("").split("\n").map((line) => line.trim().split(/\s+/))
    .filter((words) => words[3] === "0A" && sockets.has(words[9]))
    .map((words) => words[1].split(":")[0]);
}

/** Identities of the processes that run node.ts on the nodes of a cluster. */
async function nodeProcesses({ pid }: TestCluster): Promise<number[]> {
  const below = await descendants(pid);
  const words = await Promise.all(below.map(wordsOf));
  return below.filter((_, i) => words[i].at(-2)?.endsWith("lib/cluster/node.ts"));
}
