import assert from "node:assert/strict";
import fc from "fast-check";
import { projectPath } from "../base/project.ts";
import { runDeno } from "../base/testing_deno.ts";
import { chooseModule } from "./choose_module.ts";
import { fusedMultiplyAdd } from "./fused_multiply_add.ts";
import { loadEmulated, loadFused } from "./module.js";
import { specialTriples, type Triple, triples } from "./testing_triples.ts";

const fused = await loadFused(), emulated = await loadEmulated();
/** V8 flag that disables fused multiply-add; exists only on x86-64. */
const UNFUSED = "--no-enable-fma3";
const knowsUnfused = Deno.build.arch === "x86_64";

function multiplyAddOf(module: WebAssembly.Module): (...triple: Triple) => number {
  return new WebAssembly.Instance(module).exports.multiplyAddOne as (...triple: Triple) => number;
}

for (const [name, module] of Object.entries({ fused, emulated })) {
  const multiplyAdd = multiplyAddOf(module);
  const check = (triple: Triple) =>
    assert.deepEqual(multiplyAdd(...triple), fusedMultiplyAdd(...triple), triple.join(", "));

  Deno.test(`the ${name} module rounds a multiply-add once`, () => {
    for (const triple of Object.values(triples)) {
      fc.assert(fc.property(triple, check), { numRuns: 3000 });
    }
    specialTriples().forEach(check);
  });
}

Deno.test("the emulated module uses strict SIMD only", async () => {
  // Relaxed instructions are those of the prefix 0xfd whose number is 0x100 or more; LEB128 writes
  // 0x105, the multiply-add, as 0x85 0x02. V8 has no flag to disable them, so the test searches the bytes.
  const find = async (file: string) => {
    const bytes = await Deno.readFile(projectPath("lib", "kernel", file));
    return bytes.some((byte, i) => byte === 0xfd && bytes[i + 1] === 0x85 && bytes[i + 2] === 0x02);
  };
  assert.equal(await find("kernel.wasm"), true);
  assert.equal(await find("kernel_emulated.wasm"), false);
});

Deno.test("the fused module is used if the engine fuses, otherwise the emulated one", async () => {
  const lines: string[] = [];
  const choose = (load: () => Promise<WebAssembly.Module>) =>
    chooseModule(
      { loadFused: load, loadEmulated: () => Promise.resolve(emulated) },
      (line) => lines.push(line),
    );
  const isFused = multiplyAddOf(fused)(1 + 2 ** -12, 1 + 2 ** -12, -1) !== 2 ** -11;
  assert.equal(await choose(() => Promise.resolve(fused)), isFused ? fused : emulated);
  lines.length = 0;
  for (
    const cause of [new WebAssembly.CompileError("invalid opcode"), new SyntaxError("invalid")]
  ) {
    assert.equal(await choose(() => Promise.reject(cause)), emulated);
    assert.match(lines.pop()!, /no fused multiply-add.*same bits/);
  }
  await assert.rejects(choose(() => Promise.reject(new Error("no such file"))), /no such file/);
});

/** Runs Deno with the flag and returns its output. */
const runUnfused = (command: string, ...args: string[]) =>
  runDeno([command, "--no-check", `--v8-flags=${UNFUSED}`, ...args]);

Deno.test({
  name: "without fused multiply-add every verb has the plain kernel's bits",
  ignore: !knowsUnfused,
  async fn() {
    const run = await runUnfused("test", "-A", "lib/kernel/simd_test.ts", "--filter", "bits");
    assert.equal(run.code, 0, run.stdout + run.stderr);
    assert.match(run.stdout, /(?:[5-9]|\d\d) passed/);
  },
});

Deno.test({
  name: "without fused multiply-add a command warns once, with or without workers",
  ignore: !knowsUnfused,
  async fn() {
    const module = JSON.stringify(import.meta.resolve("./simd.ts"));
    const worker = `await import(${module}); postMessage(0);`;
    const script = `
      await import(${module});
      for (let w = 0; w < 2; w++) {
        const worker = new Worker("data:text/javascript," + ${
      JSON.stringify(encodeURIComponent(worker))
    }, { type: "module" });
        await new Promise((done, fail) => { worker.onmessage = done; worker.onerror = fail; });
        worker.terminate();
      }`;
    const { code, stdout, stderr } = await runUnfused("eval", script);
    assert.equal(code, 0, stderr);
    assert.equal(stdout, "");
    assert.equal(stderr.match(/no fused multiply-add/g)?.length, 1, stderr);
  },
});
