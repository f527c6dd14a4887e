import type { Model } from "../network/architecture.ts";
import { padHtml } from "../pad/build.ts";
import { escapeXml, jupyterDisplay } from "../plot/figure.ts";

/** A drawing pad, which displays itself as a cell's value. */
export interface DrawingPad {
  /** The whole page, which also works on its own. */
  readonly html: string;
  /** The page in a frame, for Jupyter front ends. */
  [jupyterDisplay](): Record<string, string>;
}

/** Options of a drawing pad. */
export interface DrawingPadOptions {
  /** Height in pixels; defaults to 660. */
  readonly height?: number;
}

/**
 * A pad to draw digits on in a notebook, which shows a network's answer while they are drawn. It
 * needs no kernel: it runs in the browser, in a frame without access to the notebook and the
 * network.
 *
 * @throws {UserError} when the network does not have 784 inputs and 10 outputs
 *
 * @example A cell's last line
 * ```ts ignore
 * const { model } = await loadModel("../results/models/digits.npz");
 * await drawingPad(model)
 * ```
 */
export async function drawingPad(
  model: Model,
  options: DrawingPadOptions = {},
): Promise<DrawingPad> {
  const { height = 660 } = options;
  const html = await padHtml(model);
  return {
    html,
    [jupyterDisplay]: () => ({
      "text/html": `<iframe title="Drawing pad" sandbox="allow-scripts allow-downloads" ` +
        `style="border:0;width:100%;height:${height}px" srcdoc="${escapeXml(html)}">` +
        // Shown where a front end removes frames, as in untrusted notebooks.
        `The drawing pad appears when this cell is run.</iframe>`,
      "text/plain": "A drawing pad: run this cell in a front end that shows HTML",
    }),
  };
}
