// @ts-nocheck This is AssemblyScript: TypeScript's syntax with WebAssembly's types. Deno's tools leave
// it alone (`exclude` in deno.json): the formatter would take the @inline away.
//
// The multiply-add of the kernel: every fused product and sum goes through this one function.

/**
 * a·b + c in four lanes, rounded once. WebAssembly allows an engine to round the product as well;
 * use this module only if the engine does not.
 */
@inline
export function multiplyAdd(a: v128, b: v128, c: v128): v128 {
  return f32x4.relaxed_madd(a, b, c);
}
