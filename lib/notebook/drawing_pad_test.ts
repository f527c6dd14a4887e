import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { projectPath } from "../base/project.ts";
import { loadModel } from "../model/model_file.ts";
import { drawWithMouse, MODEL, readingOf, strokesOn } from "../pad/testing_pad.ts";
import { jupyterDisplay } from "../plot/figure.ts";
import { browserIsMissing, withPage } from "../plot/testing_browser.ts";
import { drawingPad } from "./drawing_pad.ts";
import { canImport, lookForJupyter } from "./jupyter.ts";
import { startLab } from "./testing_lab.ts";
import { notebookOf } from "./testing_notebook.ts";

Deno.test("a pad displays itself in a sandboxed frame, and as text without HTML", async () => {
  const { model } = await loadModel(MODEL);
  const pad = await drawingPad(model, { height: 500 });
  const { "text/html": html, "text/plain": plain } = pad[jupyterDisplay]();
  assert.match(html, /^<iframe [^>]*sandbox="allow-scripts allow-downloads"[^>]*height:500px/);
  assert.ok(pad.html.startsWith("<!doctype html>"));
  assert.match(plain, /drawing pad/);
});

/** A cell whose value is a pad. */
const CELL = `import { drawingPad } from "../../lib/notebook/drawing_pad.ts";
import { loadModel } from "../../lib/model/model_file.ts";
const { model } = await loadModel("../../results/models/digits.npz");
await drawingPad(model)`;

const isMissing = browserIsMissing
  ? "Debian's chromium"
  : !await canImport((await lookForJupyter("lab"))?.python ?? "python3", ["jupyterlab"])
  ? "JupyterLab"
  : undefined;

Deno.test({
  name: "in JupyterLab a cell's pad is drawn on and answers" +
    (isMissing ? ` (needs ${isMissing})` : ""),
  ignore: isMissing !== undefined,
  fn: async () => {
    // In the project, as the kernel needs its deno.json, in a folder that git ignores.
    const folder = await Deno.makeTempDir({ dir: projectPath("data"), prefix: "testing-" });
    const name = folder.split("/").at(-1);
    await Deno.writeTextFile(`${folder}/pad.ipynb`, notebookOf(CELL));
    // As a user starts it, except for the tabs that it remembers.
    const lab = await startLab({ JUPYTERLAB_WORKSPACES_DIR: folder });
    try {
      await withPage({ viewport: { width: 1400, height: 1000 } }, async (page) => {
        await page.goto(`${lab.origin}/lab/tree/data/${name}/pad.ipynb?token=${lab.token}`);
        const frame = await runCell(page);
        await frame.locator("#board").scrollIntoViewIfNeeded();
        await drawWithMouse(page, await strokesOn(frame, 3));
        const { digit, status } = await readingOf(frame);
        assert.equal(digit, "3");
        assert.match(status!, /^3, /);
        // The frame has no access to the notebook.
        assert.equal(
          await frame.evaluate(() => {
            try {
              return Boolean(parent.document);
            } catch {
              return false;
            }
          }),
          false,
        );
      });
    } finally {
      await lab.stop();
      await Deno.remove(folder, { recursive: true });
    }
  },
});

/** Runs the notebook's cell and returns the pad's frame. */
async function runCell(page: Page) {
  // JupyterLab asks where something went wrong: a kernel that finds a port taken ends and is started again.
  const dialog = page.locator(".jp-Dialog");
  await page.addLocatorHandler(dialog, async () => {
    console.error(`JupyterLab: ${await dialog.textContent()}`);
    await dialog.locator("button.jp-mod-accept").click();
  });
  await page.locator(".jp-Notebook").waitFor({ timeout: 120_000 });
  await page.locator('.jp-Notebook-ExecutionIndicator[data-status="idle"]').waitFor({
    timeout: 120_000,
  });
  // JupyterLab drops early requests: repeat until the cell is running.
  const running = page.locator(".jp-InputArea-prompt", { hasText: /[*\d]/ });
  for (let attempt = 0; attempt < 20; attempt++) {
    await page.locator(".jp-CodeCell .cm-content").click();
    await page.keyboard.press("Control+Enter");
    if (await running.waitFor({ timeout: 3000 }).then(() => true, () => false)) break;
  }
  const iframe = page.locator('iframe[title="Drawing pad"]');
  const error = page.locator('[data-mime-type="application/vnd.jupyter.error"]');
  await iframe.or(error).waitFor({ timeout: 120_000 });
  if (await error.isVisible()) throw new Error(`the cell failed: ${await error.textContent()}`);
  const frame = await (await iframe.elementHandle())!.contentFrame();
  await frame!.locator("#undo").waitFor();
  return frame!;
}
