/**
 * The V8 flags of the tasks in `deno.json`. They speed up the SIMD kernel without changing its results
 * (`flags_test.ts`).
 * @module
 */

/**
 * Returns the flags in the format of `--v8-flags` and `DENO_V8_FLAGS`.
 *
 * - `--no-wasm-bounds-checks`: Deno starts V8 without the trap handlers that make bounds checks free, so a
 *   comparison would precede each load and store. The flag applies to every module in the process. It is
 *   safe for this kernel only: `simd.ts` checks all shapes, so no address is outside the memory. A bug in
 *   the kernel could reach only the 4 GiB that V8 reserves for its memory (and at most a vector and a
 *   constant offset more), where accessing an unused page ends the process. If address space is limited,
 *   V8 silently reserves less: see {@linkcode canReserve}. For the shared memory of several threads it
 *   reserves the full 4 GiB or fails.
 * - `--experimental-wasm-revectorize`: merges adjacent 128-bit operations into one of 256 bits on
 *   processors with AVX2. Only V8 for x86-64 supports it, and Deno does not start with an unknown flag, so
 *   it is used only where it has been tested.
 *
 * @param boundsChecks `true` to keep V8's bounds checks, which is necessary if code from outside the
 * project runs, as in notebooks. Defaults to `true` if address space is limited
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { v8Flags } from "./flags.ts";
 * assert.equal(v8Flags({ os: "darwin", boundsChecks: false }), "--no-wasm-bounds-checks");
 * assert.equal(v8Flags({ os: "darwin", boundsChecks: true }), "--wasm-bounds-checks");
 * ```
 */
export function v8Flags(
  { os = Deno.build.os, arch = Deno.build.arch, boundsChecks = !canReserve() } = {},
): string {
  // The default is explicit because Deno rejects an empty list.
  const flags = [boundsChecks ? "--wasm-bounds-checks" : "--no-wasm-bounds-checks"];
  if (os === "linux" && arch === "x86_64") flags.push("--experimental-wasm-revectorize");
  return flags.join(",");
}

/** Pages of 64 KiB in 4 GiB, the 32-bit address range. */
const ALL_PAGES = 65536;

/** Milliseconds after which a memory may not have been reserved in full. */
const SEARCH = 20;

/**
 * Tests if this process can reserve 4 GiB of address space for each of `count` memories at a time.
 * Batch schedulers and `ulimit -v` limit it; V8 then silently reserves less.
 *
 * A shared memory grows only in place, so growth to all pages proves that they were reserved. Growth in
 * steps of 1 GiB also works on systems with little memory; no page is ever touched.
 *
 * @param count defaults to more kernels than a process has: one per worker, and those not yet
 * garbage-collected
 */
export function canReserve(count = 64 + 8 * navigator.hardwareConcurrency): boolean {
  const kept: WebAssembly.Memory[] = [];
  while (true) {
    try {
      while (kept.length < count) {
        const begun = performance.now();
        kept.push(new WebAssembly.Memory({ initial: 0, maximum: ALL_PAGES, shared: true }));
        // With a limit, V8 searches for a second before it reserves less: no need to try more.
        if (performance.now() - begun > SEARCH) break;
      }
      for (let step = 0; step < 4; step++) kept[kept.length - 1].grow(ALL_PAGES / 4);
    } catch (error) {
      if (error instanceof RangeError) return false;
      throw error;
    }
    if (kept.length === count) return true;
  }
}

if (import.meta.main) {
  const boundsChecks = !canReserve();
  if (boundsChecks) {
    console.error(
      "address space is limited (ulimit -v), so WebAssembly's bounds checks stay on: " +
        "the same results, but slower",
    );
  }
  console.log(v8Flags({ boundsChecks }));
}
