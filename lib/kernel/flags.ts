/**
 * The flags of V8 that the tasks of `deno.json` start Deno with. They make the SIMD kernel fast and
 * change no bit of its results (`flags_test.ts`).
 * @module
 */

/**
 * The flags, as `--v8-flags` and `DENO_V8_FLAGS` take them.
 *
 * - `--no-wasm-bounds-checks`: Deno starts V8 without the trap handlers that make bounds checks cost
 *   nothing, so each load and store would be preceded by a comparison. The flag holds for every module
 *   in the process, and is safe for this kernel alone: `simd.ts` checks all shapes, so that no address
 *   leaves the memory, and what a fault in the kernel could reach is the 4 GiB that V8 reserves for its
 *   memory (and at most a vector and a constant offset more), where unused pages end the process. V8
 *   reserves less, without a word, where it cannot have so much: see {@linkcode canReserve}. For the
 *   shared memory of several threads it reserves all of the 4 GiB or fails.
 * - `--experimental-wasm-revectorize`: neighbouring 128-bit operations become one of 256 bits, where the
 *   processor has AVX2. Only V8 for x86-64 knows this flag, and Deno does not start with one that V8 does
 *   not know, so it is left out where it has not been tried.
 *
 * @param boundsChecks whether V8 is to check bounds: it must where other code than the project's runs,
 * as in notebooks. By default it does where address space is limited
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
  // The default is written out, as Deno refuses an empty list.
  const flags = [boundsChecks ? "--wasm-bounds-checks" : "--no-wasm-bounds-checks"];
  if (os === "linux" && arch === "x86_64") flags.push("--experimental-wasm-revectorize");
  return flags.join(",");
}

/** Pages of 64 KiB in 4 GiB, all that 32 bits can address. */
const ALL_PAGES = 65536;

/**
 * Whether this process can reserve 4 GiB of address space for each of `count` memories at a time.
 * Batch schedulers and `ulimit -v` limit it; V8 then reserves less for a memory and says nothing.
 *
 * A shared memory grows in place or not at all, so growth to all pages shows that they were reserved.
 * Growth in steps of 1 GiB passes where the system has little memory; no page is ever touched.
 *
 * @param count defaults to more kernels than a process has: one for each worker, and those that are
 * not yet collected as garbage
 */
export function canReserve(count = 64 + 8 * navigator.hardwareConcurrency): boolean {
  const kept: WebAssembly.Memory[] = [];
  // Few first: where they fail already, V8 would search in vain for a second before it gives in.
  for (let enough = 1;; enough = Math.min(4 * enough, count)) {
    try {
      while (kept.length < enough) {
        kept.push(new WebAssembly.Memory({ initial: 0, maximum: ALL_PAGES, shared: true }));
      }
      for (let step = 0; step < 4; step++) kept[enough - 1].grow(ALL_PAGES / 4);
    } catch (error) {
      if (error instanceof RangeError) return false;
      throw error;
    }
    if (enough === count) return true;
  }
}

if (import.meta.main) {
  const boundsChecks = !canReserve();
  if (boundsChecks) {
    console.error(
      "address space is limited (ulimit -v), so WebAssembly's bounds checks stay on: " +
        "the same results, more slowly",
    );
  }
  console.log(v8Flags({ boundsChecks }));
}
