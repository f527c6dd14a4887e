// @ts-self-types="./module.d.ts"
// TypeScript does not yet parse source-phase imports (ECMAScript stage 3), so these lines are JavaScript.
// A module, not an instance, lets every trial have a memory of its own.
export const loadFused = () => import.source("./kernel.wasm");
export const loadEmulated = () => import.source("./kernel_emulated.wasm");
