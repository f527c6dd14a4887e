// @ts-nocheck This is AssemblyScript: TypeScript's syntax with WebAssembly's types. Deno's tools leave
// it alone (`exclude` in deno.json): the formatter would take the @inline away.
//
// The multiply-add of the kernel: every fused product and sum goes through this one function.

/** a·b + c in four lanes. For now the product is rounded too; with relaxed SIMD it will not be. */
@inline
export function multiplyAdd(a: v128, b: v128, c: v128): v128 {
  return f32x4.add(f32x4.mul(a, b), c);
}
