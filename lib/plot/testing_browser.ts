import { decode } from "fast-png";
import playwright from "playwright-core";

export const CHROMIUM = "/usr/bin/chromium";

/** `true` if Debian's Chromium is missing, for `ignore:` of tests. */
export const browserIsMissing = !(await Deno.stat(CHROMIUM).then(() => true, () => false));

/** Shows HTML in Chromium and returns the pixels of the window, red, green and blue. */
export async function screenshot(
  html: string,
  colorScheme: "light" | "dark",
): Promise<{ at: (x: number, y: number) => number[] }> {
  const browser = await playwright.chromium.launch({
    executablePath: CHROMIUM,
    args: ["--no-sandbox"],
  });
  try {
    const page = await browser.newPage({ colorScheme });
    await page.setContent(`<body style="margin:0">${html}`);
    const { data, width, channels } = decode(await page.screenshot());
    return { at: (x, y) => [...data.slice((y * width + x) * channels).slice(0, 3)] };
  } finally {
    await browser.close();
  }
}
