import assert from "node:assert/strict";
import { extname, join } from "node:path";
import { browserIsMissing, withPage } from "./testing_browser.ts";
import { GOLDEN, goldenFiles } from "./testing_golden.ts";

const files = goldenFiles();
let folder: string | undefined;

for (const [name, make] of files) {
  Deno.test(`golden: ${name} is as committed`, async () => {
    const actual = make();
    const expected = await Deno.readTextFile(join(GOLDEN, name)).catch(() => "");
    if (actual === expected) return;
    folder ??= await Deno.makeTempDir({ prefix: "descent-golden-" });
    const end = extname(name), stem = name.slice(0, -end.length);
    await Deno.writeTextFile(join(folder, `${stem}-expected${end}`), expected);
    await Deno.writeTextFile(join(folder, `${stem}-actual${end}`), actual);
    assert.fail(
      `${name} differs from lib/plot/golden/${name}. Both are in ${folder}: compare them, ` +
        `and if the new one is correct, run \`deno task golden\``,
    );
  });
}

Deno.test("golden: every committed picture has its figure", async () => {
  const committed = (await Array.fromAsync(Deno.readDir(GOLDEN))).map(({ name }) => name);
  assert.deepEqual(committed.sort(), [...files.keys()].sort());
});

/** Runs in the page: finds texts that are cut off by a figure's edge or overlap. */
function misplacedTexts(): string[] {
  const svg = document.querySelector("svg")!;
  const frame = svg.getBoundingClientRect();
  const texts = [...svg.querySelectorAll("text")]
    .map((text) => ({ words: text.textContent.trim(), box: text.getBoundingClientRect() }))
    .filter(({ words }) => words !== "");
  const cut = texts.filter(({ box }) =>
    box.left < frame.left || box.right > frame.right || box.top < frame.top ||
    box.bottom > frame.bottom
  );
  const pairs = texts.flatMap((a, i) => texts.slice(i + 1).map((b) => [a, b]));
  const overlapping = pairs.filter(([{ box: a }, { box: b }]) => {
    const width = Math.min(a.right, b.right) - Math.max(a.left, b.left);
    const height = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
    // A line's box is taller than its letters.
    return width > 1 && height > 5;
  });
  return [
    ...cut.map(({ words }) => `cut off: ${words}`),
    ...overlapping.map(([a, b]) => `overlapping: ${a.words} | ${b.words}`),
  ];
}

Deno.test({
  name: "golden: no text is cut off or overlaps another (needs Debian's chromium)",
  ignore: browserIsMissing,
  // Playwright keeps a few timers.
  sanitizeOps: false,
  sanitizeResources: false,
  async fn() {
    await withPage({ viewport: { width: 1600, height: 1200 } }, async (page) => {
      const problems: string[] = [];
      for (const [name, make] of files) {
        if (!name.endsWith(".svg")) continue;
        await page.setContent(`<body style="margin:0">${make()}`);
        const found = await page.evaluate(misplacedTexts);
        problems.push(...found.map((problem) => `${name}: ${problem}`));
      }
      assert.deepEqual(problems, []);
    });
  },
});
