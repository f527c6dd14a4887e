/** The modules of `module.d.ts` for threads: they import a shared memory instead of having their own. */

/** Loads the module whose multiply-adds are relaxed SIMD. */
export function loadFused(): Promise<WebAssembly.Module>;

/** Loads the module whose multiply-adds are emulated with strict SIMD. */
export function loadEmulated(): Promise<WebAssembly.Module>;
