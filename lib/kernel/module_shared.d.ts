/** The modules of `module.d.ts` for threads, which import a shared memory. */

/** Loads the module that uses relaxed SIMD. Rejects if the engine does not support it. */
export function loadFused(): Promise<WebAssembly.Module>;

/** Loads the module that emulates fused multiply-add with strict SIMD. */
export function loadEmulated(): Promise<WebAssembly.Module>;
