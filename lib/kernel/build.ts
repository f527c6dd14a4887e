import { fileURLToPath } from "node:url";
import { writeFileAtomically } from "../base/atomic_file.ts";
import { loadPackage } from "../base/package.ts";

/** Source of a module's multiply-add and the WebAssembly features that it requires. */
const FUSED = {
  // Relaxed SIMD is used only for its multiply-add.
  multiplyAdd: "assembly/multiply_add.ts",
  features: ["simd", "relaxed-simd"],
} as const;
const EMULATED = {
  // Strict SIMD only: the compiler rejects relaxed instructions.
  multiplyAdd: "assembly/multiply_add_emulated.ts",
  features: ["simd"],
} as const;

/**
 * The kernel's modules. They differ only in the file that defines the multiply-add; those for threads
 * import a shared memory, the others have their own.
 */
export const MODULES = [
  { file: "kernel.wasm", shared: false, ...FUSED },
  { file: "kernel_emulated.wasm", shared: false, ...EMULATED },
  { file: "kernel_shared.wasm", shared: true, ...FUSED },
  { file: "kernel_shared_emulated.wasm", shared: true, ...EMULATED },
] as const;

/**
 * Options of a module that imports a shared memory. It must not zero-initialise the memory: a thread
 * creates its instance while another is computing.
 */
const SHARED = ["--enable", "threads", "--importMemory", "--sharedMemory", "--zeroFilledMemory"];

const OPTIONS = [
  "-O3",
  "--runtime",
  "stub",
  "--noAssert",
  // 8192 pages of 64 KiB; untouched pages cost nothing. The memory never grows, but with a maximum of the
  // whole 32-bit range the engine reserves all of it (`flags.ts`).
  "--initialMemory",
  "8192",
  "--maximumMemory",
  "65536",
  // The warning that vectors cannot be passed to JavaScript; none are.
  "--disableWarning",
  "112",
];

/**
 * Compiles a module of the SIMD kernel from its AssemblyScript sources. The build is reproducible.
 *
 * @param module one of the {@linkcode MODULES}
 * @returns the bytes of the WebAssembly module
 * @throws {Error} with the compiler's messages
 */
export async function buildKernel(module: typeof MODULES[number]): Promise<Uint8Array> {
  const { default: asc } = await loadPackage("assemblyscript/asc");
  let output: Uint8Array | undefined;
  const { error, stderr } = await asc.main(
    [
      ...["assembly/index.ts", "--outFile", module.file, ...OPTIONS],
      ...module.features.flatMap((feature) => ["--enable", feature]),
      ...module.shared ? SHARED : [],
    ],
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
