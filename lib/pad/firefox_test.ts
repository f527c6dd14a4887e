import assert from "node:assert/strict";
import { loadModel } from "../model/model_file.ts";
import { classifier } from "../recognition/classify.ts";
import { padHtml } from "./build.ts";
import { firefoxIsMissing, withFirefox } from "./testing_firefox.ts";
import { drawWithMouse, MODEL, readingOf, strokesIn } from "./testing_pad.ts";

const SETTINGS: Record<string, Record<string, boolean>> = {
  "as it is installed": {},
  "without relaxed SIMD": { "javascript.options.wasm_relaxed_simd": false },
};

for (const [setting, preferences] of Object.entries(SETTINGS)) {
  Deno.test({
    name: `the pad in Firefox, ${setting}, agrees with the library` +
      (firefoxIsMissing ? " (needs Debian's firefox-esr)" : ""),
    ignore: firefoxIsMissing,
    sanitizeOps: false,
    sanitizeResources: false,
    async fn() {
      const folder = await Deno.makeTempDir();
      try {
        const { model } = await loadModel(MODEL);
        await Deno.writeTextFile(`${folder}/pad.html`, await padHtml(model));
        await withFirefox(`file://${folder}/pad.html`, preferences, async (page) => {
          const classify = classifier(model);
          for (const digit of [1, 3, 8]) {
            const box = await page.evaluate(() => {
              document.getElementById("clear")!.click();
              const { x, y, width, height } = document.getElementById("board")!
                .getBoundingClientRect();
              return { x, y, width, height };
            });
            await drawWithMouse(page, strokesIn(box, digit));
            await page.evaluate(async () => {
              const status = document.getElementById("status")!;
              while (!status.textContent!.includes("then")) {
                await new Promise((done) => setTimeout(done, 20));
              }
            });
            const reading = await readingOf(page);
            assert.equal(reading.digit, String(digit));
            const { probabilities } = classify(Uint8Array.from(reading.seen));
            assert.deepEqual(reading.probabilities, [...probabilities]);
          }
        });
      } finally {
        await Deno.remove(folder, { recursive: true });
      }
    },
  });
}
