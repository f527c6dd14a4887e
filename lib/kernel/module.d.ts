/** The kernel's two modules, built from `assembly/` by `deno task build`. Both give the same bits. */

/** Loads the module that uses relaxed SIMD. Rejects if the engine does not support it. */
export function loadFused(): Promise<WebAssembly.Module>;

/** Loads the module that emulates fused multiply-add with strict SIMD. */
export function loadEmulated(): Promise<WebAssembly.Module>;
