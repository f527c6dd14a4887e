import { sha256 } from "../base/sha256.ts";
import { escapeXml, type Figure, jupyterDisplay } from "../plot/figure.ts";

/** Figures to step through, as a cell's value. */
export interface Stepper {
  readonly figures: readonly Figure[];
  [jupyterDisplay](): Record<string, string>;
}

/**
 * Shows pictures one at a time, with buttons and a row of dots (the arrow keys move along it). It
 * needs no kernel and no script, so it works in JupyterLab, VS Code and exported pages. In print
 * the pictures are shown one after another.
 *
 * JupyterLab removes style sheets and buttons from untrusted notebooks, which come from elsewhere
 * and were not run yet. There the pictures are side by side in a scrollable box.
 */
export function stepThrough(figures: readonly Figure[]): Stepper {
  return {
    figures,
    [jupyterDisplay]: () => ({
      "text/html": html(figures),
      "text/plain": figures.map(({ title }) => `Figure: ${title}`).join("\n"),
    }),
  };
}

/** Visible only with the style sheet below. */
const UNSEEN = "visibility:hidden;height:0;overflow:hidden;position:absolute";

function html(figures: readonly Figure[]): string {
  const count = figures.length;
  const width = Math.max(...figures.map((figure) => figure.width));
  // A name derived from the content: unique on the page and the same at each run.
  const name = `steps-${sha256(...figures.map(({ svg }) => svg)).slice(0, 10)}`;
  const dots = figures.map((figure, i) =>
    // The attribute keeps JupyterLab from taking the arrow keys, which collapse a section there.
    `<input type="radio" name="${name}" id="${name}-${i}" aria-label="${
      escapeXml(sentence(figure))
    }"` +
    ` data-lm-suppress-shortcuts="true"${i === 0 ? " checked" : ""} style="${UNSEEN}">`
  );
  const steps = figures.map((figure, i) =>
    `<div class="descent-step" style="display:inline-block;vertical-align:top">` +
    `${buttons(name, i, count)}${figure[jupyterDisplay]()["text/html"]}</div>`
  );
  return `<style>${styleSheet(count)}</style><div class="descent-steps">${dots.join("")}` +
    `<div class="descent-strip" role="group" aria-live="polite" style="overflow-x:auto;white-space:nowrap;width:${width}px;` +
    `max-width:100%">${steps.join("")}</div>` +
    `<div class="descent-hint">${count} pictures: scroll sideways, or run the cell for buttons.</div>` +
    `</div>`;
}

/** The title and subtitle of a picture, for a screen reader. */
function sentence({ title, subtitle }: Figure): string {
  return subtitle === undefined ? title : `${title}. ${subtitle}`;
}

/** The buttons above a picture; a click moves the focus to the picture's dot, so that arrow keys go on. */
function buttons(name: string, from: number, count: number): string {
  const button = (to: number, text: string) =>
    to < 0 || to >= count || to === from
      ? `<label class="descent-off">${text}</label>`
      : `<label for="${name}-${to}">${text}</label>`;
  return `<div class="descent-buttons" style="${UNSEEN}">` +
    button(0, "⇤ first") + button(from - 1, "◀ back") +
    button(from + 1, "next ▶") + button(count - 1, "last ⇥") + "</div>";
}

/**
 * Shows the picture whose dot is selected. A page may contain it several times with the same rules.
 */
function styleSheet(count: number): string {
  const shown = Array.from(
    { length: count },
    (_, i) =>
      `.descent-steps>input:nth-of-type(${i + 1}):checked~*>.descent-step:nth-of-type(${i + 1})`,
  );
  const seen = "visibility:visible!important;height:auto!important;position:static!important";
  return `.descent-hint{display:none}@media screen{.descent-step{display:none!important}` +
    `${shown.join(",")}{display:block!important}` +
    `.descent-steps>input{${seen};margin:6px 4px}.descent-steps>input:focus-visible{outline:2px ` +
    `solid #0072b2;outline-offset:2px}.descent-buttons{${seen};padding:4px 0}` +
    `.descent-buttons label{display:inline-block;border:1px solid #8b949e;border-radius:4px;` +
    `padding:2px 12px;margin-right:6px;cursor:pointer;user-select:none}` +
    `.descent-buttons .descent-off{opacity:.35;cursor:default}}` +
    `@media print{.descent-strip{overflow:visible!important;white-space:normal!important}` +
    `.descent-step{display:block!important;break-inside:avoid}}`;
}
