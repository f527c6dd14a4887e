import playwright from "playwright-core";
const browser = await playwright.chromium.launch({
  executablePath: "/usr/bin/chromium",
  args: ["--no-sandbox"],
});
for (
  const [scheme, width, height] of [
    ["light", 1280, 900],
    ["dark", 1280, 900],
    ["light", 390, 844],
    ["dark", 390, 844],
  ] as const
) {
  const page = await browser.newPage({ colorScheme: scheme, viewport: { width, height } });
  page.on("console", (m) => console.log("console", m.text()));
  page.on("pageerror", (e) => console.log("pageerror", String(e)));
  await page.goto("file:///tmp/les/lesson.html");
  await page.waitForFunction(() => document.body.dataset.training === "waiting", undefined, {
    timeout: 60000,
  });
  for (let i = 0; i < 4; i++) await page.locator("#forward").click();
  await page.locator("#one-epoch").click();
  await page.waitForFunction(
    () => document.getElementById("repeat")!.textContent!.includes("bit:"),
    undefined,
    { timeout: 60000 },
  );
  if (scheme === "dark") {
    await page.locator("#valley-epochs").selectOption("1");
    await page.locator("#sweep").click();
    await page.waitForFunction(
      () => Number(document.getElementById("valley")!.dataset.done) > 12,
      undefined,
      { timeout: 120000 },
    );
    await page.locator("#rates button").nth(6).click();
  }
  await page.screenshot({ path: `/tmp/les/page-${scheme}-${width}.png`, fullPage: true });
  console.log(scheme, width, await page.evaluate(() => document.documentElement.scrollWidth));
  await page.close();
}
await browser.close();
