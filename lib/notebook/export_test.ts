import assert from "node:assert/strict";
import { projectPath } from "../base/project.ts";
import { browserIsMissing, withPage } from "../plot/testing_browser.ts";
import { canImport, findJupyter } from "./jupyter.ts";
import { notebookOf } from "./testing_notebook.ts";

const jupyter = await findJupyter("client", { note: console.error, agree: () => false })
  .catch(() => undefined);
const missing = !jupyter || !await canImport(jupyter.python, ["nbconvert"])
  ? "Jupyter's nbconvert"
  : browserIsMissing
  ? "Debian's chromium"
  : undefined;

/** Executes a notebook with nbconvert and returns it as a page. */
async function exported(...cells: string[]): Promise<string> {
  const folder = await Deno.makeTempDir({ dir: projectPath("data"), prefix: "testing-" });
  try {
    await Deno.writeTextFile(`${folder}/a.ipynb`, notebookOf(...cells));
    const { stdout, stderr } = await new Deno.Command(jupyter!.python, {
      args: ["-m", "nbconvert", "--to", "html", "--execute", "--stdout", `${folder}/a.ipynb`],
      env: jupyter!.env,
      stdin: "null",
    }).output();
    assert(stdout.length > 0, new TextDecoder().decode(stderr));
    return new TextDecoder().decode(stdout);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test({
  name: "nbconvert runs and exports a notebook, whose formulas are shown without a network" +
    (missing ? ` (needs ${missing})` : ""),
  ignore: missing !== undefined,
  // Playwright keeps a few timers of its own.
  sanitizeOps: false,
  sanitizeResources: false,
  fn: async () => {
    const html = await exported(
      'import { formula } from "../../lib/mod.ts";',
      "formula`\\frac{a}{b} = ${2}`",
      'console.log("one"); 1',
      'console.log("two"); 2',
    );
    await withPage({ offline: true }, async (page) => {
      await page.setContent(html, { waitUntil: "domcontentloaded" });
      const outputs = page.locator(".jp-Cell-outputWrapper");
      assert.equal(await outputs.count(), 3);
      const picture = await outputs.nth(0).locator(".jp-RenderedSVG img, .jp-RenderedSVG svg")
        .first().boundingBox();
      assert.ok(picture && picture.width > 30 && picture.height > 20, JSON.stringify(picture));
      assert.doesNotMatch(await outputs.nth(0).innerText(), /\$|frac/);
      assert.match(await outputs.nth(1).innerText(), /^\s*one\s+(Out\S*\s+)?1\s*$/);
      assert.match(await outputs.nth(2).innerText(), /^\s*two\s+(Out\S*\s+)?2\s*$/);
    });
  },
});
