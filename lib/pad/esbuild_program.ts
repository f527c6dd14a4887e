import { loadPackage } from "../base/package.ts";
import config from "../../deno.json" with { type: "json" };

/** Node's names for the processors on which esbuild runs. */
const PROCESSORS = { x86_64: "x64", aarch64: "arm64" };

/**
 * The path, from the project's root, of the program that bundles the drawing pad: the one program that
 * `deno task pad` may run.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { esbuildProgram } from "./esbuild_program.ts";
 * assert.match(
 *   esbuildProgram({ os: "darwin", arch: "aarch64" }),
 *   /^node_modules\/\.deno\/@esbuild\+darwin-arm64@[\d.]+\/.*\/bin\/esbuild$/,
 * );
 * ```
 */
export function esbuildProgram(
  { os, arch }: Pick<typeof Deno.build, "os" | "arch"> = Deno.build,
): string {
  const version = config.imports.esbuild.split("@").at(-1);
  const name = `${os === "windows" ? "win32" : os}-${PROCESSORS[arch]}`;
  const program = os === "windows" ? "esbuild.exe" : "bin/esbuild";
  return `node_modules/.deno/@esbuild+${name}@${version}/node_modules/@esbuild/${name}/${program}`;
}

if (import.meta.main) {
  // It must be there when the permission to run it is given.
  await loadPackage("esbuild/package.json");
  console.log(esbuildProgram());
}
