import assert from "node:assert/strict";
import { UserError } from "../base/user_error.ts";
import { executeNotebook } from "./execute.ts";
import { findJupyter, type Jupyter } from "./jupyter.ts";
import { notebookOf } from "./testing_notebook.ts";

/** Runs a notebook on a Deno kernel that ends the given number of times before answering. */
async function executeWith(failures: number) {
  const folder = await Deno.makeTempDir();
  try {
    const kernel = [Deno.execPath(), "jupyter", "--kernel", "--conn", "{connection_file}"];
    const starts = `${folder}/starts`;
    const script = `echo >>"$0"; test "$(wc -l <"$0")" -gt ${failures} && exec "$@"`;
    await Deno.mkdir(`${folder}/kernels/deno`, { recursive: true });
    await Deno.writeTextFile(
      `${folder}/kernels/deno/kernel.json`,
      JSON.stringify({
        argv: ["/bin/sh", "-c", script, starts, ...kernel],
        display_name: "Deno",
        language: "typescript",
      }),
    );
    await Deno.writeTextFile(`${folder}/sum.ipynb`, notebookOf("6 * 7"));
    const jupyter: Jupyter = {
      python: (await findJupyter("client", { note: console.error, agree: () => false })).python,
      env: { JUPYTER_PATH: folder },
    };
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
