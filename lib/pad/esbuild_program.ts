import { loadPackage } from "../base/package.ts";
import config from "../../deno.json" with { type: "json" };

/** Node's names of the architectures that esbuild supports. */
const PROCESSORS = { x86_64: "x64", aarch64: "arm64" };

/**
 * The path, relative to the project's root, of the esbuild binary, the only program that `deno task
 * pad` may run.
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
  // The file must exist when the permission to run it is granted.
  await loadPackage("esbuild/package.json");
  console.log(esbuildProgram());
}
