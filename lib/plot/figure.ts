import * as Plot from "@observablehq/plot";
import { parseHTML } from "linkedom";
import { max } from "../base/statistics.ts";
import { darkStyle, FONT_FAMILY, MARGIN, THEME } from "./theme.ts";

/** How Deno's Jupyter kernel asks a value for its looks. */
export const jupyterDisplay: unique symbol = Symbol.for("Jupyter.display");

/** A picture: plain data, the same bytes each time it is made. As a cell's value it shows itself. */
export interface Figure {
  /** What it shows, in a line: the heading, and what a screen reader says. */
  readonly title: string;
  /** In pixels. */
  readonly width: number;
  /** In pixels. */
  readonly height: number;
  /** A whole SVG document. */
  readonly svg: string;
  /** The picture by MIME type, for Jupyter front ends. */
  [jupyterDisplay](): Record<string, string>;
}

/** A drawing to be placed in a figure. */
export interface Panel {
  readonly width: number;
  readonly height: number;
  /** SVG elements, the panel's upper left corner at (0, 0). */
  readonly body: string;
}

/** One entry of a figure's key: a coloured sign and what it stands for. */
export interface KeyEntry {
  readonly sign: string;
  /** A light colour of the theme. */
  readonly color: string;
  readonly label: string;
}

/** What stands above the panels of a figure. */
export interface Heading {
  readonly title: string;
  /** Lines below the title, in smaller type. */
  readonly subtitle?: string | readonly string[];
  /** A line that explains the colours. */
  readonly key?: readonly KeyEntry[];
}

/**
 * A figure of panels side by side below a heading.
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
    // In a rule of its own kind, which renderers that do not know the value pass over.
    `<style>@media all{image{image-rendering:pixelated}}${
      darkStyle(body)
    }</style>\n${body}\n</svg>\n`;
  return {
    title: heading.title,
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
 * The figure as an HTML image. JupyterLab shows no `image/svg+xml` of a notebook that it does not
 * trust, which is every notebook that came from elsewhere, but it shows this; and as an image no
 * figure's style sheet reaches another's.
 */
function imageElement(title: string, svg: string): string {
  const address = svg.trimEnd().replace(
    /[^ !$'()*+,\-./0-9:;=?@A-Z[\]_a-z{|}~]/gu,
    encodeURIComponent,
  );
  return `<img alt="${escapeXml(title)}" src="data:image/svg+xml,${address}">`;
}

/** A panel drawn by Observable Plot. Colours are given as light colours of the theme. */
export function plotPanel(options: Plot.PlotOptions & { width: number; height: number }): Panel {
  const { document } = parseHTML("<!doctype html><html><body></body></html>");
  const drawn = Plot.plot({ ...options, document }).outerHTML;
  const body = drawn
    .replace(/<style>.*?<\/style>/s, "")
    // The outer figure sets the type; Plot's class serves the style sheet taken out above.
    .replace(/^<svg[^>]*>/, `<g text-anchor="middle">`)
    .replace(/<\/svg>$/, "</g>")
    .replaceAll("currentColor", THEME.text.light);
  return { width: options.width, height: options.height, body: roundNumbers(body) };
}

/**
 * Rounds the coordinates to hundredths of a pixel: shorter, and free of the last bits of logarithms,
 * which the engine may change. Numbers in words, a label's among them, stay as they are.
 */
function roundNumbers(svg: string): string {
  return svg.replace(
    /<[^>"]*(?:"[^"]*"[^>"]*)*>/g,
    (tag) => tag.replace(/ (?!aria-label=)[\w-]+="[^"]*"/g, roundAttribute),
  );
}

function roundAttribute(attribute: string): string {
  return attribute.replace(
    /-?\d+\.\d{3,}(e-?\d+)?/g,
    (number) => String(Number(Number(number).toFixed(2)) + 0),
  );
}

/** How wide a letter of 12 pixels is, about: the width of text is not known before it is drawn. */
const LETTER = 6.4;

/** Title, subtitle and key: how wide they want to be, and how high they are with the space below. */
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

/** The entries of a key in as many lines as they need. */
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
 * Text as it is written between tags or inside a quoted attribute; for control characters, which XML
 * does not have, the sign for an unknown one.
 */
export function escapeXml(text: string): string {
  // deno-lint-ignore no-control-regex
  const known = text.replace(/[\0-\x08\x0b\x0c\x0e-\x1f]/g, "\uFFFD");
  return known.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
