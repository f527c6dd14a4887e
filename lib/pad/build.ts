import { projectPath } from "../base/project.ts";
import type { ImageKind, Model } from "../network/architecture.ts";
import { fillPage, sourceHash } from "../plot/page.ts";
import { themeSheet } from "../plot/theme.ts";
import { areIndexNames } from "../dataset/classes.ts";
import { imageKindOf } from "../network/image_kind.ts";
import { escapeXml } from "../plot/figure.ts";
import { checkFinite } from "../recognition/classify.ts";
import { bundle } from "./bundle.ts";
import { encodeModel } from "./embedded_model.ts";
import { pagesFor } from "./kernel_memory.ts";

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
  const [page, base, sheet, code] = await Promise.all([
    read("pad.html"),
    read("base.css"),
    read("pad.css"),
    bundle("lib/pad/pad.ts", pagesFor(model.architecture)),
  ]);
  // A page embedded in a notebook must not access it either.
  const policy = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; " +
    `script-src ${await sourceHash(code)} 'wasm-unsafe-eval'`;
  return fillPage(page.replaceAll("Draw a digit", escapeXml(titleOf(images))), [
    [`-Policy" content="`, policy],
    ["<style>", themeSheet() + base + sheet],
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
