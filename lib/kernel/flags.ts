/**
 * The flags of V8 that the tasks of `deno.json` and the notebooks' kernel start Deno with. They make the
 * SIMD kernel fast and change no bit of what it gives (`flags_test.ts`).
 * @module
 */

/**
 * The flags, as `--v8-flags` and `DENO_V8_FLAGS` take them.
 *
 * - `--no-wasm-bounds-checks`: Deno starts V8 without the trap handlers that make bounds checks cost
 *   nothing, so each load and store would be preceded by a comparison. `build.ts` tells why this kernel
 *   can do without.
 * - `--experimental-wasm-revectorize`: neighbouring 128-bit operations become one of 256 bits, where the
 *   processor has AVX2. Only V8 for x86-64 knows this flag, and Deno does not start with one that V8 does
 *   not know, so it is left out where it has not been tried.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { v8Flags } from "./flags.ts";
 * assert.equal(v8Flags({ os: "darwin", arch: "aarch64" }), "--no-wasm-bounds-checks");
 * ```
 */
export function v8Flags({ os, arch }: Pick<typeof Deno.build, "os" | "arch"> = Deno.build): string {
  const flags = ["--no-wasm-bounds-checks"];
  if (os === "linux" && arch === "x86_64") flags.push("--experimental-wasm-revectorize");
  return flags.join(",");
}

if (import.meta.main) console.log(v8Flags());
