import { projectPath } from "../base/project.ts";
import { inFolder } from "../base/testing_folder.ts";
import { rayPython, rayVersion } from "./ray.ts";
import { readerOf } from "./reader.ts";

/** Reports whether Ray is missing; `deno task test` installs it where PyPI can be reached. */
export const rayIsMissing = await rayVersion() === undefined;

/** A cluster of several nodes on this machine, with a head that has no cores. */
export interface TestCluster {
  readonly address: string;
  /** Identity of the process above those of all nodes. */
  readonly pid: number;
  /** A folder for the test's files, removed at the end. */
  readonly folder: string;
  /** The nodes that are there, without the head. */
  readonly nodes: () => readonly string[];
  /** Adds a node with one core and returns its identity. */
  add(env?: Record<string, string>): Promise<string>;
  /** Kills a node. */
  remove(node: string): Promise<void>;
  /** Kills the head's server, and with it the cluster. */
  behead(): Promise<void>;
  /** Number of actors that are not dead, from `ray.util.state`. */
  actors(): Promise<number>;
}

/** Runs a test on a cluster and ends the cluster. */
export async function withCluster(run: (cluster: TestCluster) => Promise<void>): Promise<void> {
  await inFolder(async (folder) => {
    // On a busy machine a cluster may fail to start.
    const { cluster, end } = await startCluster(folder).catch(() => startCluster(folder));
    await run(cluster).finally(end);
  });
}

async function startCluster(folder: string) {
  const child = new Deno.Command(await rayPython(), {
    args: [projectPath("lib", "cluster", "testing_cluster.py")],
    ...{ stdin: "piped", stdout: "piped", stderr: "null" },
  }).spawn();
  const input = child.stdin.getWriter();
  const reader = readerOf(child.stdout);
  /** The next line that is JSON; Ray prints others. */
  const answer = async () => {
    for (let line = await reader.line(); line !== undefined; line = await reader.line()) {
      if (/^["\d[n]/.test(line)) return JSON.parse(line);
    }
    throw new Error("the test's cluster ended");
  };
  const say = (command: string, argument: unknown = null) =>
    input.write(new TextEncoder().encode(JSON.stringify([command, argument]) + "\n"));
  const ask = async (command: string, argument?: unknown) => {
    await say(command, argument);
    return await answer();
  };
  const end = async () => {
    await input.close().catch(() => {});
    const timer = setTimeout(() => child.kill("SIGKILL"), 30_000);
    await child.status;
    clearTimeout(timer);
  };
  const address: string = await answer().catch(async (error) => {
    await end();
    throw error;
  });
  let nodes: string[] = [];
  const cluster: TestCluster = {
    ...{ address, folder, pid: child.pid, nodes: () => [...nodes] },
    async add(env = {}) {
      const node = await ask("add", env);
      nodes.push(node);
      return node;
    },
    async remove(node) {
      await ask("remove", node);
      nodes = nodes.filter((other) => other !== node);
    },
    behead: () => say("behead"),
    actors: () => ask("actors"),
  };
  return { cluster, end };
}
