import assert from "node:assert/strict";
import { randomStream } from "../base/random.ts";
import { plainKernel } from "../kernel/plain.ts";
import { createNetwork, initialize, modelOf } from "../network/network.ts";
import { traceStep } from "../training/trace.ts";
import { type Figure, jupyterDisplay } from "./figure.ts";
import { networkDrawings } from "./network_drawing.ts";
import { circlesOf, labelBoxes } from "./testing_drawing.ts";
import { browserIsMissing, withPage } from "./testing_browser.ts";

/** The pictures of a step of a network with these layers, and the number of its edges. */
function picturesOf(layers: number[]): { pictures: Figure[]; edges: number } {
  const network = createNetwork(plainKernel(64), {
    layers,
    activations: [...layers.slice(2).map(() => "tanh" as const), "sigmoid"],
    loss: "meanSquareError",
  });
  initialize(network, "heNormal", randomStream(1, "initializer"));
  const random = randomStream(1, "shuffle");
  const numbers = (count: number) => Array.from({ length: count }, () => random.normal());
  const batch = { inputs: [numbers(layers[0])], targets: [numbers(layers.at(-1)!)] };
  const edges = layers.slice(1).reduce((sum, units, l) => sum + layers[l] * units, 0);
  return {
    pictures: networkDrawings(traceStep(modelOf(network), batch, { learningRate: 0.1 })),
    edges,
  };
}

for (const layers of [[7, 2, 3], [8, 12, 10], [16, 16, 16], [2, 7, 9, 1]]) {
  Deno.test(`${layers.join("-")}: what appears for a unit covers nothing, and each edge appears for both its ends`, () => {
    const { pictures, edges } = picturesOf(layers);
    for (const { svg, title, width } of pictures) {
      const groups = [...svg.matchAll(/<g class="more"[^>]*>(.*?)<\/g>/g)].map(([, body]) => body);
      assert.equal(groups.length, layers.reduce((sum, units) => sum + units, 0));
      const circles = circlesOf(svg);
      assert.equal(circles.length, groups.length);
      for (const group of groups) {
        const labels = labelBoxes(group);
        labels.forEach((a, i) => {
          assert.ok(a.left >= 0 && a.right <= width - 32, `${title}: ${a.text} is cut off`);
          for (const b of labels.slice(i + 1)) {
            const apart = a.left >= b.right || b.left >= a.right || a.top >= b.bottom ||
              b.top >= a.bottom;
            assert.ok(apart, `${title}: ${a.text} on ${b.text}`);
          }
          for (const { x, y, r } of circles) {
            const awayX = Math.max(a.left - x, 0, x - a.right);
            const awayY = Math.max(a.top - y, 0, y - a.bottom);
            assert.ok(Math.hypot(awayX, awayY) >= r, `${title}: ${a.text} on a circle`);
          }
        });
      }
      assert.equal(groups.join("").split("<use ").length - 1, 2 * edges);
    }
  });
}

Deno.test({
  name: "labels appear for the pointer and the keyboard, and go again" +
    (browserIsMissing ? " (needs Debian's chromium)" : ""),
  ignore: browserIsMissing,
  // Playwright keeps a few timers.
  sanitizeOps: false,
  sanitizeResources: false,
  async fn() {
    await withPage({ viewport: { width: 1300, height: 900 } }, async (page) => {
      const [, forward] = picturesOf([8, 7, 2]).pictures;
      await page.setContent(forward[jupyterDisplay]()["text/html"]);
      const frame = page.frameLocator("iframe");
      const seen = () =>
        frame.locator(".more").evaluateAll((groups) =>
          groups.flatMap((group, i) => getComputedStyle(group).visibility === "visible" ? [i] : [])
        );
      assert.deepEqual(await seen(), []);
      await page.keyboard.press("Tab");
      await page.keyboard.press("Tab");
      if ((await seen()).length === 0) await page.keyboard.press("Tab");
      const [first] = await seen();
      await page.keyboard.press("Tab");
      assert.deepEqual(await seen(), [first + 1]);
      await frame.locator(".unit > text").nth(9).hover();
      assert.deepEqual(await seen(), [9], "the pointer's, and not that of the focus");
      assert.match((await frame.locator(".unit").nth(9).getAttribute("aria-label"))!, /^h1: .*z /);
      assert.equal(await frame.locator(".unit").nth(9).getByRole("img").count(), 0);
      assert.equal(await frame.getByRole("img", { name: /^h1: / }).count(), 1);
    });
  },
});
