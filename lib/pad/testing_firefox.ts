/**
 * For tests: a page in Debian's Firefox. Playwright needs a Firefox of its own; Puppeteer drives any, over
 * WebDriver BiDi.
 * @module
 */
import puppeteer, { type Page } from "puppeteer-core";

const FIREFOX = "/usr/bin/firefox-esr";

/** `true` if Debian's Firefox is not installed; tests are then ignored. */
export const firefoxIsMissing = !(await Deno.stat(FIREFOX).then(() => true, () => false));

/**
 * Opens an address in Firefox, and closes it afterwards.
 *
 * @param preferences as in `about:config`
 */
export async function withFirefox(
  address: string,
  preferences: Record<string, boolean>,
  run: (page: Page) => Promise<void>,
): Promise<void> {
  const browser = await puppeteer.launch({
    browser: "firefox",
    executablePath: FIREFOX,
    extraPrefsFirefox: preferences,
  });
  try {
    const [page] = await browser.pages();
    await page.goto(address);
    await run(page);
  } finally {
    await browser.close();
  }
}
