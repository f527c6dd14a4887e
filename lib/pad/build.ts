import { loadPackage } from "../base/package.ts";
import { projectPath } from "../base/project.ts";
import type { Model } from "../network/architecture.ts";
import { fillPage, sourceHash } from "../plot/page.ts";
import { themeSheet } from "../plot/theme.ts";
import { checkDigitModel } from "../recognition/classify.ts";
import { encodeModel } from "./embedded_model.ts";
import { pagesFor, withMemory } from "./kernel_memory.ts";

/**
 * The drawing pad as one self-contained page: open it, draw, and see the network at work. It asks
 * nothing of any network or server; its policy forbids it to.
 *
 * It runs the project's own preprocessing and network code, bundled for the browser, with the
 * kernel's own WebAssembly: the same strokes give the same bytes and probabilities as `recognize`
 * gives for the PNG that the pad saves.
 *
 * @param name what errors call the model
 * @returns HTML; the same bytes for the same model
 * @throws {UserError} when the network does not lead from 784 pixels to ten digits, or is too large
 */
export async function padHtml(model: Model, name = "the model"): Promise<string> {
  checkDigitModel(model, name);
  const read = (file: string) => Deno.readTextFile(projectPath("lib", "pad", file));
  const [page, sheet, code] = await Promise.all([
    read("pad.html"),
    read("pad.css"),
    bundle(pagesFor(model.architecture)),
  ]);
  // A page that is embedded in a notebook must not reach out of it either.
  const policy = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; " +
    `script-src ${await sourceHash(code)} 'wasm-unsafe-eval'`;
  return fillPage(page, [
    [`-Policy" content="`, policy],
    ["<style>", themeSheet() + sheet],
    [`<script id="model" type="text/plain">`, encodeModel(model)],
    [`<script type="module">`, code],
  ]);
}

/** Never called: Deno installs what it sees imported, and esbuild must find what the script imports. */
export const script = () => import("./pad.ts");

/** The pad's script with all that it imports, the kernel's modules with so many pages of memory. */
async function bundle(pages: number): Promise<string> {
  const esbuild = await loadPackage("esbuild");
  try {
    const { outputFiles } = await esbuild.build({
      entryPoints: [projectPath("lib", "pad", "pad.ts")],
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
          // Functions that the pad does not call need these modules; nothing of them remains.
          build.onResolve({ filter: /^node:/ }, ({ path }) => ({
            path,
            external: true,
            sideEffects: false,
          }));
        },
      }],
    });
    return outputFiles[0].text;
  } finally {
    await esbuild.stop();
  }
}
