import assert from "node:assert/strict";
import { patchDataset } from "../dataset/testing_samples.ts";
import type { Space } from "../sweep/space.ts";
import { runSweep } from "../sweep/sweep.ts";
import { checkClusterAddress, type ClusterOptions, onCluster } from "./engine.ts";
import { rayIsMissing, type TestCluster, withCluster } from "./testing_cluster.ts";

const DATA = patchDataset(400, 100, 8);
/** Trials of about half a second. */
const SPACE: Space = { layers: [64, 256, 10], learningRate: 0.1, epochs: 40, seed: seeds(8) };

function seeds(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i + 1);
}

/** A test on a real cluster. */
function clusterTest(name: string, run: (cluster: TestCluster) => Promise<void>, options = {}) {
  Deno.test({
    name: `${name}${rayIsMissing ? " (needs Ray)" : ""}`,
    ignore: rayIsMissing,
    fn: () => withCluster(run, options),
  });
}

/** Runs the space on a cluster; `notices` has the lines that were said. */
function sweepOn(
  options: ClusterOptions,
  more: Parameters<typeof runSweep>[2] = {},
  space = SPACE,
) {
  const notices: string[] = [];
  const onNotice = (line: string) => notices.push(line);
  const engine = onCluster({ onNotice, onJoin: onNotice, ...options });
  return { notices, results: runSweep(space, DATA, { ...more, engine }) };
}

const expected = (space = SPACE) => runSweep(space, DATA, { workers: 2 });

Deno.test("addresses of a cluster", () => {
  for (const address of ["local", "auto", "10.0.0.1:6379", "head.example:6379", "[::1]:6379"]) {
    assert.equal(checkClusterAddress(address), address);
  }
  for (const address of ["", "ray://10.0.0.1:10001", "10.0.0.1", "--x:1", "a b:1"]) {
    assert.throws(() => checkClusterAddress(address), /cluster must be local, auto or host:port/);
  }
});

clusterTest("nodes leave and join, a process is killed: the same results", async (cluster) => {
  const [first] = [await cluster.add(), await cluster.add()];
  let finished = 0;
  const changes = Promise.withResolvers<void>();
  const { results, notices } = sweepOn({ address: cluster.address }, {
    onProgress(progress) {
      if (progress.finished === 1 && finished === 0) {
        finished = 1;
        (async () => {
          await cluster.remove(first);
          await cluster.add();
          await killNodeProcess();
        })().then(changes.resolve, changes.reject);
      }
    },
  }, { ...SPACE, epochs: 200 });
  assert.deepEqual(await results, await expected({ ...SPACE, epochs: 200 }));
  await changes.promise;
  assert.match(notices.join("\n"), /is gone .*; its trials go to others/);
  assert.equal(notices.filter((line) => line.endsWith("takes part")).length, 3, notices.join("\n"));
});

