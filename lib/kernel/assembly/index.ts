// @ts-nocheck This is AssemblyScript: TypeScript's syntax with WebAssembly's types. Deno's tools leave
// it alone (`exclude` in deno.json): the formatter would take the @inline away.
import { multiplyAdd } from "./multiply_add";

export * from "./activations";
export { combine } from "./combine";
export { product, productNT, productTN } from "./dense";
export {
  addRow,
  binaryCrossEntropy,
  columnSums,
  crossEntropy,
  softmax,
  squaredError,
} from "./elementwise";
export { catchUp, settle } from "./deferred";
export { dropEntries, dropOut } from "./masks";
export { moments, scaleShift, standardize, standardizeGradient } from "./standardize";
export { limitColumns, sumOfSquares } from "./norms";
export { clearKept, indexKept } from "./kept_images";
export { indexImages, indexPixels, scaleRows, sparseProduct, sparseRankOne } from "./sparse";
export { narrowProduct, narrowProductTN } from "./sparse_narrow";
export { sparseAdam, sparseMomentum } from "./sparse_update";
export {
  adaDelta,
  adaGrad,
  adam,
  addSign,
  clip,
  followVelocity,
  lion,
  momentum,
  nesterov,
  rmsProp,
} from "./update_rules";

/** a·b + c of single numbers, to test if the engine rounds once. */
export function multiplyAddOne(a: f32, b: f32, c: f32): f32 {
  return f32x4.extract_lane(multiplyAdd(f32x4.splat(a), f32x4.splat(b), f32x4.splat(c)), 0);
}

/** Start of the free memory. */
export const heapBase: usize = __heap_base;
