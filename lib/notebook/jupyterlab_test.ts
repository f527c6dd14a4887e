import assert from "node:assert/strict";
import { basename } from "node:path";
import { projectPath } from "../base/project.ts";
import { browserIsMissing } from "../plot/testing_browser.ts";
import { canImport, lookForJupyter } from "./jupyter.ts";
import { type FrontEnd, type OpenNotebook, withJupyter } from "./testing_jupyterlab.ts";
import { notebookOf } from "./testing_notebook.ts";

const python = (await lookForJupyter("lab"))?.python ?? "python3";

/** The module of each front end. */
const MODULES = { JupyterLab: "jupyterlab", "the classic Notebook": "notebook" } as const;

/** Tests with notebooks in a folder of the project that git ignores. */
async function frontEndTest(
  frontEnd: FrontEnd,
  name: string,
  files: Record<string, string>,
  use: (open: (name: string) => Promise<OpenNotebook>, folder: string) => Promise<void>,
): Promise<void> {
  // Both are pages of JupyterLab's server.
  const isThere = await canImport(python, ["jupyterlab", MODULES[frontEnd]]);
  const missing = browserIsMissing ? "Debian's chromium" : isThere ? undefined : frontEnd;
  Deno.test({
    name: `in ${frontEnd} ${name}${missing ? ` (needs ${missing})` : ""}`,
    ignore: missing !== undefined,
    // Playwright keeps a few timers of its own.
    sanitizeOps: false,
    sanitizeResources: false,
    fn: async () => {
      const folder = await Deno.makeTempDir({ dir: projectPath("data"), prefix: "testing-" });
      try {
        for (const [name, text] of Object.entries(files)) {
          await Deno.writeTextFile(`${folder}/${name}`, text);
        }
        await withJupyter(
          frontEnd,
          folder,
          (open) => use((name) => open(`data/${basename(folder)}/${name}`), folder),
        );
      } finally {
        await Deno.remove(folder, { recursive: true });
      }
    },
  });
}

/** Saves a notebook and returns the text of its file, once it is whole: Jupyter writes it in place. */
async function savedText(notebook: OpenNotebook, path: string): Promise<string> {
  const before = +(await Deno.stat(path)).mtime!;
  await notebook.save();
  while (true) {
    await notebook.page.waitForTimeout(100);
    const text = await Deno.readTextFile(path);
    if (+(await Deno.stat(path)).mtime! !== before && text.endsWith("\n}\n")) return text;
  }
}

/** A notebook of the project, as it is in that folder. */
const LESSON = (await Deno.readTextFile(projectPath("notebooks", "10-one-neuron.ipynb")))
  .replaceAll("../lib/mod.ts", "../../lib/mod.ts");

await frontEndTest(
  "JupyterLab",
  "a notebook opens unchanged, and saved, also after Run All, has the runner's bytes",
  { "lesson.ipynb": LESSON },
  async (open, folder) => {
    const notebook = await open("lesson.ipynb");
    // What the kernel says of itself arrives first.
    await notebook.page.waitForTimeout(2000);
    assert.equal(await notebook.isChanged(), false);
    const path = `${folder}/lesson.ipynb`;
    assert.equal(await savedText(notebook, path), LESSON);
    // It typesets LaTeX itself, also in a notebook that it does not trust.
    await notebook.page.locator(".jp-RenderedLatex mjx-container").first().waitFor();
    await notebook.choose("Run", "Run All Cells");
    await notebook.shows(await notebook.cells.count() - 1, "Your turn.");
    await notebook.idle();
    assert.equal(await savedText(notebook, path), LESSON);
  },
);

const TRAINING = `import { syntheticDigits } from "../../lib/dataset/synthetic.ts";
import { complete } from "../../lib/training/hyperparameters.ts";
import { trainModel } from "../../lib/mod.ts";
const digits = syntheticDigits({ train: 600, test: 40, seed: 7 });
const settings = complete({ layers: [784, 10], epochs: 100_000, learningRate: 0.01, seed: 1 });`;

