/** The compiled SIMD kernel, built from `assembly/` by `deno task build`. */
declare const module: WebAssembly.Module;
export default module;
