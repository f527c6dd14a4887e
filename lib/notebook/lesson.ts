import type { Dataset } from "../dataset/dataset.ts";
import { lessonHtml } from "../lesson/build.ts";
import { firstDigits } from "../lesson/digits.ts";
import { escapeXml, jupyterDisplay } from "../plot/figure.ts";

/** The live page, which displays itself as a cell's value. */
export interface LivePage {
  /** The whole page, which also works on its own. */
  readonly html: string;
  /** The page in a frame, for Jupyter front ends. */
  [jupyterDisplay](): Record<string, string>;
}

/** Options of the live page. */
export interface LivePageOptions {
  /** Height in pixels; defaults to 900. */
  readonly height?: number;
}

/**
 * The page of `deno task lesson` in a notebook: one step to drag, a training and a sweep to watch. It
 * needs no kernel: it runs in the browser, in a frame without access to the notebook and the network.
 * With 12,000 digits it adds about 3.3 MB to the notebook.
 *
 * @param digits whose first 10,000 training and 2,000 test images travel in the page
 * @throws {UserError} if the images are not digits of 28×28 pixels
 *
 * @example A cell's last line
 * ```ts ignore
 * await livePage(await loadMnist())
 * ```
 */
export async function livePage(digits: Dataset, options: LivePageOptions = {}): Promise<LivePage> {
  const { height = 900 } = options;
  const html = await lessonHtml(firstDigits(digits));
  return {
    html,
    [jupyterDisplay]: () => ({
      "text/html": `<iframe title="A network learns" sandbox="allow-scripts" ` +
        `style="border:0;width:100%;height:${height}px" srcdoc="${escapeXml(html)}">` +
        // Shown where a front end removes frames, as in untrusted notebooks.
        `The page appears when this cell is run.</iframe>`,
      "text/plain": "The live page: run this cell in a front end that shows HTML",
    }),
  };
}
