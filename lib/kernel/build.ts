import { fileURLToPath } from "node:url";
import { writeFileAtomically } from "../base/atomic_file.ts";
import { loadPackage } from "../base/package.ts";

/** The kernel's modules: the same sources, but for the file that defines the multiply-add. */
export const MODULES = [
  // Relaxed SIMD for its multiply-add alone.
  { file: "kernel.wasm", multiplyAdd: "assembly/multiply_add.ts", features: "simd,relaxed-simd" },
  // Strict SIMD only: the compiler refuses a relaxed instruction.
  {
    file: "kernel_emulated.wasm",
    multiplyAdd: "assembly/multiply_add_emulated.ts",
    features: "simd",
  },
] as const;

const OPTIONS = [
  "-O3",
  "--runtime",
  "stub",
  "--noAssert",
  // A memory of 8192 pages of 64 KiB; pages never touched cost nothing. It never grows, but as it could
  // grow to the whole 32-bit range, the engine sets all of that aside (`flags.ts`).
  "--initialMemory",
  "8192",
  "--maximumMemory",
  "65536",
  // The warning that vectors cannot be handed to JavaScript; none are.
  "--disableWarning",
  "112",
];

/**
 * Compiles a module of the SIMD kernel from its AssemblyScript sources: the same sources give the same
 * bytes.
 *
 * @param module one of the {@linkcode MODULES}
 * @returns the WebAssembly module as bytes
 * @throws {Error} with the compiler's messages
 */
export async function buildKernel(module: typeof MODULES[number]): Promise<Uint8Array> {
  const { default: asc } = await loadPackage("assemblyscript/asc");
  let output: Uint8Array | undefined;
  const { error, stderr } = await asc.main(
    ["assembly/index.ts", "--outFile", module.file, "--enable", module.features, ...OPTIONS],
    {
      readFile: (name) =>
        readSource(name === "assembly/multiply_add.ts" ? module.multiplyAdd : name),
      writeFile: (_name, content) => void (output = content as Uint8Array),
      listFiles: () => [],
    },
  );
  if (error !== null || output === undefined) throw new Error(stderr.toString() || String(error));
  return output;
}

function readSource(name: string): string | null {
  try {
    return Deno.readTextFileSync(fileURLToPath(new URL(name, import.meta.url)));
  } catch {
    return null;
  }
}

if (import.meta.main) {
  for (const module of MODULES) {
    const bytes = await buildKernel(module);
    await writeFileAtomically(fileURLToPath(new URL(module.file, import.meta.url)), bytes);
    console.log(`lib/kernel/${module.file}: ${bytes.length} bytes`);
  }
}
