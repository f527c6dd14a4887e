import assert from "node:assert/strict";
import { runTask } from "../cli/testing_command.ts";
import { findMnist } from "../dataset/testing_mnist.ts";
import { firefoxIsMissing, withFirefox } from "../pad/testing_firefox.ts";
import { drawWithMouse, strokesOn } from "../pad/testing_pad.ts";
import { DIGITS_FOLDER } from "./command_line.ts";
import { browserTest, digestWhen, lessonFolder, withLesson } from "./testing_lesson.ts";

const DESKTOP = { viewport: { width: 1100, height: 900 } };

/** The weights' digest of `deno task train` on the digits of a folder. */
async function digestOf(command: string, folder: string): Promise<string> {
  const line = command.replace("deno task ", "").replace(DIGITS_FOLDER, folder);
  const words = line.match(/"[^"]*"|\S+/g)!.map((word) => word.replaceAll('"', ""));
  const { status, stdout, stderr } = await runTask([...words, "--json"]);
  assert.equal(status, 0, stderr);
  return JSON.parse(stdout).weightsDigest;
}

browserTest(
  "what the page trains has the bits of the command that it names",
  () =>
    withLesson(DESKTOP, async (page, folder) => {
      await digestWhen(page, "waiting");
      assert.match((await page.locator("#data-note").textContent())!, /SYNTHETIC/);
      await page.locator("#epochs").fill("2");
      await page.locator("#layers").fill("24");
      await page.locator("#layers").press("Enter");
      await page.locator("#activation").selectOption("tanh");
      await page.locator("#optimizer").selectOption("momentum");
      await page.locator("#learningRate").fill("0.02");
      await page.locator("#seed").fill("7");
      await page.locator("#seed").press("Tab");
      await page.locator("#one-step").click();
      await page.waitForFunction(() =>
        document.getElementById("state")!.textContent!.includes("step 1,")
      );
      await page.locator("#one-epoch").click();
      await page.waitForFunction(() =>
        document.getElementById("repeat")!.textContent!.includes("bit:")
      );
      const command = () => page.locator("#repeat code").textContent();
      const first = (await command())!;
      assert.equal(
        first,
        `deno task train --dataset ${DIGITS_FOLDER} --layers auto-24-auto --activation tanh ` +
          '--optimizer "momentum(0.9)" --learning-rate 0.02 --epochs 1 --seed 7',
      );
      assert.equal(await digestWhen(page, "waiting"), await digestOf(first, folder));
      await page.locator("#run").click();
      const digest = await digestWhen(page, "done");
      assert.equal(digest, await digestOf((await command())!, folder));
      assert.equal(await page.locator("#mistakes canvas").count() > 0, true);
      assert.match(
        (await page.locator("#first-layer-note").textContent())!,
        /24 units.*Dead units/,
      );
    }),
);

browserTest(
  "the rate changes while it trains; a wrong field is named and changes nothing",
  () =>
    withLesson(DESKTOP, async (page) => {
      await digestWhen(page, "waiting");
      await page.locator("#one-epoch").click();
      await page.waitForFunction(() =>
        document.getElementById("repeat")!.textContent!.includes("bit:")
      );
      const before = await digestWhen(page, "waiting");
      await page.locator("#learningRate").fill("-1");
      await page.locator("#learningRate").press("Tab");
      assert.match((await page.locator("#problem").textContent())!, /learningRate must be/);
      assert.equal(await digestWhen(page, "waiting"), before);
      await page.getByLabel("rate, as a slider").press("ArrowRight");
      await page.waitForFunction(() =>
        !document.getElementById("repeat")!.textContent!.includes("bit:")
      );
      assert.equal(await page.locator("#problem").textContent(), "");
      await page.locator("#run").click();
      await page.waitForFunction(() => document.body.dataset.training === "done");
      assert.equal(await page.locator("#repeat code").textContent(), "");
    }),
);

