/** For tests: a notebook in a real front end of Jupyter's, in Chromium. @module */

import type { Locator, Page } from "playwright-core";
import { withPage } from "../plot/testing_browser.ts";
import { type Lab, startLab } from "./testing_lab.ts";

/** Milliseconds for anything in a front end: the machine may be busy. */
const PATIENCE = 180_000;

/**
 * The front ends: where each shows a notebook, and its sign of a kernel that has nothing to do. The
 * circle in a notebook's toolbar alone says "idle" also before there is a kernel.
 */
const FRONT_ENDS = {
  JupyterLab: {
    path: "lab/tree",
    idle: (page: Page) => page.locator("#jp-main-statusbar").getByText("Deno | Idle"),
  },
  "the classic Notebook": {
    path: "notebooks",
    idle: (page: Page) =>
      page.locator(".jp-Toolbar").filter({ hasText: "Deno" })
        .locator('.jp-Notebook-ExecutionIndicator[data-status="idle"]'),
  },
} as const;

/** The name of a front end. */
export type FrontEnd = keyof typeof FRONT_ENDS;

/** A notebook in a front end. */
export interface OpenNotebook {
  readonly page: Page;
  /** Its code cells, in order. */
  readonly cells: Locator;
  /** Chooses an entry of a menu, such as "Run", "Run All Cells". */
  choose(menu: string, entry: string): Promise<void>;
  /** Waits until the kernel has nothing to do. */
  idle(): Promise<void>;
  /** Presses ■. */
  stop(): Promise<void>;
  /** Writes a cell and runs it, without waiting for its end. */
  run(cell: number, source?: string): Promise<void>;
  /** The text of a cell's outputs. */
  output(cell: number): Promise<string>;
  /** Waits until the outputs of a cell contain a text. */
  shows(cell: number, text: string | RegExp): Promise<void>;
  /** Reports whether the notebook is marked as changed. */
  isChanged(): Promise<boolean>;
  save(): Promise<void>;
}

/** Starts Jupyter as a user does, and a browser, and ends both afterwards. */
export async function withJupyter(
  frontEnd: FrontEnd,
  workspaces: string,
  use: (open: (path: string) => Promise<OpenNotebook>) => Promise<void>,
): Promise<void> {
  // The tabs that it remembers are the test's own.
  const lab = await startLab({ JUPYTERLAB_WORKSPACES_DIR: workspaces });
  try {
    await withPage({ viewport: { width: 1400, height: 1000 } }, async (page) => {
      page.setDefaultTimeout(PATIENCE);
      await use((path) => openNotebook(page, lab, frontEnd, path));
    });
  } finally {
    await lab.stop();
  }
}

async function openNotebook(
  page: Page,
  lab: Lab,
  frontEnd: FrontEnd,
  path: string,
): Promise<OpenNotebook> {
  await page.goto(`${lab.origin}/${FRONT_ENDS[frontEnd].path}/${path}?token=${lab.token}`);
  const panel = page.locator(".jp-NotebookPanel:visible");
  const cells = panel.locator(".jp-CodeCell");
  await cells.first().waitFor();
  const idle = () => FRONT_ENDS[frontEnd].idle(page).waitFor();
  await idle();
  const outputOf = (cell: number) => cells.nth(cell).locator(".jp-OutputArea");
  return {
    page,
    cells,
    idle,
    async choose(menu, entry) {
      await page.getByRole("menuitem", { name: menu, exact: true }).click();
      await page.getByRole("menuitem", { name: entry, exact: true }).click();
    },
    stop: () => panel.locator('[data-command="notebook:interrupt-kernel"]').first().click(),
    async run(cell, source) {
      const editor = cells.nth(cell).locator(".cm-content");
      await editor.click();
      if (source !== undefined) {
        await page.keyboard.press("Control+a");
        await page.keyboard.insertText(source);
      }
      await page.keyboard.press("Control+Enter");
    },
    output: (cell) => outputOf(cell).innerText(),
    shows: (cell, text) => outputOf(cell).filter({ hasText: text }).waitFor(),
    isChanged: async () => await page.locator(".lm-DockPanel-tabBar .jp-mod-dirty").count() > 0,
    async save() {
      await panel.locator(".jp-Notebook").first().focus();
      await page.keyboard.press("Escape");
      await page.keyboard.press("Control+s");
      await page.locator(".lm-DockPanel-tabBar .jp-mod-dirty").waitFor({ state: "detached" });
    },
  };
}