await frontEndTest(
  "JupyterLab",
  "■ stops a cell and cancels those that wait; errors, documentation and members are shown",
  {
    "a.ipynb": notebookOf(
      TRAINING,
      'console.log("begun"); await trainModel(settings, digits)',
      'console.log("not reached")',
      "digits.train.count",
      "const total = (2 * 2;",
      "prompt(`Which of ${digits.train.count} digits?`)",
      "while (true) {}",
    ),
  },
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

    const question = notebook.cells.nth(5).locator(".jp-Stdin-input");
    await notebook.run(5);
    await question.waitFor();
    await notebook.stop();
    await notebook.shows(5, "stopped");
    // The front end leaves it there; nobody waits for the answer any more.
    await question.press("1");
    await question.press("Enter");
    await notebook.run(5);
    await question.press("2");
    await question.press("Enter");
    await notebook.shows(5, /600 digits[^]*"2"/);

    await notebook.run(6);
    await notebook.stop();
    await notebook.shows(6, "Press ■ again within five seconds");
    await notebook.stop();
    await notebook.shows(6, "All variables are lost");
    await notebook.run(3, "typeof digits");
    await notebook.shows(3, "undefined");
  },
);

await frontEndTest(
  "JupyterLab",
  "the arrow keys move through steps and leave the notebook's sections as they are",
  {
    "a.ipynb": notebookOf(
      { markdown: "# Steps" },
      `import { stepThrough } from "../../lib/mod.ts";
import { figure } from "../../lib/plot/figure.ts";
stepThrough(["one", "two", "three"].map((title) => figure({ title }, [])))`,
    ),
  },
  async (open) => {
    const notebook = await open("a.ipynb");
    await notebook.run(0);
    const pictures = notebook.cells.nth(0).locator(".descent-steps img");
    const shown = async (title: string) => {
      await notebook.page.locator(`.descent-steps img[alt="${title}"]:visible`).waitFor();
      const visible = await Promise.all((await pictures.all()).map((image) => image.isVisible()));
      assert.equal(visible.filter(Boolean).length, 1);
      assert.ok(await notebook.cells.nth(0).isVisible(), "the section is collapsed");
    };
    await shown("one");
    await notebook.page.getByText("next ▶").first().click();
    await shown("two");
    for (
      const [key, title] of [
        ...[["ArrowRight", "three"], ["ArrowLeft", "two"], ["ArrowLeft", "one"]],
        ...[["ArrowDown", "two"], ["ArrowUp", "one"], ["ArrowLeft", "three"]],
      ]
    ) {
      await notebook.page.keyboard.press(key);
      await shown(title);
    }
  },
);

await frontEndTest(
  "the classic Notebook",
  "Run All puts outputs under their cells and shows an error of syntax; ■ keeps the variables",
  {
    "a.ipynb": notebookOf(
      TRAINING,
      ...[1, 2, 3].map((n) => `console.log("printed ${n}"); ${n} * 11`),
      'console.log("begun"); await trainModel(settings, digits)',
      "digits.train.count",
      "const total = (2 * 2;",
    ),
  },
  async (open) => {
    const notebook = await open("a.ipynb");
    await notebook.choose("Run", "Run All Cells");
    await notebook.shows(4, "begun");
    await notebook.stop();
    await notebook.shows(4, "stopped");
    await notebook.idle();
    for (const n of [1, 2, 3]) {
      assert.match(
        await notebook.output(n),
        new RegExp(`^\\s*printed ${n}\\s+\\[\\d+\\]:\\s+${11 * n}\\s*$`),
      );
    }
    assert.equal((await notebook.output(5)).trim(), "");
    await notebook.run(5);
    await notebook.shows(5, "600");
    await notebook.run(6);
    await notebook.shows(
      6,
      /SyntaxError: Expected ',', got ';'[^]*total = \(2 \* 2;\n.*\^\nat line 1/,
    );
  },
);
