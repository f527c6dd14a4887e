/**
 * Colours and fonts of all figures.
 *
 * A figure is drawn in the light colours, which every SVG renderer supports. Its style sheet replaces each by
 * its dark counterpart if the reader prefers dark pages. The figure has its own background, so it is readable
 * even if page and figure differ.
 * @module
 */

/** A colour on light pages and its counterpart on dark ones, as `#rrggbb`. */
export interface ThemeColor {
  readonly light: string;
  readonly dark: string;
}

/** Colours of everything except data. Their light colours differ, as {@linkcode darkStyle} requires. */
export const THEME = {
  background: { light: "#ffffff", dark: "#14171c" },
  text: { light: "#1f2328", dark: "#e6edf3" },
  muted: { light: "#57606a", dark: "#9da7b1" },
  grid: { light: "#d8dee4", dark: "#343b44" },
} as const satisfies Record<string, ThemeColor>;

/**
 * Colours of data, in order of use: those of Okabe and Ito (2008), distinguishable with every kind of colour
 * blindness, darkened or lightened to a contrast of at least 3:1 with the background (WCAG 2.1, 1.4.11).
 */
export const SERIES: readonly ThemeColor[] = [
  { light: "#0072b2", dark: "#56b4e9" },
  { light: "#d55e00", dark: "#f28b3b" },
  { light: "#00875f", dark: "#2fc79a" },
  { light: "#a8487f", dark: "#e39cc5" },
  { light: "#8a7400", dark: "#f0e442" },
  { light: "#4b5563", dark: "#c3cad2" },
];

/** The system's fonts; the last names are for machines without a desktop. */
export const FONT_FAMILY = "system-ui, 'DejaVu Sans', 'Liberation Sans', sans-serif";

/** Margin of a figure, in pixels. */
export const MARGIN = 16;

/** Returns the style rules for a drawing's dark colours. */
export function darkStyle(drawing: string): string {
  const used = SERIES.filter(({ light }) => drawing.includes(light));
  const rules = [...Object.values(THEME), ...used]
    .map(({ light, dark }) => `[fill="${light}"]{fill:${dark}}[stroke="${light}"]{stroke:${dark}}`);
  return `@media (prefers-color-scheme:dark){${rules.join("")}.ink{filter:invert(1)}}`;
}

/**
 * Returns the colours as variables of a page's style sheet, such as `--text`, which follow the reader's
 * preference for light or dark pages.
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

/** Returns the colours of data as variables of a page's style sheet: `--series-0` and so on. */
export function seriesSheet(): string {
  const rule = (shade: keyof ThemeColor) =>
    `:root{${SERIES.map((color, i) => `--series-${i}:${color[shade]};`).join("")}}`;
  return `${rule("light")}@media(prefers-color-scheme:dark){${rule("dark")}}\n`;
}
