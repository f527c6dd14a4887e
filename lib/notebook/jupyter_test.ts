import assert from "node:assert/strict";
import { join } from "node:path";
import { writeKernelspec } from "./jupyter.ts";

Deno.test("the kernel of notebooks keeps WebAssembly's bounds checks: cells run any code", async () => {
  const folder = (await writeKernelspec()).split(":")[0];
  const { env } = JSON.parse(await Deno.readTextFile(join(folder, "kernels/deno/kernel.json")));
  assert.match(env.DENO_V8_FLAGS, /^--wasm-bounds-checks(,|$)/);
});
