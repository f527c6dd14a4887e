import assert from "node:assert/strict";
import { projectPath } from "../base/project.ts";
import { v8Flags } from "./flags.ts";

Deno.test("with the tasks' flags, and all code optimised, both kernels give the same bits", async () => {
  // Without the last two V8 would run such short tests unoptimised.
  const flags = `${v8Flags()},--no-liftoff,--no-wasm-lazy-compilation`;
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["test", "--allow-all", "--no-check", `--v8-flags=${flags}`],
      ...["--filter", "plain kernel's bits", projectPath("lib", "kernel", "simd_test.ts")],
    ],
    env: { NO_COLOR: "1" },
  }).output();
  const said = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
  assert(success, said);
  assert.match(said, /[5-9] passed/);
});

Deno.test("the tasks that train ask for the flags", async () => {
  const { tasks } = JSON.parse(await Deno.readTextFile(projectPath("deno.json")));
  for (const task of ["sweep", "train", "evaluate", "reproduce", "bench"]) {
    assert(tasks[task].includes("--v8-flags=$(deno run lib/kernel/flags.ts)"), task);
  }
});
