import { fileURLToPath } from "node:url";
import { loadPackage } from "../base/package.ts";
import type { Figure } from "./figure.ts";

/**
 * Renders a figure as PNG, in its light colours, with the font DejaVu Sans on every machine.
 *
 * @param scale pixels of the PNG per pixel of the figure
 */
export async function toPng(figure: Figure, scale = 2): Promise<Uint8Array> {
  const { Resvg } = await loadPackage("@resvg/resvg-js");
  await loadPackage("dejavu-fonts-ttf/package.json");
  const resvg = new Resvg(figure.svg, {
    fitTo: { mode: "zoom", value: scale },
    font: {
      loadSystemFonts: false,
      fontFiles: ["DejaVuSans", "DejaVuSans-Bold"].map(fontFile),
      defaultFontFamily: "DejaVu Sans",
    },
  });
  return resvg.render().asPng();
}

/** Returns the file of one of the fonts. */
function fontFile(name: string): string {
  return fileURLToPath(import.meta.resolve(`dejavu-fonts-ttf/ttf/${name}.ttf`));
}