browserTest(
  "a drawn digit is answered; dropped files take the place of the page's",
  () =>
    withLesson(DESKTOP, async (page, folder) => {
      await page.locator("#epochs").fill("8");
      await page.locator("#epochs").press("Tab");
      await page.locator("#run").click();
      await digestWhen(page, "done");
      await page.locator("#board").scrollIntoViewIfNeeded();
      await drawWithMouse(page, await strokesOn(page, 1));
      await page.waitForFunction(() => document.getElementById("digit")!.textContent === "1");

      const names = [
        "train-images-idx3",
        "train-labels-idx1",
        "t10k-images-idx3",
        "t10k-labels-idx1",
      ];
      const files = names.map((name) => `${folder}/${name}-ubyte.gz`);
      await page.locator("#files").setInputFiles(files.slice(1));
      await page.waitForFunction(() =>
        document.getElementById("problem")!.textContent!.includes("missing")
      );
      await page.locator("#files").setInputFiles(files);
      await page.waitForFunction(() =>
        document.getElementById("data-note")!.textContent!.includes("from other digits")
      );
      await page.waitForFunction(() =>
        document.getElementById("state")!.textContent!.includes("step 0")
      );
    }),
);

const mnist = await findMnist();

browserTest(
  "MNIST's files, dropped on the page, train on 60,000 digits with the bits of the command",
  () =>
    withLesson(DESKTOP, async (page) => {
      await digestWhen(page, "waiting");
      // A browser lets no script drop files from a disk: they take the way of a field, and are dropped then.
      await page.evaluate(() => {
        const field = Object.assign(document.createElement("input"), { type: "file", id: "way" });
        field.multiple = true;
        document.body.append(field);
      });
      await page.locator("#way").setInputFiles([...mnist!.files]);
      await page.evaluate(() => {
        const dataTransfer = new DataTransfer();
        for (const file of (document.getElementById("way") as HTMLInputElement).files!) {
          dataTransfer.items.add(file);
        }
        document.body.dispatchEvent(new DragEvent("drop", { dataTransfer, bubbles: true }));
      });
      await page.locator("#data-note", { hasText: "60,000 digits to train on" }).waitFor();
      await page.locator("#one-epoch").press("Enter");
      await page.locator("#repeat code", { hasText: "--dataset mnist --epochs 1" }).waitFor();
      const command = (await page.locator("#repeat code").textContent())!;
      assert.equal(await digestWhen(page, "waiting"), await digestOf(command, ""));
    }),
  mnist === undefined,
);

browserTest("on a phone nothing is wider than the screen, and a finger starts the training", () => {
  const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
  return withLesson({ ...phone, colorScheme: "dark" }, async (page) => {
    await page.locator("#one-epoch").tap();
    await page.waitForFunction(() =>
      document.getElementById("repeat")!.textContent!.includes("bit:")
    );
    for (let i = 0; i < 4; i++) await page.locator("#forward").tap();
    await page.locator("#sweep").tap();
    await page.locator("#rates button:not(:disabled)").first().tap();
    await page.locator("#chosen-note", { hasText: "SHA-256" }).waitFor();
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.equal(width, 390);
  });
});

Deno.test({
  name: "in Firefox the page loads and trains with the bits of the command" +
    (firefoxIsMissing ? " (needs Debian's firefox-esr)" : ""),
  ignore: firefoxIsMissing,
  sanitizeOps: false,
  sanitizeResources: false,
  async fn() {
    const folder = await lessonFolder();
    try {
      await withFirefox(`file://${folder}/lesson.html`, {}, async (page) => {
        await digestWhen(page, "waiting");
        await page.evaluate(() => document.getElementById("one-epoch")!.click());
        const command = await page.evaluate(async () => {
          const place = document.getElementById("repeat")!;
          while (!place.textContent!.includes("bit:")) {
            await new Promise((resolve) => setTimeout(resolve, 20));
          }
          return place.querySelector("code")!.textContent!;
        });
        const digest = await digestWhen(page, "waiting");
        assert.equal(digest, await digestOf(command, folder));
      });
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});
