import assert from "node:assert/strict";
import { SERIES, THEME } from "./theme.ts";

/** Relative luminance as defined by WCAG 2.1. */
function luminance(hex: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16) / 255)
    .map((c) => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: string, b: string): number {
  const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (light + 0.05) / (dark + 0.05);
}

Deno.test("series contrast with the background, text even more, on light and dark pages", () => {
  for (const page of ["light", "dark"] as const) {
    const background = THEME.background[page];
    for (const color of SERIES) {
      assert.ok(contrast(color[page], background) >= 3, `${color[page]} on ${background}`);
    }
    for (const color of [THEME.text, THEME.muted]) {
      assert.ok(contrast(color[page], background) >= 4.5, `${color[page]} on ${background}`);
    }
  }
});

Deno.test("no two light colours are equal, so that each has one dark counterpart", () => {
  const colors = [...Object.values(THEME), ...SERIES].map(({ light }) => light);
  assert.equal(new Set(colors).size, colors.length);
});
