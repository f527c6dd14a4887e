import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { runTask } from "../cli/testing_command.ts";
import { syntheticDigits } from "../dataset/synthetic.ts";
import { decodeImage } from "../picture/decode.ts";
import { loadModel } from "../model/model_file.ts";
import { browserIsMissing } from "../plot/testing_browser.ts";
import { classifier } from "../recognition/classify.ts";
import { recognize } from "../recognition/recognize.ts";
import { trainModel } from "../training/trial.ts";
import { SIDE } from "./drawing.ts";
import {
  download,
  drawWithMouse,
  MODEL,
  readingOf,
  strokesOn,
  type Traces,
  withPad,
} from "./testing_pad.ts";

/** A test in Chromium. */
function browserTest(name: string, fn: () => Promise<void>): void {
  Deno.test({
    name: name + (browserIsMissing ? " (needs Debian's chromium)" : ""),
    ignore: browserIsMissing,
    fn,
  });
}

const DESKTOP = { viewport: { width: 1100, height: 760 } };

/** Draws the ten digits and compares the pad's answers with those of `predict`. */
async function drawTheTenDigits(page: Page, { requests, complaints }: Traces): Promise<void> {
  const folder = await Deno.makeTempDir();
  const { model } = await loadModel(MODEL);
  const classify = classifier(model);
  const readings = [];
  for (let digit = 0; digit < 10; digit++) {
    await drawWithMouse(page, await strokesOn(page, digit));
    const reading = await readingOf(page);
    assert.equal(reading.digit, String(digit));
    assert.match(reading.status!, new RegExp(`^${digit}, .* %; then [0-9], .* %$`));
    readings.push(reading);

    const png = await download(page);
    const recognition = await recognize(classify, png);
    assert.deepEqual(reading.seen, [...recognition.pixels]);
    const { width, height } = await decodeImage(png);
    assert.deepEqual([width, height], [SIDE, SIDE]);
    await Deno.writeFile(`${folder}/${digit}.png`, png);
    await page.getByRole("button", { name: "Clear" }).click();
  }
  const { status, stdout, stderr } = await runTask(["predict", MODEL, folder, "--json"]);
  assert.equal(status, 0, stderr);
  const predictions: { label: number; probabilities: number[] }[] = JSON.parse(stdout);
  assert.deepEqual(
    readings.map(({ probabilities }) => probabilities),
    predictions.map(({ probabilities }) => probabilities),
  );
  await Deno.remove(folder, { recursive: true });

  // No requests but the page itself and the pictures that it saved.
  assert.deepEqual(requests.filter((address) => !/^(file|blob):/.test(address)), []);
  assert.equal(requests.filter((address) => address.startsWith("file:")).length, 1);
  assert.deepEqual(complaints, []);
}

browserTest(
  "the ten digits, drawn: the pad agrees with the command line",
  () => withPad(DESKTOP, drawTheTenDigits),
);

browserTest(
  "the same in a browser without fused multiply-add",
  () => withPad({ ...DESKTOP, v8Flags: "--no-enable-fma3" }, drawTheTenDigits),
);

browserTest("a network with batch normalisation answers on the pad as it does here", async () => {
  const { model } = await trainModel(
    { layers: [784, 16, 10], normalization: "batch", dropout: [0.2, 0.5], epochs: 1 },
    syntheticDigits({ train: 500, test: 10 }),
  );
  await withPad(DESKTOP, async (page, { complaints }) => {
    await drawWithMouse(page, await strokesOn(page, 3));
    const { seen, probabilities } = await readingOf(page);
    assert.deepEqual(probabilities, classifier(model)(Uint8Array.from(seen)).probabilities);
    assert.deepEqual(complaints, []);
  }, model);
});

browserTest("the probabilities move while the pen is down", () =>
  withPad(DESKTOP, async (page) => {
    const [stroke] = await strokesOn(page, 1);
    await page.mouse.move(...stroke[0]);
    await page.mouse.down();
    await page.mouse.move(...stroke[1], { steps: 5 });
    await page.waitForFunction(() => document.getElementById("digit")!.textContent !== "?");
    const before = await readingOf(page);
    assert.equal(before.status, "");
    await page.mouse.move(...stroke[2], { steps: 5 });
    await page.mouse.move(stroke[2][0] + 80, stroke[2][1], { steps: 5 });
    await page.waitForFunction(
      (old) => document.querySelector<HTMLDataElement>("#probabilities data")!.value !== old,
      String(before.probabilities[0]),
    );
    await page.mouse.up();
    assert.notEqual((await readingOf(page)).status, "");
  }));

