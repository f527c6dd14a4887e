import assert from "node:assert/strict";
import fc from "fast-check";
import { randomStream } from "../base/random.ts";
import { ACTIVATIONS, parseActivation } from "./activations.ts";
import { divide, DIVISIONS } from "./divisions.ts";
import type { Kernel, Matrix } from "./kernel.ts";
import { loadEmulated, loadFused } from "./module.js";
import { kernelOf, type Scratch, simdKernel } from "./simd.ts";
import { UPDATE_RULES, type UpdateRuleName } from "./update_rules.ts";

/** A kernel that runs every call in parts, one after another, last part first. */
function dividedKernel(module: WebAssembly.Module, parts: number, called: Set<string>): Kernel {
  const { exports } = new WebAssembly.Instance(module);
  const functions = exports as Record<string, (...args: number[]) => unknown>;
  const room: Scratch = { places: parts, bytes: 0 };
  const divided = [...DIVISIONS].map(([name, division]) => [name, (...args: number[]) => {
    called.add(name);
    for (const own of divide(division, args, parts, room.bytes).reverse()) {
      if (own.length > 0) functions[name](...own);
    }
  }]);
  const all = { ...exports, ...Object.fromEntries(divided) };
  return kernelOf(all, exports.memory as WebAssembly.Memory, room);
}

/** Runs every operation that is divided; returns all results. */
function runVerbs(kernel: Kernel, rows: number, inner: number, columns: number, seed: number) {
  const random = randomStream(seed, "data");
  const make = (rows: number, columns: number) => {
    const matrix = kernel.matrix(rows, columns);
    for (let r = 0; r < rows; r++) {
      for (let c = 0; c < columns; c++) matrix.data[r * matrix.stride + c] = random.normal();
    }
    return matrix;
  };
  const results: Matrix[] = [];
  const into = (matrix: Matrix) => (results.push(matrix), matrix);
  const pixels = Uint8Array.from({ length: rows * inner }, () => Math.max(0, random.normal() * 50));
  const images = kernel.images(rows, inner);
  kernel.loadPixels(images, pixels, Uint32Array.from({ length: rows }, (_, r) => r), 0);
  const a = make(rows, inner), b = make(inner, columns), z = make(rows, columns);
  kernel.product(images, b, into(kernel.matrix(rows, columns)));
  kernel.product(a, b, into(kernel.matrix(rows, columns)));
  for (const beta of [0, 0.9, 1]) {
    kernel.productTN(-0.1, a, z, beta, into(make(inner, columns)));
    kernel.productTN(-0.1, images, z, beta, into(make(inner, columns)));
  }
  kernel.productNT(z, b, into(kernel.matrix(rows, inner)));
  kernel.combine(0.5, z, 0.9, into(make(rows, columns)));
  kernel.addRow(make(1, columns), into(make(rows, columns)));
  for (const [name, { numbers, states }] of Object.entries(UPDATE_RULES)) {
    // Without a penalty momentum has a function of its own.
    const rule = {
      name: name as UpdateRuleName,
      numbers: numbers.map((number, i) => number === "λ" ? 0 : 0.1 / (i + 1)),
    };
    const state = Array.from({ length: states }, () => into(kernel.matrix(inner, columns)));
    kernel.updateTN(rule, images, z, into(make(inner, columns)), state);
    kernel.updateTN(rule, a, z, into(make(inner, columns)), state);
    kernel.update(rule, b, into(make(inner, columns)), state);
  }
  for (const name of Object.keys(ACTIVATIONS)) {
    const activation = parseActivation(name), out = into(kernel.matrix(rows, columns));
    kernel.activate(activation, z, out);
    kernel.activationGradient(activation, z, out, into(make(rows, columns)));
  }
  return results.map(({ rows, columns, stride, data }) =>
    Array.from({ length: rows }, (_, r) => [...data.subarray(r * stride, r * stride + columns)])
  );
}

const modules = { fused: await loadFused(), emulated: await loadEmulated() };

for (const [name, module] of Object.entries(modules)) {
  Deno.test(`every division of the ${name} module's work has the bits of the whole`, () => {
    const called = new Set<string>();
    const size = fc.integer({ min: 1, max: 200 });
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 70 }),
        size,
        size,
        (parts, rows, inner, columns) => {
          const run = (kernel: Kernel) => runVerbs(kernel, rows, inner, columns, rows);
          assert.deepEqual(run(dividedKernel(module, parts, called)), run(simdKernel()));
        },
      ),
      { numRuns: 12 },
    );
    assert.deepEqual([...called].sort(), [...DIVISIONS.keys()].sort());
  });
}

Deno.test("the parts of a division are blocks that cover the output once", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 5000 }), fc.integer({ min: 1, max: 9 }), (n, parts) => {
      const division = DIVISIONS.get("sparseProduct")!;
      const args = Array.from({ length: 13 }, (_, i) => i === division.extent ? n : 0);
      const calls = divide(division, args, parts, 1000).filter((call) => call.length > 0);
      let end = 0;
      for (const call of calls) {
        // Columns of four bytes, from where the part before ended.
        assert.equal(call[9], 4 * end);
        assert.equal(end % division.block, 0);
        end += call[division.extent];
      }
      assert.equal(end, n);
      assert.equal(new Set(calls.map((call) => call[12])).size, calls.length);
    }),
  );
});
