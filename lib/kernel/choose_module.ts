/** The kernel's two modules, see `module.d.ts`. */
interface Modules {
  loadFused(): Promise<WebAssembly.Module>;
  loadEmulated(): Promise<WebAssembly.Module>;
}

/**
 * Returns the fastest module whose multiply-add rounds once on this engine.
 *
 * Relaxed SIMD lets an engine round the product as well (WebAssembly 3.0, "relaxed vector instructions").
 * V8 does so if the processor has no fused multiply-add; older browsers cannot compile it at all. In both
 * cases the emulated module is used.
 *
 * @param note called with a one-line warning if the emulated module is used
 * @param imports what an instance of the modules imports
 */
export async function chooseModule(
  { loadFused, loadEmulated }: Modules,
  note: (line: string) => void,
  imports?: WebAssembly.Imports,
): Promise<WebAssembly.Module> {
  const fused = await loadFused().catch((error: unknown) => {
    if (error instanceof WebAssembly.CompileError || error instanceof SyntaxError) return undefined;
    throw error;
  });
  if (fused && roundsOnce(fused, imports)) return fused;
  note(
    "this engine has no fused multiply-add, so the kernel emulates it: the same bits, " +
      "5 to 20 times slower",
  );
  return await loadEmulated();
}

/** Tests if the multiply-add is fused on this engine: (1 + 2⁻¹²)² − 1, which otherwise loses its last bit. */
function roundsOnce(module: WebAssembly.Module, imports?: WebAssembly.Imports): boolean {
  const { exports } = new WebAssembly.Instance(module, imports);
  const multiplyAdd = exports.multiplyAddOne as (a: number, b: number, c: number) => number;
  const a = 1 + 2 ** -12;
  return multiplyAdd(a, a, -1) === 2 ** -11 + 2 ** -24;
}