browserTest("undo removes a stroke, clear all of them", () =>
  withPad(DESKTOP, async (page) => {
    const undo = page.getByRole("button", { name: "Undo" });
    const clear = page.getByRole("button", { name: "Clear" });
    assert.ok(await undo.isDisabled() && await clear.isDisabled());
    const empty = await readingOf(page);
    const [first, ...others] = await strokesOn(page, 5);
    await drawWithMouse(page, [first]);
    const one = await readingOf(page), picture = await download(page);
    await drawWithMouse(page, others);
    assert.notDeepEqual((await readingOf(page)).seen, one.seen);
    for (const _ of others) await undo.click();
    assert.deepEqual(await readingOf(page), one);
    assert.deepEqual(await download(page), picture);
    await clear.click();
    assert.ok(await undo.isDisabled());
    assert.deepEqual(await readingOf(page), { ...empty, status: "Cleared" });
    assert.equal(empty.confidence, "nothing drawn yet");
    assert.ok(empty.probabilities.every((probability) => probability === null));
  }));

browserTest(
  "everything works with the keyboard alone",
  () =>
    withPad(DESKTOP, async (page, { complaints }) => {
      const focused = () => page.evaluate(() => document.activeElement!.id);
      const press = async (key: string, times = 1) => {
        for (let i = 0; i < times; i++) await page.keyboard.press(key);
      };
      await press("Tab");
      assert.equal(await focused(), "board");
      await press("ArrowUp", 8);
      assert.ok(await page.locator("#pen").isVisible());
      await press(" ");
      await press("ArrowDown", 16);
      await press(" ");
      assert.match((await readingOf(page)).status!, /^1, /);
      // A 7 is a 1 with a bar: back to the top, and left.
      await press("ArrowUp", 16);
      await press(" ");
      await press("ArrowLeft", 9);
      await press(" ");
      assert.match((await readingOf(page)).status!, /^7, /);
      await press("Control+z");
      assert.match((await readingOf(page)).status!, /^1, /);

      const order = [];
      for (let i = 0; i < 3; i++) {
        await press("Tab");
        order.push(await focused());
      }
      assert.deepEqual(order, ["undo", "clear", "download"]);
      const [file] = await Promise.all([page.waitForEvent("download"), press("Enter")]);
      assert.equal(file.suggestedFilename(), "digit.png");
      await press("Delete");
      assert.equal((await readingOf(page)).status, "Cleared");
      assert.equal(await focused(), "board");
      assert.deepEqual(complaints, []);
    }),
);

browserTest("on a phone, a finger draws and everything is visible", () => {
  const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
  return withPad({ ...phone, deviceScaleFactor: 3 }, async (page, { complaints }) => {
    const touch = await page.context().newCDPSession(page);
    const send = (type: string, at?: readonly [number, number]) =>
      touch.send("Input.dispatchTouchEvent", {
        type: type as "touchStart",
        touchPoints: at ? [{ x: at[0], y: at[1] }] : [],
      });
    for (const [start, ...points] of await strokesOn(page, 3)) {
      await send("touchStart", start);
      for (const point of points) await send("touchMove", point);
      await send("touchEnd");
    }
    await page.waitForFunction(() => document.getElementById("status")!.textContent !== "");
    assert.equal((await readingOf(page)).digit, "3");
    const layout = await page.evaluate(() => [
      scrollX,
      scrollY,
      document.documentElement.scrollWidth,
    ]);
    assert.deepEqual(layout, [0, 0, 390]);
    for (const id of ["board", "undo", "clear", "download", "digit", "probabilities"]) {
      const { x, y, width, height } = (await page.locator(`#${id}`).boundingBox())!;
      assert.ok(x >= 0 && y >= 0 && x + width <= 390 && y + height <= 844, `#${id} is in sight`);
    }
    assert.deepEqual(complaints, []);
  });
});

browserTest(
  "the page can reach no server, and has accessible names",
  () =>
    withPad(DESKTOP, async (page, { requests }) => {
      const asked = requests.length;
      const answer = await page.evaluate(() =>
        fetch("http://127.0.0.1:9/").then(() => "reached", (error: Error) => error.message)
      );
      assert.match(answer, /fetch/i);
      assert.equal(requests.length, asked, "nothing was sent");
      await page.getByRole("application", { name: "Drawing area" }).waitFor();
      await page.getByRole("list", { name: "Probability of each class" }).waitFor();
      await page.getByRole("img", { name: "Activations of hidden layer 2: 64 units, relu" })
        .waitFor();
    }),
);

browserTest("a network that overflows gives no answer, and the page says why", async () => {
  const { model } = await loadModel(MODEL);
  const { weights } = model.parameters.at(-1)!;
  weights.forEach((w, i) => weights[i] = w * 1e38);
  await withPad(DESKTOP, async (page, { complaints }) => {
    await drawWithMouse(page, await strokesOn(page, 7));
    const { digit, status } = await readingOf(page);
    assert.deepEqual([digit, status], ["?", "The network overflows"]);
    assert.equal(await page.locator("#confidence").textContent(), "the network overflows");
    assert.deepEqual(complaints, []);
  }, model);
});
