import { projectPath } from "../base/project.ts";
import type { Model } from "../network/architecture.ts";
import { SERIES, THEME, type ThemeColor } from "../plot/theme.ts";
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
  const [page, sheet, script] = await Promise.all([
    read("pad.html"),
    read("pad.css"),
    bundle(pagesFor(model.architecture)),
  ]);
  // A page that is embedded in a notebook must not reach out of it either.
  const policy = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; " +
    `script-src 'sha256-${await digest(script)}' 'wasm-unsafe-eval'`;
  return [
    [`-Policy" content="`, policy],
    ["<style>", themeSheet() + sheet],
    [`<script id="model" type="text/plain">`, encodeModel(model)],
    [`<script type="module">`, script],
  ].reduce((page, [place, content]) => page.replace(place, () => place + content), page);
}

/** SHA-256 in base64, as a page's policy names a script that may run. */
async function digest(text: string): Promise<string> {
  const bytes = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return new Uint8Array(bytes).toBase64();
}

/** The colours of the project's figures, as variables of a style sheet. */
function themeSheet(): string {
  const colors: Record<string, ThemeColor> = {
    ...THEME,
    accent: SERIES[0],
    second: SERIES[1],
    paper: { light: "#ffffff", dark: "#1b2028" },
    track: { light: "#eef1f4", dark: "#232a33" },
  };
  const variables = (shade: keyof ThemeColor) =>
    Object.entries(colors).map(([name, color]) => `--${name}:${color[shade]};`).join("");
  return `:root{${variables("light")}}` +
    `@media(prefers-color-scheme:dark){:root{${variables("dark")}}}\n`;
}

/** The pad's script with all that it imports, the kernel's modules with so many pages of memory. */
async function bundle(pages: number): Promise<string> {
  const esbuild = await import("esbuild");
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
