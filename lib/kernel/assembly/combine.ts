// @ts-nocheck This is AssemblyScript: TypeScript's syntax with WebAssembly's types. Deno's tools leave
// it alone (`exclude` in deno.json): the formatter would take the @inline away.
//
// Storing a finished sum: to = alpha · sum + (beta · to), one multiply-add after beta · to is rounded. If
// beta is 0, the old numbers are not read and count as 0, so a sum of −0 gives 0: the sign of a zero does
// not depend on the skipped zero terms.
//
// Rows are whole pairs of vectors, and vectors are written in pairs where possible: 16 bytes apart by a
// constant offset, both read before either is written. V8 can then merge a pair, and its inputs, into one 256-bit vector
// (`--experimental-wasm-revectorize`). The lanes, and so the bits, stay the same.

import { multiplyAdd } from "./multiply_add";

/** to = sum: one vector of `blendPair` with alpha = 1 and beta = 0. */
@inline
export function storeSum(to: usize, sum: v128): void {
  v128.store(to, f32x4.add(sum, f32x4.splat(0)));
}

/** Two adjacent vectors. */
@inline
export function blendPair(alpha: v128, sum0: v128, sum1: v128, beta: f32, to: usize): void {
  let new0: v128, new1: v128;
  if (beta == 0) {
    new0 = multiplyAdd(alpha, sum0, f32x4.splat(0));
    new1 = multiplyAdd(alpha, sum1, f32x4.splat(0));
  } else {
    const factor = f32x4.splat(beta);
    new0 = multiplyAdd(alpha, sum0, f32x4.mul(factor, v128.load(to)));
    new1 = multiplyAdd(alpha, sum1, f32x4.mul(factor, v128.load(to, 16)));
  }
  v128.store(to, new0);
  v128.store(to, new1, 16);
}

/** A row of `bytes` bytes, a multiple of 32, with the sums at `a`. */
@inline
export function combine(alpha: f32, a: usize, beta: f32, out: usize, bytes: usize): void {
  const factor = f32x4.splat(alpha);
  for (const end = a + bytes; a < end; a += 32, out += 32) {
    blendPair(factor, v128.load(a), v128.load(a, 16), beta, out);
  }
}
