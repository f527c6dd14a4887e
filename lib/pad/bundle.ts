import { loadPackage } from "../base/package.ts";
import { projectPath } from "../base/project.ts";
import { withMemory } from "./kernel_memory.ts";

/**
 * Bundles a script with its imports for the browser, as one ECMAScript module. Deno installs only
 * packages that it sees imported, so the caller has to name the script in an `import()` too.
 *
 * @param entry the script's path in the project
 * @param pages memory of the kernel's modules, in pages of 64 KiB
 * @param replacements modules of Node.js, and the paths in the project of those that take their places.
 * Others must be unused: tree shaking removes them.
 */
export async function bundle(
  entry: string,
  pages: number,
  replacements: Readonly<Record<string, string>> = {},
): Promise<string> {
  const esbuild = await loadPackage("esbuild");
  try {
    const { outputFiles } = await esbuild.build({
      entryPoints: [projectPath(entry)],
      absWorkingDir: projectPath(),
      bundle: true,
      format: "esm",
      target: "es2022",
      minify: true,
      charset: "utf8",
      write: false,
      logLevel: "silent",
      plugins: [{
        name: "browser",
        setup(build) {
          build.onLoad({ filter: /kernel[\\/]module\.js$/ }, () => ({
            contents: `import fused from "kernel.wasm";
              import emulated from "kernel_emulated.wasm";
              export const loadFused = () => WebAssembly.compile(fused);
              export const loadEmulated = () => WebAssembly.compile(emulated);`,
          }));
          build.onResolve({ filter: /\.wasm$/ }, ({ path }) => ({ path, namespace: "kernel" }));
          build.onLoad({ filter: /./, namespace: "kernel" }, async ({ path }) => ({
            contents: withMemory(await Deno.readFile(projectPath("lib", "kernel", path)), pages),
            loader: "binary",
          }));
          build.onResolve(
            { filter: /^node:/ },
            ({ path }) =>
              Object.hasOwn(replacements, path)
                ? { path: projectPath(replacements[path]) }
                : { path, external: true, sideEffects: false },
          );
        },
      }],
    });
    return outputFiles[0].text;
  } finally {
    await esbuild.stop();
  }
}
