import type { Model } from "../network/architecture.ts";
import { padHtml } from "../pad/build.ts";
import { escapeXml, jupyterDisplay } from "../plot/figure.ts";

/** A drawing pad; as a cell's value it shows itself. */
export interface DrawingPad {
  /** The whole page, which works by itself as well. */
  readonly html: string;
  /** The page in a frame, for Jupyter front ends. */
  [jupyterDisplay](): Record<string, string>;
}

/** How the pad is shown. */
export interface DrawingPadOptions {
  /** Pixels of the page that it takes; 660 unless given. */
  readonly height?: number;
}

/**
 * A pad to draw digits on in a notebook, which shows what a network makes of them while they are drawn.
 * It needs no kernel: once shown it runs in the browser alone, in a frame that can reach neither the
 * notebook nor the network.
 *
 * @throws {UserError} when the network does not lead from 784 pixels to ten digits
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
        // What is left where a front end lets no frames through, as of notebooks from elsewhere.
        `The drawing pad appears when this cell is run.</iframe>`,
      "text/plain": "A drawing pad: run this cell in a front end that shows HTML",
    }),
  };
}
