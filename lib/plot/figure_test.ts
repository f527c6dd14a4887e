import assert from "node:assert/strict";
import { curvePanel } from "./curves.ts";
import { escapeXml, type Figure, figure, jupyterDisplay } from "./figure.ts";
import { browserIsMissing, screenshot } from "./testing_browser.ts";
import { SERIES, THEME } from "./theme.ts";

function sample(): Figure {
  const observations = [1, 2, 3].map((x) => ({ series: "a", x, y: 1 / x }));
  const square = {
    width: 100,
    height: 100,
    body: `<rect width="100" height="100" fill="${SERIES[0].light}"/>`,
  };
  const axis = { label: "x & <y>", scale: "log" } as const;
  return figure({ title: `"Loss" & <rate>`, subtitle: "β → 0" }, [
    square,
    curvePanel(observations, { x: axis, y: axis }),
  ]);
}

function rgb(hex: string): number[] {
  return [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
}

Deno.test("the same figure has the same bytes each time, without generated names", () => {
  assert.equal(sample().svg, sample().svg);
  assert.doesNotMatch(sample().svg, /\bid=|plot-/);
});

Deno.test("text is escaped for XML, which has no control characters", () => {
  assert.equal(escapeXml(`<a b="c">&`), "&lt;a b=&quot;c&quot;&gt;&amp;");
  assert.equal(escapeXml("a\0b\x1b[31mc\td\ne"), "a\uFFFDb\uFFFD[31mc\td\ne");
  const { svg } = figure({ title: "a\0b", subtitle: "c\x07d" }, []);
  // deno-lint-ignore no-control-regex
  assert.doesNotMatch(svg, /[\0-\x08]/);
});

Deno.test("coordinates are rounded to hundredths", () => {
  for (const [tag] of sample().svg.matchAll(/<(?:path|text|g|rect|circle)[^>]*>/g)) {
    assert.doesNotMatch(tag, /\.\d{3}/);
  }
});

Deno.test("every colour is the theme's, so that it has a counterpart on dark pages", () => {
  const known = [...Object.values(THEME), ...SERIES].map(({ light }) => light);
  for (const [, color] of sample().svg.matchAll(/(?:fill|stroke)="([^"]*)"/g)) {
    assert.ok(color === "none" || known.includes(color), color);
  }
});

for (const page of ["light", "dark"] as const) {
  Deno.test({
    name: `Chromium paints a notebook's figure in its ${page} colours (needs Debian's chromium)`,
    ignore: browserIsMissing,
    // Playwright keeps a few timers.
    sanitizeOps: false,
    sanitizeResources: false,
    async fn() {
      const shown = await screenshot(sample()[jupyterDisplay]()["text/html"], page);
      assert.deepEqual(shown.at(2, 2), rgb(THEME.background[page]));
      assert.deepEqual(shown.at(60, 120), rgb(SERIES[0][page]));
    },
  });
}
