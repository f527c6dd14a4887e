import { join } from "node:path";
import { writeFileAtomically } from "../base/atomic_file.ts";
import { projectPath } from "../base/project.ts";
import { v8Flags } from "../kernel/flags.ts";

/** Jupyter's description of a kernel. */
export interface Kernelspec {
  readonly argv: readonly string[];
  readonly [entry: string]: unknown;
}

/**
 * The description of the project's kernel: Deno's, with what `lib/notebook/kernel` adds to it.
 *
 * It is the running Deno, with the flags that make the SIMD kernel fast, except for the one that
 * removes bounds checks: cells run code of any origin. It has all permissions, as `deno jupyter`
 * always grants them.
 *
 * @param python the absolute path of one with Jupyter's client
 */
export function kernelspec(python: string, displayName: string): Kernelspec {
  return {
    argv: [
      ...[python, "-B", projectPath("lib", "notebook", "kernel")],
      ...["--deno", Deno.execPath(), "{connection_file}"],
    ],
    env: { DENO_V8_FLAGS: v8Flags({ boundsChecks: true }) },
    display_name: displayName,
    language: "typescript",
    interrupt_mode: "message",
  };
}

/**
 * Writes the description into the project, as the kernel that notebooks name `deno`; the user's own
 * kernels are not changed.
 *
 * @returns the value for JUPYTER_PATH: the folder, then any previous value
 */
export async function writeKernelspec(python: string): Promise<string> {
  const folder = projectPath(".jupyter");
  await writeSpec(join(folder, "kernels", "deno"), kernelspec(python, "Deno"));
  const before = Deno.env.get("JUPYTER_PATH");
  return before ? `${folder}:${before}` : folder;
}

/** Writes a description into a folder. */
export async function writeSpec(folder: string, spec: Kernelspec): Promise<void> {
  const path = join(folder, "kernel.json");
  const text = JSON.stringify(spec, null, 2) + "\n";
  // Do not rewrite an unchanged file: another Jupyter may be reading it.
  if (await Deno.readTextFile(path).catch(() => "") !== text) await writeFileAtomically(path, text);
}
