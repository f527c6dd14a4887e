import assert from "node:assert/strict";
import { projectPath } from "../base/project.ts";
import { UserError } from "../base/user_error.ts";
import { executeNotebook } from "./execute.ts";
import { findJupyter, type Jupyter } from "./jupyter.ts";
import { notebookOf } from "./testing_notebook.ts";

/** Runs a notebook on a Deno that ends the given number of times before it answers. */
async function executeWith(failures: number) {
  const folder = await Deno.makeTempDir();
  try {
    const found = await findJupyter("client", { note: console.error, agree: () => false });
    const deno = `${folder}/deno`, starts = `${folder}/starts`;
    const script = `#!/bin/sh
echo >>${starts}; test "$(wc -l <${starts})" -gt ${failures} && exec ${Deno.execPath()} "$@"`;
    await Deno.writeTextFile(deno, script, { mode: 0o755 });
    await Deno.mkdir(`${folder}/kernels/deno`, { recursive: true });
    await Deno.writeTextFile(
      `${folder}/kernels/deno/kernel.json`,
      JSON.stringify({
        argv: [
          ...[found.executable, "-B", projectPath("lib", "notebook", "kernel")],
          ...["--deno", deno, "{connection_file}"],
        ],
        display_name: "Deno",
        language: "typescript",
      }),
    );
    await Deno.writeTextFile(`${folder}/sum.ipynb`, notebookOf("6 * 7"));
    const jupyter: Jupyter = { ...found, env: { JUPYTER_PATH: folder } };
    return await executeNotebook(`${folder}/sum.ipynb`, jupyter);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("a kernel that found a port taken is started again", async () => {
  const { cells } = await executeWith(2);
  assert.match(JSON.stringify(cells[0].outputs), /"text\/plain":\["?.*42/);
});

Deno.test("a kernel that never starts is given up with a clear error", async () => {
  await assert.rejects(executeWith(9), (error: Error) => {
    assert.ok(error instanceof UserError);
    assert.match(error.message, /sum\.ipynb: could not be run to its end: Kernel died/);
    return true;
  });
});
