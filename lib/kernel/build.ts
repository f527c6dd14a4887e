import { fileURLToPath } from "node:url";
import asc from "assemblyscript/asc";
import { writeFileAtomically } from "../base/atomic_file.ts";

const OPTIONS = [
  "-O3",
  "--runtime",
  "stub",
  "--noAssert",
  // Relaxed SIMD for its multiply-add alone (`assembly/multiply_add.ts`).
  "--enable",
  "simd,relaxed-simd",
  // A memory of 8192 pages of 64 KiB; pages never touched cost nothing. It could grow to the whole
  // 32-bit range, so the engine sets all of that aside: no address can reach other memory.
  "--initialMemory",
  "8192",
  "--maximumMemory",
  "65536",
  // The warning that vectors cannot be handed to JavaScript; none are.
  "--disableWarning",
  "112",
];

/**
 * Compiles the SIMD kernel from its AssemblyScript sources: the same sources give the same bytes.
 *
 * @returns the WebAssembly module as bytes
 * @throws {Error} with the compiler's messages
 */
export async function buildKernel(): Promise<Uint8Array> {
  let output: Uint8Array | undefined;
  const { error, stderr } = await asc.main(
    ["assembly/index.ts", "--outFile", "kernel.wasm", ...OPTIONS],
    {
      readFile: (name) => readSource(name),
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
  const bytes = await buildKernel();
  await writeFileAtomically(fileURLToPath(new URL("kernel.wasm", import.meta.url)), bytes);
  console.log(`lib/kernel/kernel.wasm: ${bytes.length} bytes`);
}
