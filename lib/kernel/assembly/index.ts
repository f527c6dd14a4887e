// @ts-nocheck This is AssemblyScript: TypeScript's syntax with WebAssembly's types. Deno's tools leave
// it alone (`exclude` in deno.json): the formatter would take the @inline away.
export { combine } from "./combine";
export { product, productNT, productTN } from "./dense";
export {
  activate,
  activationGradient,
  addRow,
  columnSums,
  crossEntropy,
  softmax,
  squaredError,
} from "./elementwise";
export { indexRows, scaleRows, sparseProduct, sparseProductTN, sparseRankOne, turn } from "./sparse";

/** Where free memory begins. */
export const heapBase: usize = __heap_base;
