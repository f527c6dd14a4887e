/** The kernel's two modules, built from `assembly/` by `deno task build`: the same bits from both. */

/** Loads the module whose multiply-adds are relaxed SIMD. Rejects where the engine does not know these. */
export function loadFused(): Promise<WebAssembly.Module>;

/** Loads the module whose multiply-adds are emulated with strict SIMD. */
export function loadEmulated(): Promise<WebAssembly.Module>;
