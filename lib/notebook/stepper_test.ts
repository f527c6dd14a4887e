import assert from "node:assert/strict";
import { figure, jupyterDisplay } from "../plot/figure.ts";
import { browserIsMissing, withPage } from "../plot/testing_browser.ts";
import { stepThrough } from "./stepper.ts";

const pictures = (...titles: string[]) => titles.map((title) => figure({ title }, []));
const html = (...titles: string[]) =>
  stepThrough(pictures(...titles))[jupyterDisplay]()["text/html"];

Deno.test("the same pictures give the same bytes, others another name", () => {
  assert.equal(html("a", "b"), html("a", "b"));
  const name = (text: string) => /name="([^"]*)"/.exec(text)?.[1];
  assert.notEqual(name(html("a", "b")), name(html("a", "c")));
});

Deno.test("a screen reader hears a step's sentence; JupyterLab leaves the arrow keys to the dots", () => {
  const steps = stepThrough([figure({ title: "1 of 1", subtitle: "a < b" }, [])]);
  const text = steps[jupyterDisplay]()["text/html"];
  assert.match(text, /aria-label="1 of 1\. a &lt; b" data-lm-suppress-shortcuts="true"/);
  assert.match(text, /aria-live="polite"/);
});

Deno.test("no script, no event handler, no address but the pictures'", () => {
  const text = html("a", "b");
  assert.doesNotMatch(text, /<script|\son\w+=|https?:(?!\/\/www\.w3\.org\/2000\/svg)/);
});

Deno.test({
  name:
    "Chromium shows one picture, moves by buttons and keys, prints all (needs Debian's chromium)",
  ignore: browserIsMissing,
  // Playwright keeps a few timers of its own.
  sanitizeOps: false,
  sanitizeResources: false,
  async fn() {
    await withPage({ javaScriptEnabled: false }, async (page) => {
      await page.setContent(html("one", "two", "three") + html("uno", "due"));
      const shown = async () => {
        const images = await page.locator("img").all();
        const visible = await Promise.all(images.map((image) => image.isVisible()));
        const titles = await Promise.all(images.map((image) => image.getAttribute("alt")));
        return titles.filter((_, i) => visible[i]).join(" ");
      };
      const press = (text: string) =>
        page.locator(".descent-steps").first().locator("label:visible", { hasText: text }).click();
      assert.equal(await shown(), "one uno");
      await press("next");
      assert.equal(await shown(), "two uno");
      await press("last");
      assert.equal(await shown(), "three uno");
      await press("back");
      assert.equal(await shown(), "two uno");
      // A button gives its picture's dot the focus, so that the keys go on from there.
      await page.keyboard.press("ArrowRight");
      assert.equal(await shown(), "three uno");
      await page.keyboard.press("ArrowLeft");
      assert.equal(await shown(), "two uno");
      await page.locator("input").nth(1).press("ArrowRight");
      assert.equal(await shown(), "three uno");
      assert.equal(await page.locator(".descent-hint:visible").count(), 0);
      await page.emulateMedia({ media: "print" });
      assert.equal(await shown(), "one two three uno due");
    });
  },
});
