import assert from "node:assert/strict";
import { basename } from "node:path";
import { projectPath } from "../base/project.ts";
import { browserIsMissing } from "../plot/testing_browser.ts";
import { canImport, lookForJupyter } from "./jupyter.ts";
import { type OpenNotebook, withJupyterLab } from "./testing_jupyterlab.ts";

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
