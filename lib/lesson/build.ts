import { projectPath } from "../base/project.ts";
import type { Dataset } from "../dataset/dataset.ts";
import { bundle } from "../pad/bundle.ts";
import { fillPage, sourceHash } from "../plot/page.ts";
import { seriesSheet, themeSheet } from "../plot/theme.ts";
import { encodeDigits } from "./digits.ts";

/** Memory of a worker's kernel, in pages of 64 KiB: 256 MiB, of which a browser takes what is used. */
const PAGES = 4096;

const BROWSER = {
  "node:crypto": "lib/lesson/browser/crypto.ts",
  "node:timers/promises": "lib/lesson/browser/timers.ts",
};

/**
 * Builds the lesson as a self-contained page. It makes no network requests; its content security policy
 * forbids them.
 *
 * The project's own network code and kernel train in the page's workers: the same seed, settings and
 * digits give the same weights, to the bit, as `deno task train`.
 *
 * @param digits that travel in the page, see `firstDigits`
 * @returns HTML of at most 6 MB; the same bytes for the same digits
 */
export async function lessonHtml(digits: Dataset): Promise<string> {
  const read = (...path: string[]) => Deno.readTextFile(projectPath("lib", ...path));
  const [html, base, sheet] = await Promise.all([
    read("lesson", "lesson.html"),
    read("pad", "base.css"),
    read("lesson", "lesson.css"),
  ]);
  // One after the other: ending one build of esbuild ends them all.
  const page = await bundle("lib/lesson/page.ts", PAGES, BROWSER);
  const worker = await bundle("lib/lesson/worker.ts", PAGES, BROWSER);
  const policy = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; " +
    `worker-src blob:; script-src ${await sourceHash(page)} 'wasm-unsafe-eval'`;
  return fillPage(html, [
    [`-Policy" content="`, policy],
    ["<style>", themeSheet() + seriesSheet() + base + sheet],
    [`<script id="digits" type="text/plain">`, encodeDigits(digits)],
    [`<script id="worker" type="text/plain">`, classicScript(worker)],
    [`<script type="module">`, page],
  ]);
}

/**
 * Wraps a module without imports, so that a worker runs it as a script: Chromium starts no module in the
 * worker of a page from a file. The module sends a message when it is ready to receive others.
 */
function classicScript(module: string): string {
  return `"use strict";(async()=>{${module}})()`;
}

/** Never called: Deno installs only packages that it sees imported, and esbuild needs those of the scripts. */
export const scripts = () => [
  import("./page.ts"),
  import("./worker.ts"),
  import("./browser/crypto.ts"),
];
