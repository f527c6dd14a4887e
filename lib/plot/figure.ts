import * as Plot from "@observablehq/plot";
import { parseHTML } from "linkedom";
import { max, sum } from "../base/statistics.ts";
import { darkStyle, FONT_FAMILY, MARGIN, THEME } from "./theme.ts";

/** Symbol of the method that Deno's Jupyter kernel calls to display a value. */
export const jupyterDisplay: unique symbol = Symbol.for("Jupyter.display");

/** A picture as plain data, with reproducible bytes. As the value of a notebook's cell it is displayed. */
export interface Figure {
  /** One-line title: the heading, and the description for screen readers. */
  readonly title: string;
  /** The lines below the title, joined; absent if there are none. */
  readonly subtitle?: string;
  /** In pixels. */
  readonly width: number;
  /** In pixels. */
  readonly height: number;
  /** A complete SVG document. */
  readonly svg: string;
  /** Returns the picture by MIME type, for Jupyter front ends. */
  [jupyterDisplay](): Record<string, string>;
}

/** A drawing to be placed in a figure. */
export interface Panel {
  readonly width: number;
  readonly height: number;
  /** SVG elements, with the panel's upper left corner at (0, 0). */
  readonly body: string;
}

/** An entry of a figure's key: a coloured sign and its meaning. */
export interface KeyEntry {
  readonly sign: string;
  /** A light colour of the theme. */
  readonly color: string;
  readonly label: string;
}

/** Text above the panels of a figure. */
export interface Heading {
  readonly title: string;
  /** Lines below the title, in smaller type. */
  readonly subtitle?: string | readonly string[];
  /** A line that explains the colours. */
  readonly key?: readonly KeyEntry[];
}

/**
 * Creates a figure of panels side by side below a heading.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { figure } from "./figure.ts";
 * const dot = { width: 20, height: 20, body: `<circle cx="10" cy="10" r="9" fill="#0072b2"/>` };
 * const { svg } = figure({ title: "Two dots", subtitle: "both blue" }, [dot, dot]);
 * assert(svg.startsWith("<svg") && svg.includes("Two dots"));
 * ```
 */
export function figure(heading: Heading, panels: readonly Panel[]): Figure {
  const across = sum(panels.map((panel) => panel.width)) + MARGIN * Math.max(panels.length - 1, 0);
  const head = headingLines(heading, across);
  const width = Math.ceil(head.width) + 2 * MARGIN;
  const height = Math.ceil(head.height + (max(panels, (panel) => panel.height) ?? 0)) +
    2 * MARGIN;
  let x = MARGIN;
  const placed = panels.map((panel) => {
    const group = `<g transform="translate(${x},${MARGIN + head.height})">${panel.body}</g>`;
    x += panel.width + MARGIN;
    return group;
  });
  const body = [
    `<rect width="${width}" height="${height}" fill="${THEME.background.light}"/>`,
    head.body,
    ...placed,
  ].join("\n");
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" ` +
    `width="${width}" height="${height}" role="img" aria-label="${escapeXml(heading.title)}" ` +
    `font-family="${FONT_FAMILY}" font-size="12" fill="${THEME.text.light}">\n` +
    // In its own rule, which renderers that do not support the value ignore.
    `<style>@media all{image{image-rendering:pixelated}}${
      darkStyle(body)
    }</style>\n${body}\n</svg>\n`;
  return {
    title: heading.title,
    ...(heading.subtitle !== undefined && { subtitle: [heading.subtitle].flat().join(" ") }),
    width,
    height,
    svg,
    [jupyterDisplay]: () => ({
      "text/html": imageElement(heading.title, svg),
      "text/plain": `Figure: ${heading.title}`,
    }),
  };
}

/**
 * Returns the figure as an HTML image. JupyterLab shows it even in untrusted notebooks, that is, all
 * notebooks from elsewhere, where it does not show `image/svg+xml`. In an image, a figure's style sheet does
 * not affect other figures.
 */
