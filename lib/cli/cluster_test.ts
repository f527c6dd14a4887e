import assert from "node:assert/strict";
import { projectPath } from "../base/project.ts";
import { removeResults } from "../base/testing_results.ts";
import { rayIsMissing } from "../cluster/testing_cluster.ts";
import { runTask, startTask, withDataset } from "./testing_command.ts";

const NAME = "test-cluster-killed";
const SPACE = ["--layers", "784,64,10", "--epochs", "12", "--seed", "1,2,3,4,5,6"];

Deno.test("addresses and options of a cluster are checked before any work", async () => {
  for (
    const [args, message] of [
      [
        ["--cluster", "ray://10.0.0.1:10001"],
        /cluster must be local, auto or host:port .*use auto/,
      ],
      [["--cluster-cpus", "2"], /--cluster-cpus needs --cluster/],
      [["--cluster", "local", "--cluster-cpus", "0"], /cluster-cpus/],
    ] as const
  ) {
    const { status, stderr } = await runTask(["sweep", "--name", NAME, ...args]);
    assert.equal(status, 2, stderr);
    assert.match(stderr, message);
  }
});

Deno.test({
  name: "a sweep whose driver is killed keeps what is finished, and goes on when it is run again",
  ignore: rayIsMissing,
  fn: () =>
    withDataset(3000, async (dataset) => {
      try {
        const args = ["sweep", "--name", NAME, "--dataset", dataset, ...SPACE];
        const first = startTask([...args, "--cluster", "local"]);
        const output = first.output();
        const journal = projectPath("results", ".journal", `${NAME}.jsonl`);
        while (await linesOf(journal) < 3) await new Promise((resolve) => setTimeout(resolve, 50));
        for (const pid of await drivers()) Deno.kill(pid, "SIGKILL");
        const { code, stderr } = await output;
        assert.equal(code, 1);
        assert.match(
          new TextDecoder().decode(stderr),
          /the cluster was lost .*are kept: run again/,
        );

        const again = await runTask([...args, "--cluster", "local"]);
        assert.equal(again.status, 0, again.stderr);
        assert.match(again.stderr, /[2-6] trials of 6 had already finished/);
        const table = await Deno.readTextFile(projectPath("results", `${NAME}.csv`));
        await removeResults(NAME);
        assert.equal((await runTask(args)).status, 0);
        assert.equal(await Deno.readTextFile(projectPath("results", `${NAME}.csv`)), table);
      } finally {
        await removeResults(NAME);
      }
    }),
});

async function linesOf(path: string): Promise<number> {
  const text = await Deno.readTextFile(path).catch(() => "");
  return text.split("\n").length - 1;
}

/** Identities of the processes that run driver.py for this test's sweep. */
async function drivers(): Promise<number[]> {
  const found: number[] = [];
  for await (const { name } of Deno.readDir("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const command = await Deno.readTextFile(`/proc/${name}/cmdline`).catch(() => "");
    const status = await Deno.readTextFile(`/proc/${name}/status`).catch(() => "");
    const parent = /^PPid:\s*(\d+)$/m.exec(status)?.[1];
    const sweep = await Deno.readTextFile(`/proc/${parent}/cmdline`).catch(() => "");
    if (command.includes("lib/cluster/driver.py") && sweep.includes(NAME)) found.push(Number(name));
  }
  return found;
}
