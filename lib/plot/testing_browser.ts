import { decode } from "fast-png";
import playwright, { type BrowserContextOptions, type Page } from "playwright-core";

const CHROMIUM = "/usr/bin/chromium";

/** `true` if Debian's Chromium is missing, for `ignore:` of tests. */
export const browserIsMissing = !(await Deno.stat(CHROMIUM).then(() => true, () => false));

/**
 * Opens a page in Chromium for a test, and closes it at the end.
 *
 * @param flags of Chromium
 */
export async function withPage<T>(
  options: BrowserContextOptions,
  use: (page: Page) => Promise<T>,
  flags: readonly string[] = [],
): Promise<T> {
  const browser = await playwright.chromium.launch({
    executablePath: CHROMIUM,
    args: ["--no-sandbox", ...flags],
  });
  try {
    const context = await browser.newContext(options);
    return await use(await context.newPage());
  } finally {
    await browser.close();
  }
}

/** Shows HTML in Chromium and returns the pixels of the window, red, green and blue. */
export function screenshot(
  html: string,
  colorScheme: "light" | "dark",
): Promise<{ at: (x: number, y: number) => number[] }> {
  return withPage({ colorScheme }, async (page) => {
    await page.setContent(`<body style="margin:0">${html}`);
    const { data, width, channels } = decode(await page.screenshot());
    return {
      at: (x: number, y: number) => [...data.slice((y * width + x) * channels).slice(0, 3)],
    };
  });
}
