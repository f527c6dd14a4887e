/** For tests: the lesson in a real browser. @module */
import type { BrowserContextOptions, Page } from "playwright-core";
import type { Dataset } from "../dataset/dataset.ts";
import { syntheticDigits } from "../dataset/synthetic.ts";
import { browserIsMissing, withPage } from "../plot/testing_browser.ts";
import { lessonHtml } from "./build.ts";
import { digitFiles, firstDigits } from "./digits.ts";

/** The digits of the tests' page. */
export const DIGITS_OF_PAGE: Dataset = syntheticDigits({ train: 900, test: 100, seed: 2 });

/** A folder with the page and, as IDX files, its digits. */
export async function lessonFolder(dataset = DIGITS_OF_PAGE): Promise<string> {
  const folder = await Deno.makeTempDir(), digits = firstDigits(dataset);
  await Deno.writeTextFile(`${folder}/lesson.html`, await lessonHtml(digits));
  for (const { name, bytes } of digitFiles(digits)) {
    await Deno.writeFile(`${folder}/${name}`, bytes);
  }
  return folder;
}

/**
 * Opens the lesson in Chromium and closes it afterwards; the page must neither complain nor load.
 *
 * @param options of the page, and the digits that travel in it
 */
export async function withLesson(
  { digits, ...options }: BrowserContextOptions & { digits?: Dataset },
  run: (page: Page, folder: string) => Promise<void>,
): Promise<void> {
  const folder = await lessonFolder(digits);
  try {
    await withPage({ colorScheme: "light", ...options }, async (page) => {
      const complaints: string[] = [];
      page.on("request", (request) => complaints.push(request.url()));
      page.on("console", (message) => complaints.push(message.text()));
      page.on("pageerror", (error) => complaints.push(String(error)));
      await page.goto(`file://${folder}/lesson.html`);
      await run(page, folder);
      const unexpected = complaints.filter((one) => !/^(file:.*lesson\.html|blob:.*)$/.test(one));
      if (unexpected.length > 0) throw new Error(`the page complains: ${unexpected.join("; ")}`);
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** A test in Chromium, ignored without it, or where `dataIsMissing`. */
export function browserTest(name: string, fn: () => Promise<void>, dataIsMissing = false): void {
  Deno.test({
    name: name + (browserIsMissing ? " (needs Debian's chromium)" : "") +
      (dataIsMissing ? " (needs MNIST)" : ""),
    ignore: browserIsMissing || dataIsMissing,
    fn,
  });
}

/** The part of a page that Playwright and Puppeteer share. */
interface Evaluating {
  evaluate(script: string): Promise<unknown>;
}

/** Waits until the page's training has a state and a digest, which it returns. */
export async function digestWhen(page: Evaluating, state: "waiting" | "done"): Promise<string> {
  const digest = await page.evaluate(`(async () => {
    const digest = () => document.getElementById("repeat").dataset.digest;
    while (document.body.dataset.training !== "${state}" || !digest()) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return digest();
  })()`);
  return String(digest);
}