function imageElement(title: string, svg: string): string {
  const address = svg.trimEnd().replace(
    /[^ !$'()*+,\-./0-9:;=?@A-Z[\]_a-z{|}~]/gu,
    encodeURIComponent,
  );
  return `<img alt="${escapeXml(title)}" src="data:image/svg+xml,${address}">`;
}

/** Draws a panel with Observable Plot. Use the theme's light colours. */
export function plotPanel(options: Plot.PlotOptions & { width: number; height: number }): Panel {
  const { document } = parseHTML("<!doctype html><html><body></body></html>");
  const drawn = Plot.plot({ ...options, document }).outerHTML;
  const body = drawn
    .replace(/<style>.*?<\/style>/s, "")
    // The outer figure sets the font; Plot's class is only for the style sheet removed above.
    .replace(/^<svg[^>]*>/, `<g text-anchor="middle">`)
    .replace(/<\/svg>$/, "</g>")
    .replaceAll("currentColor", THEME.text.light);
  const tidy = inTags(body, (tag) => roundNumbers(escapeAttributes(tag)));
  return { width: options.width, height: options.height, body: tidy };
}

/** Changes each tag of an SVG document, but not the texts between them. */
function inTags(svg: string, change: (tag: string) => string): string {
  return svg.replace(/<[^>"]*(?:"[^"]*"[^>"]*)*>/g, change);
}

/** linkedom leaves `<` in attributes, as HTML may; XML may not. */
function escapeAttributes(tag: string): string {
  return tag.replace(/="[^"]*"/g, (value) => value.replaceAll("<", "&lt;"));
}

/**
 * Rounds coordinates to hundredths of a pixel: this is shorter, and independent of the last bits of
 * logarithms, which depend on the engine. Numbers in texts and labels are not changed.
 */
function roundNumbers(tag: string): string {
  return tag.replace(/ (?!aria-label=)[\w-]+="[^"]*"/g, roundAttribute);
}

function roundAttribute(attribute: string): string {
  return attribute.replace(
    /-?\d+\.\d{3,}(e-?\d+)?/g,
    (number) => String(Number(Number(number).toFixed(2)) + 0),
  );
}

/** Estimated width of a letter of 12 pixels, as the width of text is unknown before drawing. */
const LETTER = 6.4;

/** Title, subtitle and key, with their width and their height including the space below. */
function headingLines({ title, subtitle = [], key = [] }: Heading, panelWidth: number) {
  const subtitles = [subtitle].flat();
  const width = Math.max(
    panelWidth,
    title.length * LETTER * 1.6,
    ...subtitles.map((line) => line.length * LETTER),
  );
  let y = MARGIN + 13;
  const lines = [
    `<text x="${MARGIN}" y="${y}" font-size="16" font-weight="600">${escapeXml(title)}</text>`,
  ];
  for (const line of subtitles) {
    y += 19;
    lines.push(
      `<text x="${MARGIN}" y="${y}" fill="${THEME.muted.light}">${escapeXml(line)}</text>`,
    );
  }
  for (const entries of keyLines(key, width)) {
    y += 19;
    lines.push(`<text x="${MARGIN}" y="${y}">${entries.map(keyEntry).join("")}</text>`);
  }
  return { body: lines.join("\n"), width, height: y - MARGIN + 14 };
}

/** Breaks the entries of a key into lines. */
function keyLines(key: readonly KeyEntry[], width: number): KeyEntry[][] {
  const lines: KeyEntry[][] = [];
  let used = Infinity;
  for (const entry of key) {
    const needed = (entry.sign.length + entry.label.length) * LETTER + 24;
    if (used + needed > width) {
      lines.push([]);
      used = 0;
    }
    lines.at(-1)?.push(entry);
    used += needed;
  }
  return lines;
}

function keyEntry({ sign, color, label }: KeyEntry, place: number): string {
  return `<tspan fill="${color}"${place > 0 ? ` dx="18"` : ""}>${escapeXml(sign)}</tspan>` +
    `<tspan dx="5">${escapeXml(label)}</tspan>`;
}

/**
 * Escapes text for use between tags or in a quoted attribute. Control characters, which are invalid in XML,
 * become the replacement character.
 */
export function escapeXml(text: string): string {
  // deno-lint-ignore no-control-regex
  const known = text.replace(/[\0-\x08\x0b\x0c\x0e-\x1f]/g, "\uFFFD");
  return known.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
