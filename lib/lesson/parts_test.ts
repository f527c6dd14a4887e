import assert from "node:assert/strict";
import { runTask } from "../cli/testing_command.ts";
import { DIGITS_FOLDER } from "./command_line.ts";
import { browserTest, withLesson } from "./testing_lesson.ts";
import { bottom, RATES, spreadOrder, type ValleyTrial } from "./valley.ts";

const DESKTOP = { viewport: { width: 1100, height: 900 } };

browserTest(
  "a number is dragged and every other follows; the step goes on with keys alone",
  () =>
    withLesson(DESKTOP, async (page) => {
      const loss = () => page.locator("#loss-now").textContent();
      assert.match((await loss())!, /0\.298371109 after 0 updates/);
      const label = page.getByRole("slider", { name: "weight w5" });
      const box = (await label.boundingBox())!;
      await page.mouse.move(box.x + 20, box.y + 10);
      await page.mouse.down();
      await page.mouse.move(box.x + 60, box.y + 10, { steps: 4 });
      await page.mouse.up();
      assert.equal(await label.getAttribute("aria-valuenow"), "0.6");
      assert.doesNotMatch((await loss())!, /0\.298371109/);
      await label.press("ArrowLeft");
      assert.equal(await label.getAttribute("aria-valuenow"), "0.59");

      await page.locator("#mazur").press("Enter");
      assert.match((await loss())!, /0\.298371109/);
      for (let i = 0; i < 4; i++) await page.locator("#forward").press("Enter");
      assert.match(
        (await page.locator("#formulas").textContent())!,
        /∂L\/∂ah1 = .* = 0\.055399 \+ \(−0\.019049\) = 0\.03635/,
      );
      await page.locator("#order").selectOption("output weights first");
      await page.locator("#update").press("Enter");
      assert.match((await loss())!, /0\.291027924 after 1 update/, "Mazur's, which is wrong");
      await page.locator("#mazur").press("Enter");
      await page.locator("#order").selectOption("all together");
      await page.locator("#update").press("Enter");
      assert.match((await loss())!, /0\.291027774 after 1 update/);
      await page.getByRole("slider", { name: "weight w2" }).focus();
      assert.match((await page.locator("#loss-along-note").textContent())!, /along w2/);
    }),
);

browserTest(
  "the valley grows, and a point's training has the bits of its command",
  () =>
    withLesson(DESKTOP, async (page, folder) => {
      await page.locator("#layers").fill("12");
      await page.locator("#layers").press("Tab");
      await page.locator("#valley-epochs").selectOption("2");
      await page.locator("#sweep").click();
      await page.waitForFunction(() => document.getElementById("valley")!.dataset.done === "13");
      assert.match(
        (await page.locator("#valley-state").textContent())!,
        /13 of 13.*lowest test loss/,
      );
      assert.equal(await page.locator("#rates button").count(), RATES.length);
      const circles = page.locator('#valley-curve circle[r="6"]');
      assert.ok(await circles.count() >= 8, "few rates diverge");
      await circles.nth(2).click();
      const note = (await page.locator("#chosen-note").textContent())!;
      const [, digest, command] = /SHA-256: (\w{64}).*bit: deno task (.*)$/.exec(note)!;
      const line = command.replace(DIGITS_FOLDER, folder).split(" ");
      const { status, stdout, stderr } = await runTask([...line, "--json"]);
      assert.equal(status, 0, stderr);
      assert.equal(JSON.parse(stdout).weightsDigest, digest);
      await page.locator("#rates button").nth(0).press("Enter");
      assert.match((await page.locator("#chosen-note").textContent())!, /at rate 0\.001/);
    }),
);

Deno.test("the order of the rates shows the valley early, and has each once", () => {
  assert.deepEqual(spreadOrder(13).slice(0, 5), [0, 12, 6, 3, 9]);
  assert.deepEqual(spreadOrder(13).toSorted((a, b) => a - b), RATES.map((_, i) => i));
});

Deno.test("the bottom of the valley is the lowest completed trial", () => {
  const trial = (
    rate: number,
    testLoss: number,
    status?: "completed" | "diverged",
  ): ValleyTrial => ({
    rate,
    history: [{ epoch: 1, trainLoss: 1, testLoss, testAccuracy: 0.5 }],
    ...status && { outcome: { status, history: [], digest: "" } },
  });
  const trials = [trial(1, 0.5, "completed"), trial(2, 0.1), trial(3, 0.3, "completed")];
  assert.equal(bottom([...trials, trial(4, 0.2, "diverged")])?.rate, 3);
  assert.equal(bottom([]), undefined);
});
