import { loadPackage } from "../base/package.ts";
import { projectPath } from "../base/project.ts";
import type { ImageKind, Model } from "../network/architecture.ts";
import { fillPage, sourceHash } from "../plot/page.ts";
import { themeSheet } from "../plot/theme.ts";
import { areIndexNames } from "../dataset/classes.ts";
import { imageKindOf } from "../network/image_kind.ts";
import { escapeXml } from "../plot/figure.ts";
import { checkFinite } from "../recognition/classify.ts";
import { encodeModel } from "./embedded_model.ts";
import { pagesFor, withMemory } from "./kernel_memory.ts";

/**
 * Builds the drawing pad as a self-contained page. It makes no network requests; its content
 * security policy forbids them.
 *
 * It runs the project's preprocessing and network code, bundled for the browser, with the kernel's
 * WebAssembly: strokes give the same bytes and probabilities as `recognize` for the PNG that the
 * pad saves.
 *
 * @param name the model's name in errors
 * @returns HTML; the same bytes for the same model
 * @throws {UserError} when the network diverged, its image size is unknown, or it is too large
 */
export async function padHtml(model: Model, name = "the model"): Promise<string> {
  const images = imageKindOf(model, name);
  checkFinite(model, name);
  const read = (file: string) => Deno.readTextFile(projectPath("lib", "pad", file));
  const [page, sheet, code] = await Promise.all([
    read("pad.html"),
    read("pad.css"),
    bundle(pagesFor(model.architecture)),
  ]);
  // A page embedded in a notebook must not access it either.
  const policy = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; " +
    `script-src ${await sourceHash(code)} 'wasm-unsafe-eval'`;
  return fillPage(page.replaceAll("Draw a digit", escapeXml(titleOf(images))), [
    [`-Policy" content="`, policy],
    ["<style>", themeSheet() + sheet],
    [`<script id="model" type="text/plain">`, encodeModel(model)],
    [`<script type="module">`, code],
  ]);
}

/** Classes whose names fit into the title. */
const FEW_CLASSES = 5;

function titleOf({ classes }: ImageKind): string {
  if (classes.length === 10 && areIndexNames(classes)) return "Draw a digit";
  return classes.length <= FEW_CLASSES ? `Draw: ${classes.join(", ")}` : "Draw a picture";
}

/**
 * Never called: Deno installs only packages that it sees imported, and esbuild needs those of the
 * script.
 */
export const script = () => import("./pad.ts");

/**
 * Bundles the pad's script with its imports; the kernel's modules get the given pages of memory.
 */
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
          // Only functions that the pad does not call need these modules; tree shaking removes
          // them.
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