clusterTest("a trial whose node is lost goes on from its checkpoint", async (cluster) => {
  const folder = await Deno.makeTempDir();
  try {
    const first = await cluster.add();
    const space = { ...SPACE, epochs: 400, seed: 1 };
    const epochs: number[] = [];
    const { results, notices } = sweepOn({ address: cluster.address, checkpointPeriod: 0 }, {
      journal: `${folder}/journal.jsonl`,
      onEpoch(_, { epoch }) {
        if (epochs.push(epoch) === 50) cluster.add().then(() => cluster.remove(first));
      },
    }, space);
    assert.deepEqual(await results, await expected(space));
    assert.match(notices.join("\n"), /is gone .*; its trials go to others/);
    assert.equal(epochs.filter((epoch) => epoch === 1).length, 1);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

clusterTest("a node with another Deno or damaged data is refused by name", async (cluster) => {
  const folder = await Deno.makeTempDir();
  try {
    const other = `${folder}/other`, damaging = `${folder}/damaging`;
    await Deno.writeTextFile(other, "#!/bin/sh\necho deno 1.0.0\n");
    // Hands on what it reads, with the 2000th byte of the dataset changed.
    await Deno.writeTextFile(
      damaging,
      `#!/bin/sh\ncase "$*" in *node.ts*) python3 -c '
import sys
head = sys.stdin.buffer.readline()
data = bytearray(sys.stdin.buffer.read(3000))
data[2000] ^= 1
sys.stdout.buffer.write(head + data)
sys.stdout.flush()
while line := sys.stdin.buffer.read1(65536):
    sys.stdout.buffer.write(line)
    sys.stdout.flush()
' | "${Deno.execPath()}" "$@";; *) exec "${Deno.execPath()}" "$@";; esac\n`,
    );
    for (const script of [other, damaging]) await Deno.chmod(script, 0o755);
    const bad = [
      await cluster.add({ DESCENT_DENO: other }),
      await cluster.add({ DESCENT_DENO: damaging }),
    ].map((id) => id.slice(0, 8));
    const refused = sweepOn({ address: cluster.address });
    await assert.rejects(refused.results, /no node can run the trials/);
    for (
      const reason of [
        /Deno 2\.\S+ is needed and it has deno 1\.0\.0/,
        /its dataset has the digest/,
      ]
    ) {
      assert.ok(
        refused.notices.some((line) => reason.test(line) && bad.some((id) => line.includes(id))),
        refused.notices.join("\n"),
      );
    }
    await cluster.add();
    assert.deepEqual(await sweepOn({ address: cluster.address }).results, await expected());
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

clusterTest(
  "stopping leaves no actor behind; the head's loss ends with a clear error",
  async (cluster) => {
    await cluster.add();
    const long = { ...SPACE, epochs: 100_000, seed: [1, 2] };
    const stop = new AbortController();
    const stopped = sweepOn({ address: cluster.address }, {
      signal: stop.signal,
      onEpoch: () => stop.abort(new Error("enough")),
    }, long);
    await assert.rejects(stopped.results, /enough/);
    assert.equal(await cluster.actors(), 0);

    let isBeheaded = false;
    const lost = sweepOn({ address: cluster.address }, {
      onEpoch() {
        if (!isBeheaded) cluster.behead();
        isBeheaded = true;
      },
    }, long);
    await assert.rejects(lost.results, /the cluster was lost .*; finished trials are kept/);
  },
  { dashboard: true },
);

Deno.test({
  name: "a cluster on this machine listens on 127.0.0.1 alone, and leaves no process",
  ignore: rayIsMissing || Deno.build.os !== "linux",
  async fn() {
    let open: string[] = [];
    const before = new Set((await descendants()).keys());
    const { results } = sweepOn({ address: "local", cpus: 1 }, {
      onEpoch(_, { epoch }) {
        if (epoch === 1) descendants().then(listeningAddresses).then((found) => open = found);
      },
    }, { ...SPACE, epochs: 400, seed: 1 });
    await results;
    assert.ok(open.length > 3, `${open}`);
    assert.deepEqual([...new Set(open)].sort(), ["0000000000000000FFFF00000100007F", "0100007F"]);
    const left = [...(await descendants()).keys()].filter((pid) => !before.has(pid));
    assert.deepEqual(left, []);
  },
});

/** All processes below this one, by their identity. */
async function descendants(): Promise<Map<number, number>> {
  const parents = new Map<number, number>();
  for await (const { name } of Deno.readDir("/proc")) {
    const status = /^\d+$/.test(name)
      ? await Deno.readTextFile(`/proc/${name}/status`).catch(() => "")
      : "";
    const parent = /^PPid:\s*(\d+)$/m.exec(status)?.[1];
    if (parent) parents.set(Number(name), Number(parent));
  }
  const isBelow = (pid: number): boolean => {
    const parent = parents.get(pid);
    return parent !== undefined && (parent === Deno.pid || isBelow(parent));
  };
  return new Map([...parents].filter(([pid]) => isBelow(pid)));
}

/** The addresses, in the kernel's hexadecimal form, on which processes listen. */
async function listeningAddresses(processes: Map<number, number>): Promise<string[]> {
  const sockets = new Set<string>();
  for (const pid of processes.keys()) {
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

/** Identities of the processes that run node.ts. */
async function nodeProcesses(): Promise<number[]> {
  const found: number[] = [];
  for await (const { name } of Deno.readDir("/proc")) {
    const path = `/proc/${name}/cmdline`;
    const words = /^\d+$/.test(name)
      ? (await Deno.readTextFile(path).catch(() => "")).split("\0")
      : [];
    if (words.at(-2)?.endsWith("lib/cluster/node.ts")) found.push(Number(name));
  }
  return found;
}

async function killNodeProcess(): Promise<void> {
  let processes = await nodeProcesses();
  while (processes.length === 0) processes = await nodeProcesses();
  Deno.kill(processes[0], "SIGKILL");
}
