/**
 * Colours and type of every figure.
 *
 * A figure is drawn in the light colours, which every SVG renderer knows how to paint. A style sheet
 * inside it swaps each for its dark partner where the reader prefers dark pages. The figure paints
 * its own background, so it stays readable even where page and figure disagree.
 * @module
 */

/** A colour on light pages and its partner on dark ones, as `#rrggbb`. */
export interface ThemeColor {
  readonly light: string;
  readonly dark: string;
}

/** What is not data. No two share a light colour: {@linkcode darkStyle} tells them apart by it. */
export const THEME = {
  background: { light: "#ffffff", dark: "#14171c" },
  text: { light: "#1f2328", dark: "#e6edf3" },
  muted: { light: "#57606a", dark: "#9da7b1" },
  grid: { light: "#d8dee4", dark: "#343b44" },
} as const satisfies Record<string, ThemeColor>;

/**
 * Colours of data, in the order in which they are used: those of Okabe and Ito (2008), told apart
 * with every kind of colour blindness, darkened or lightened until each has a contrast of at least
 * 3:1 with the background (WCAG 2.1, 1.4.11).
 */
export const SERIES: readonly ThemeColor[] = [
  { light: "#0072b2", dark: "#56b4e9" },
  { light: "#d55e00", dark: "#f28b3b" },
  { light: "#00875f", dark: "#2fc79a" },
  { light: "#a8487f", dark: "#e39cc5" },
  { light: "#8a7400", dark: "#f0e442" },
  { light: "#4b5563", dark: "#c3cad2" },
];

/** The fonts of the reader's system; the last names are for machines without a desktop. */
export const FONT_FAMILY = "system-ui, 'DejaVu Sans', 'Liberation Sans', sans-serif";

/** Distance from a figure's edge to what is drawn in it, in pixels. */
export const MARGIN = 16;

/** The rules that give a drawing its dark colours. */
export function darkStyle(drawing: string): string {
  const used = SERIES.filter(({ light }) => drawing.includes(light));
  const rules = [...Object.values(THEME), ...used]
    .map(({ light, dark }) => `[fill="${light}"]{fill:${dark}}[stroke="${light}"]{stroke:${dark}}`);
  return `@media (prefers-color-scheme:dark){${rules.join("")}.ink{filter:invert(1)}}`;
}

/**
 * The colours as variables of a page's style sheet, such as `--text`, which follow the reader's choice
 * of light or dark pages.
 */
export function themeSheet(): string {
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
