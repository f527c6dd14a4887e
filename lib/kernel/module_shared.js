// @ts-self-types="./module_shared.d.ts"
// Source-phase imports, as in `module.js`.
export const loadFused = () => import.source("./kernel_shared.wasm");
export const loadEmulated = () => import.source("./kernel_shared_emulated.wasm");
