/**
 * Long tests, which run only with `SOAK=ROUNDS` in the environment; after `--` may come the beginnings
 * of the notebooks to run, such as `02 12`. `SOAK_FULL=1` trains on all of MNIST.
 * @module
 */
import assert from "node:assert/strict";
import { projectPath } from "../base/project.ts";
import { findMnist } from "../dataset/testing_mnist.ts";
import { findJupyter } from "./jupyter.ts";
import { processesWith, startLab } from "./testing_lab.ts";

const rounds = Number(Deno.env.get("SOAK") ?? 0);
const mnist = await findMnist();

Deno.test({
  name: "Run All, again and again beside busy loops: each output is where it belongs",
  ignore: rounds === 0 || mnist === undefined,
  fn: async () => {
    const jupyter = await findJupyter("client", { note: console.error, agree: () => false });
    const folder = projectPath("notebooks");
    const notebooks = [...Deno.readDirSync(folder)].map(({ name }) => name)
      .filter((name) => name.endsWith(".ipynb"))
      .filter((name) => Deno.args.length === 0 || Deno.args.some((start) => name.startsWith(start)))
      .sort();
    const { success, stdout } = await new Deno.Command(jupyter.python, {
      args: ["-B", projectPath("lib/notebook/kernel/soak.py"), String(rounds), ...notebooks],
      cwd: folder,
      env: { ...jupyter.env, MNIST_DIR: mnist!.folder },
      stderr: "inherit",
    }).output();
    assert(success);
    const lines = new TextDecoder().decode(stdout).trim().split("\n");
    // And a first run of each, with which the others are compared.
    assert.equal(lines.length, (rounds + 1) * notebooks.length);
    const wrong = lines.filter((line) => Object.keys(JSON.parse(line).wrong).length > 0);
    console.log(`${lines.length} runs, ${wrong.length} with misplaced outputs`);
    assert.deepEqual(wrong, []);
  },
});

Deno.test({
  name: "lab and Ctrl-C, again and again: no process is left",
  ignore: rounds === 0 || Deno.build.os !== "linux",
  fn: async () => {
    for (let round = 0; round < rounds; round++) {
      const mark = crypto.randomUUID();
      const lab = await startLab({ DESCENT_TEST: mark });
      const answer = await fetch(`${lab.origin}/api/kernels?token=${lab.token}`, {
        method: "POST",
        body: JSON.stringify({ name: "deno" }),
      });
      await answer.body?.cancel();
      await lab.stop();
      for (const start = Date.now(); (await processesWith(mark)).length > 0;) {
        assert.ok(Date.now() - start < 60_000, `round ${round}: ${await processesWith(mark)}`);
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
    }
  },
});
