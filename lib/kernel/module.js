// @ts-self-types="./module.d.ts"
// TypeScript does not yet parse source-phase imports (ECMAScript stage 3), so these two lines are
// JavaScript. Importing the module, not an instance, lets every trial have a memory of its own.
import source module from "./kernel.wasm";
export default module;
