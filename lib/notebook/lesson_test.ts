import assert from "node:assert/strict";
import { syntheticDigits } from "../dataset/synthetic.ts";
import { jupyterDisplay } from "../plot/figure.ts";
import { browserIsMissing, withPage } from "../plot/testing_browser.ts";
import { livePage } from "./lesson.ts";

Deno.test({
  name: "the live page of a cell trains in its sandboxed frame" +
    (browserIsMissing ? " (needs Debian's chromium)" : ""),
  ignore: browserIsMissing,
  async fn() {
    const live = await livePage(syntheticDigits({ train: 300, test: 50 }), { height: 500 });
    const { "text/html": html, "text/plain": plain } = live[jupyterDisplay]();
    assert.match(plain, /live page/);
    assert.match(html, /height:500px/);
    await withPage({}, async (page) => {
      await page.setContent(html);
      const frame = page.frameLocator("iframe");
      await frame.locator("#one-epoch").click();
      await frame.locator("#repeat code", { hasText: "--epochs 1" }).waitFor();
    });
  },
});
