import assert from "node:assert/strict";
import config from "../../deno.json" with { type: "json" };
import { projectPath } from "../base/project.ts";
import { photoFile } from "../picture/photo.ts";
import { syntheticDigits } from "../dataset/synthetic.ts";
import { esbuildProgram } from "../pad/esbuild_program.ts";
import { runTask, withDataset } from "./testing_command.ts";

const DIGITS = projectPath("results", "models", "digits.npz");

Deno.test("no task may write everywhere, run any program or read every environment variable", () => {
  for (const [name, line] of Object.entries(config.tasks)) {
    // The tests and the build of the kernel are for developers only.
    const commands = line.split(" && ").filter((command) => !command.startsWith("deno test "));
    for (const command of commands) {
      assert.doesNotMatch(command, /--allow-(write|run|net|ffi|all)( |$)/, name);
      if (name !== "build") assert.doesNotMatch(command, /--allow-(env|sys)( |$)/, name);
    }
  }
});

Deno.test("only tasks that start Deno again may run Deno, and so any program", () => {
  const names = Object.entries(config.tasks).filter(([, line]) => line.includes("execPath"));
  assert.deepEqual(names.map(([name]) => name), ["window", "bench"]);
});

Deno.test("the program that bundles the drawing pad is at the path of its permission", async () => {
  assert((await Deno.stat(projectPath(esbuildProgram()))).isFile);
});

Deno.test("the project's own code is never overwritten, even from its own folder", async () => {
  const page = await Deno.readTextFile(projectPath("lib", "pad", "pad.html"));
  await withDataset(50, async (folder) => {
    const picture = `${folder}/7.png`;
    await Deno.writeFile(
      picture,
      await photoFile(syntheticDigits().test.pixels.slice(0, 784), {}, 1),
    );
    const cases = [
      ["convert", `${folder}/train.csv`, projectPath("lib", "evil.csv")],
      ["convert", `${folder}/train.csv`, projectPath("lib", "evil")],
      ["pad", DIGITS, "--out", projectPath("lib", "pad", "pad.html")],
      ["predict", DIGITS, picture, "--explain", projectPath("node_modules", "a.svg")],
      ["evaluate", DIGITS, "--dataset", "synthetic", "--mistakes", projectPath(".git", "a.svg")],
      ["train", "--dataset", "synthetic", "--out", projectPath("lib", "model.npz")],
    ];
    for (const [task, ...args] of cases) {
      const { status, stderr } = await runTask([task, ...args]);
      assert.equal(status, 1, task);
      assert.match(stderr, /has no permission to write there\. It may write below/);
    }
  });
  assert.equal(await Deno.readTextFile(projectPath("lib", "pad", "pad.html")), page);
});

Deno.test("a path outside the user's folder is rejected with a workaround that works", async () => {
  // Outside the project and /tmp, wherever the project is.
  const elsewhere = await Deno.makeTempDir({ dir: "/var/tmp" });
  try {
    const args = ["pad", DIGITS, "--out", `${elsewhere}/new/pad.html`];
    const { status, stderr } = await runTask(args);
    assert.equal(status, 1);
    assert.match(
      stderr,
      /pad\.html: this command has no permission .* deno task --config .*deno\.json …/,
    );
    assert.deepEqual([...Deno.readDirSync(elsewhere)], []);
    const started = await runTask(args, { INIT_CWD: elsewhere });
    assert.equal(started.status, 0, started.stderr);
  } finally {
    await Deno.remove(elsewhere, { recursive: true });
  }
});
