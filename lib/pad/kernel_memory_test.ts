import assert from "node:assert/strict";
import { projectPath } from "../base/project.ts";
import { runDeno } from "../base/testing_deno.ts";
import type { Architecture } from "../network/architecture.ts";
import { pagesFor, withMemory } from "./kernel_memory.ts";

const wasm = await Deno.readFile(projectPath("lib", "kernel", "kernel.wasm"));

function architecture(...layers: number[]): Architecture {
  const activations = layers.slice(1).map(() => "relu" as const);
  return { layers, activations, loss: "crossEntropy" };
}

function pagesOf(bytes: Uint8Array<ArrayBuffer>): number {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes));
  return (exports.memory as WebAssembly.Memory).buffer.byteLength / 65536;
}

Deno.test("only the module's memory is changed", () => {
  assert.equal(pagesOf(new Uint8Array(wasm)), 8192);
  for (const pages of [1, 64, 127, 128, 4000, 8192]) {
    const changed = withMemory(wasm, pages);
    assert.equal(pagesOf(changed), pages);
    assert.equal(changed.length, wasm.length);
    const places = [...changed.keys()].filter((i) => changed[i] !== wasm[i]);
    assert.ok(Math.max(...places) - Math.min(...places) < 8, "two numbers side by side");
  }
});

Deno.test("a network too large for training's memory is rejected", () => {
  assert.ok(pagesFor(architecture(784, 128, 64, 10)) < 64);
  assert.throws(
    () => withMemory(wasm, pagesFor(architecture(784, 200_000, 10))),
    { name: "UserError", message: /too large for a drawing pad: it needs \d+ MiB/ },
  );
});

Deno.test("a network runs in the memory computed for it", async () => {
  // The kernel's module is imported once, so each memory size needs a separate process. The hidden layers
  // are normalised, which takes more memory, but for which the pages are the same.
  for (
    const layers of ["784,10", "784,3,10", "784,1,1,1,1,10", "784,2500,2000,10", "784,30000,10"]
  ) {
    const script = `
      import { createNetwork, modelOf } from "./lib/network/network.ts";
      import { plainKernel } from "./lib/kernel/plain.ts";
      import { classifier } from "./lib/recognition/classify.ts";
      import { pagesFor, withMemory } from "./lib/pad/kernel_memory.ts";
      const layers = [${layers}], activations = layers.slice(1).map(() => "relu");
      const normalizations = layers.slice(1).map((_, l) => l < layers.length - 2 ? "batch" : "none");
      const architecture = { layers, activations, loss: "crossEntropy", normalizations };
      const wasm = await Deno.readFile("lib/kernel/kernel.wasm");
      const small = new WebAssembly.Module(withMemory(wasm, pagesFor(architecture)));
      const { Instance } = WebAssembly;
      WebAssembly.Instance = function () { return new Instance(small); };
      const classify = classifier(modelOf(createNetwork(plainKernel(32), architecture)));
      for (const ink of [0, 1, 255]) {
        const { probabilities } = classify(new Uint8Array(784).fill(ink));
        if (!probabilities.every((p) => Math.abs(p - 0.1) < 1e-6)) throw new Error("wrong");
      }`;
    const { code, stderr } = await runDeno(["eval", "--no-check", script]);
    assert.equal(code, 0, `${layers}: ${stderr}`);
  }
});
