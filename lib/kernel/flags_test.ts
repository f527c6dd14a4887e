import assert from "node:assert/strict";
import { projectPath } from "../base/project.ts";
import { runDeno } from "../base/testing_deno.ts";
import { canReserve, v8Flags } from "./flags.ts";

Deno.test("with the tasks' flags and optimised code, both kernels give the same bits", async () => {
  // Without the last two V8 would run such short tests unoptimised.
  const flags = `${v8Flags()},--no-liftoff,--no-wasm-lazy-compilation`;
  const { code, stdout, stderr } = await runDeno([
    ...["test", "--allow-all", "--no-check", `--v8-flags=${flags}`],
    ...["--filter", "plain kernel's bits", "lib/kernel/simd_test.ts"],
  ]);
  assert.equal(code, 0, stdout + stderr);
  assert.match(stdout, /(?:[5-9]|\d\d) passed/);
});

Deno.test("the tasks that train use the flags", async () => {
  const { tasks } = JSON.parse(await Deno.readTextFile(projectPath("deno.json")));
  for (const task of ["sweep", "train", "evaluate", "reproduce", "bench"]) {
    assert(tasks[task].includes("--v8-flags=$(deno run lib/kernel/flags.ts)"), task);
  }
});

Deno.test("with unlimited address space, the tasks' flags disable bounds checks", async () => {
  const limit = await new Deno.Command("sh", { args: ["-c", "ulimit -v"] }).output()
    .catch(() => undefined);
  if (limit && !/unlimited/.test(new TextDecoder().decode(limit.stdout))) return;
  assert(canReserve());
  assert.match(v8Flags(), /^--no-wasm-bounds-checks(,|$)/);
});

/** Runs a shell command with 60 GiB of address space, enough for Deno and about ten kernels. */
async function runLimited(line: string) {
  const { code, stdout, stderr } = await new Deno.Command("sh", {
    args: ["-c", `ulimit -v ${60 * 2 ** 20} && ${line}`, Deno.execPath()],
    cwd: projectPath(),
    env: { NO_COLOR: "1" },
  }).output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

Deno.test({
  name: "with limited address space, bounds checks stay on and the bits are the same",
  // Other systems do not limit the address space of a process.
  ignore: Deno.build.os !== "linux",
  async fn() {
    const flags = await runLimited(`"$0" run lib/kernel/flags.ts`);
    assert.equal(flags.code, 0, flags.stderr);
    assert.match(flags.stdout, /^--wasm-bounds-checks(,|\n)/);
    assert.match(flags.stderr, /^address space is limited.*bounds checks stay on.*\n$/);
    const tests = await runLimited(
      `"$0" test -A --no-check --v8-flags=$("$0" run lib/kernel/flags.ts) ` +
        `--filter "plain kernel's bits" lib/kernel/simd_test.ts`,
    );
    assert.equal(tests.code, 0, tests.stdout + tests.stderr);
  },
});
