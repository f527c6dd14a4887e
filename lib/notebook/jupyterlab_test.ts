import assert from "node:assert/strict";
import { basename } from "node:path";
import { projectPath } from "../base/project.ts";
import { browserIsMissing } from "../plot/testing_browser.ts";
import { canImport, lookForJupyter } from "./jupyter.ts";
import { type OpenNotebook, withJupyterLab } from "./testing_jupyterlab.ts";
import { notebookOf } from "./testing_notebook.ts";

const isMissing = browserIsMissing
  ? "Debian's chromium"
  : !await canImport((await lookForJupyter("lab"))?.python ?? "python3", ["jupyterlab"])
  ? "JupyterLab"
  : undefined;

/** Tests with notebooks in a folder of the project that git ignores. */
function labTest(
  name: string,
  files: () => Promise<Record<string, string>>,
  use: (open: (name: string) => Promise<OpenNotebook>, folder: string) => Promise<void>,
): void {
  Deno.test({
    name: `in JupyterLab ${name}${isMissing ? ` (needs ${isMissing})` : ""}`,
    ignore: isMissing !== undefined,
    // Playwright keeps a few timers of its own.
    sanitizeOps: false,
    sanitizeResources: false,
    fn: async () => {
      const folder = await Deno.makeTempDir({ dir: projectPath("data"), prefix: "testing-" });
      try {
        for (const [name, text] of Object.entries(await files())) {
          await Deno.writeTextFile(`${folder}/${name}`, text);
        }
        await withJupyterLab(
          folder,
          (open) => use((name) => open(`data/${basename(folder)}/${name}`), folder),
        );
      } finally {
        await Deno.remove(folder, { recursive: true });
      }
    },
  });
}

/** A notebook of the project, as it is in that folder. */
async function projectNotebook(): Promise<string> {
  const text = await Deno.readTextFile(projectPath("notebooks", "10-one-neuron.ipynb"));
  return text.replaceAll("../lib/mod.ts", "../../lib/mod.ts");
}

labTest(
  "a notebook opens unchanged, and Run All saves the bytes that the runner saves",
  async () => ({ "lesson.ipynb": await projectNotebook() }),
  async (open, folder) => {
    const notebook = await open("lesson.ipynb");
    // What the kernel says of itself arrives first.
    await notebook.page.waitForTimeout(2000);
    assert.equal(await notebook.isChanged(), false);
    // It typesets LaTeX itself, also in a notebook that it does not trust.
    await notebook.page.locator(".jp-RenderedLatex mjx-container").first().waitFor();
    await notebook.choose("Run", "Run All Cells");
    await notebook.shows(await notebook.cells.count() - 1, "Your turn.");
    await notebook.idle();
    await notebook.save();
    assert.equal(await Deno.readTextFile(`${folder}/lesson.ipynb`), await projectNotebook());
  },
);

const TRAINING = `import { syntheticDigits } from "../../lib/dataset/synthetic.ts";
import { complete } from "../../lib/training/hyperparameters.ts";
import { trainModel } from "../../lib/mod.ts";
const digits = syntheticDigits({ train: 600, test: 40, seed: 7 });
const settings = complete({ layers: [784, 10], epochs: 100_000, learningRate: 0.01, seed: 1 });`;

labTest(
  "■ stops a cell and cancels those that wait; errors, documentation and members are shown",
  () =>
    Promise.resolve({
      "a.ipynb": notebookOf(
        TRAINING,
        'console.log("begun"); await trainModel(settings, digits)',
        'console.log("not reached")',
        "digits.train.count",
        "const total = (2 * 2;",
        "while (true) {}",
      ),
    }),
  async (open) => {
    const notebook = await open("a.ipynb");
    const { page } = notebook;
    await notebook.run(0);
    await notebook.idle();
    for (const cell of [1, 2]) await notebook.run(cell);
    await notebook.shows(1, "begun");
    await notebook.stop();
    await notebook.shows(1, "stopped");
    await notebook.idle();
    // On a busy machine it says in between that the cell does not stop.
    assert.match((await notebook.output(1)).trim(), /^begun\n[^]*stopped$/);
    assert.equal((await notebook.output(2)).trim(), "");

    await notebook.run(3);
    await notebook.shows(3, "600");

    await notebook.run(4);
    await notebook.shows(4, "SyntaxError: Expected ',', got ';'");
    assert.match(await notebook.output(4), /const total = \(2 \* 2;\n.*\^\nat line 1, column 21/);

    const editor = notebook.cells.nth(3).locator(".cm-content");
    await editor.click();
    await page.keyboard.press("Control+a");
    await page.keyboard.insertText("trainModel(");
    await page.keyboard.press("Shift+Tab");
    await page.locator(".jp-Tooltip").filter({ hasText: "function trainModel(" }).waitFor();
    await page.keyboard.press("Escape");
    await editor.click();
    await page.keyboard.press("Control+a");
    await page.keyboard.insertText("digits.train.pix");
    await page.keyboard.press("Tab");
    const offered = page.locator(".jp-Completer-item").filter({ hasText: "pixels" });
    const inserted = page.locator(".cm-content").filter({ hasText: "digits.train.pixels" });
    await offered.or(inserted).first().waitFor();
    await page.keyboard.press("Escape");

    await notebook.run(5);
    await notebook.stop();
    await notebook.shows(5, "Press ■ again within five seconds");
    await notebook.stop();
    await notebook.shows(5, "All variables are lost");
    await notebook.run(3, "typeof digits");
    await notebook.shows(3, "undefined");
  },
);
