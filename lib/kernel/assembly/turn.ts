// @ts-nocheck This is AssemblyScript: TypeScript's syntax with WebAssembly's types. Deno's tools leave
// it alone (`exclude` in deno.json): the formatter would take the @inline away.

/** Transposes a 4×4 matrix given as four rows; the columns are stored `step` bytes apart. */
@inline
export function storeTurned(r0: v128, r1: v128, r2: v128, r3: v128, to: usize, step: usize): void {
  const t0 = v128.shuffle<f32>(r0, r1, 0, 4, 1, 5), t1 = v128.shuffle<f32>(r2, r3, 0, 4, 1, 5);
  const t2 = v128.shuffle<f32>(r0, r1, 2, 6, 3, 7), t3 = v128.shuffle<f32>(r2, r3, 2, 6, 3, 7);
  v128.store(to, v128.shuffle<f32>(t0, t1, 0, 1, 4, 5));
  v128.store(to + step, v128.shuffle<f32>(t0, t1, 2, 3, 6, 7));
  v128.store(to + 2 * step, v128.shuffle<f32>(t2, t3, 0, 1, 4, 5));
  v128.store(to + 3 * step, v128.shuffle<f32>(t2, t3, 2, 3, 6, 7));
}
