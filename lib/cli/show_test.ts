import assert from "node:assert/strict";
import type { BrowserContextOptions, Page } from "playwright-core";
import { patchDataset } from "../dataset/testing_samples.ts";
import { inThisThread } from "../sweep/engine.ts";
import { formatEpochs } from "../sweep/epochs.ts";
import { runSweep } from "../sweep/sweep.ts";
import { formatTable, rowOf } from "../sweep/table.ts";
import { browserIsMissing, withPage } from "../plot/testing_browser.ts";
import { THEME } from "../plot/theme.ts";
import { runTask } from "./testing_command.ts";

const TABLE = `learningRate,seed,layers,note,status,trainLoss,testLoss,testAccuracy
0.01,1,784-10,"</title><script>document.title=1</script>",completed,0.5,0.6,0.8
0.01,2,784-10,"<img src=x onerror=alert(1)> & ""quoted""",completed,0.4,0.5,0.85
0.1,1,784-10,,completed,0.2,0.3,0.9
0.1,2,784-10,,diverged,,,
`;

/** Runs `deno task show` on a table and passes on the path of the page. */
async function withShown(table: string, use: (file: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${folder}/<i>table.csv`, table);
    const out = `${folder}/page.html`;
    const args = ["show", `${folder}/<i>table.csv`, "--no-open", "--out", out];
    const { status, stdout, stderr } = await runTask(args);
    assert.equal(status, 0, stderr);
    assert.ok(stdout.includes(`wrote ${out}\n`), stdout);
    await use(out);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Opens the page in Chromium; it must make no requests and log no errors. */
async function inChromium(
  file: string,
  options: BrowserContextOptions,
  use: (page: Page) => Promise<void>,
): Promise<void> {
  await withPage(options, async (page) => {
    const asked: string[] = [], complaints: string[] = [];
    page.on("request", (request) => asked.push(request.url()));
    page.on("console", (message) => complaints.push(message.text()));
    page.on("pageerror", (error) => complaints.push(String(error)));
    page.on("dialog", (dialog) => complaints.push(dialog.message()));
    await page.goto(`file://${file}`);
    await use(page);
    assert.deepEqual(complaints, []);
    assert.equal(asked.filter((url) => !url.startsWith("data:")).length, 1, String(asked));
  });
}

const browserTest = (name: string, fn: () => Promise<void>) =>
  Deno.test({ name, ignore: browserIsMissing, sanitizeOps: false, sanitizeResources: false, fn });

browserTest(
  "show: the pointer shows a trial's varied hyperparameters and result",
  () =>
    withShown(TABLE, (file) =>
      inChromium(file, {}, async (page) => {
        const marks = page.locator(".figure g [aria-label]:not(g)");
        assert.equal(await marks.count(), 7); // two losses of three trials, and one that diverged
        const tip = page.locator(".tip");
        assert.equal(await tip.isVisible(), false);

        await marks.first().hover({ force: true });
        assert.deepEqual((await tip.innerText()).split("\n"), [
          "learningRate: 0.01",
          "seed: 1",
          "note: </title><script>document.title=1</script>",
          "status: completed",
          "trainLoss: 0.5",
          "testLoss: 0.6",
          "testAccuracy: 0.8",
        ]);
        assert.equal(await page.title(), "<i>table.csv", "a file's name is text");
        assert.equal(await page.locator("img").count(), 0, "a cell is text");

        await page.locator(`.figure [aria-label*="diverged"]`).hover({ force: true });
        assert.match(await tip.innerText(), /learningRate: 0\.1, seed: 2, status: diverged/);

        await page.mouse.move(1, 1);
        assert.equal(await tip.isVisible(), false);
      })),
);

browserTest(
  "show: every trial can be reached with the keyboard and is read out",
  () =>
    withShown(TABLE, (file) =>
      inChromium(file, {}, async (page) => {
        const said = async () => await page.locator("#said").textContent() ?? "";
        await page.keyboard.press("Tab");
        const read: string[] = [];
        for (let i = 0; i < 7; i++) {
          await page.keyboard.press("ArrowRight");
          read.push(await said());
        }
        const trials = new Set(read.flatMap((words) => words.split("\n\n")));
        assert.equal(trials.size, 4, [...trials].join("\n---\n"));

        await page.keyboard.press("Home");
        assert.match(await said(), /learningRate: 0\.01/);
        const before = await said();
        await page.keyboard.press("ArrowUp");
        assert.notEqual(await said(), before);
        await page.keyboard.press("ArrowDown");
        assert.equal(await said(), before);
        await page.keyboard.press("End");
        assert.match(await said(), /diverged/);
        await page.keyboard.press("Escape");
        assert.equal(await page.locator(".tip").isVisible(), false);
      })),
);

browserTest(
  "show: overlapping marks are shown together",
  () =>
    withShown(
      "learningRate,seed,testLoss\n0.1,1,0.5\n0.1,2,0.5\n1,1,0.2\n",
      (file) =>
        inChromium(file, {}, async (page) => {
          await page.locator(".figure g [aria-label]:not(g)").first().hover({ force: true });
          const words = await page.locator(".tip").textContent();
          const trial = (seed: number) => `learningRate: 0.1\nseed: ${seed}\ntestLoss: 0.5`;
          assert.equal(words, `${trial(1)}\n\n${trial(2)}`);
        }),
    ),
);

browserTest("show: learning curves beside the figure, and two sweeps compared", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const data = patchDataset(100, 40, 4);
    const spaces = {
      rates: { learningRate: [0.01, 0.1] },
      functions: { activation: "tanh" },
    } as const;
    for (const [name, space] of Object.entries(spaces)) {
      const whole = { layers: [16, 8, 10], epochs: 3, seed: [1, 2], ...space };
      const results = await runSweep(whole, data, { engine: inThisThread });
      await Deno.writeTextFile(`${folder}/${name}.csv`, formatTable(results.map(rowOf)));
      const epochs = formatEpochs(results)!;
      if (name === "rates") await Deno.writeTextFile(`${folder}/${name}-epochs.csv`, epochs);
    }
    const out = `${folder}/page.html`;
    const tables = Object.keys(spaces).map((name) => `${folder}/${name}.csv`);
    const { status, stderr } = await runTask(["show", ...tables, "--no-open", "--out", out]);
    assert.equal(status, 0, stderr);
    await inChromium(out, { viewport: { width: 1400, height: 1000 } }, async (page) => {
      const figures = page.locator("section:visible .figure");
      assert.equal(await figures.count(), 1);
      await figures.locator("g [aria-label]:not(g)").first().hover({ force: true });
      assert.match(await page.locator(".tip").innerText(), /^learning rate: 0\.01\nseed: /);
      const course = page.locator(".course:visible");
      assert.match(
        await course.innerText(),
        /^Learning curves of seed [12]\n[^]*epoch 1\s*epoch 3/,
      );
      const path = await course.locator("path.test").first().getAttribute("d");
      const heights = path!.slice(1).split("L").map((point) => Number(point.split(",")[1]));
      assert.equal(heights.length, 3);
      assert.equal(await course.locator("path").count(), 3);

      await page.selectOption("#second", "1");
      assert.equal(await figures.count(), 2);
      const differing = page.locator("section:visible tr.differs th");
      const names = new Set(await differing.allInnerTexts());
      assert.deepEqual([...names].sort(), [
        "activation",
        "best on test",
        "learning rate",
        "trials",
        "varied",
      ]);
      assert.match(
        await page.locator("section:visible .note").innerText(),
        /functions-epochs\.csv/,
      );
      await page.getByRole("button", { name: "functions.csv" }).click();
      assert.equal(await figures.count(), 1);
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

browserTest("show: light and dark", () =>
  withShown(TABLE, async (file) => {
    for (const colorScheme of ["light", "dark"] as const) {
      await inChromium(file, { colorScheme }, async (page) => {
        const colors = await page.evaluate(() => [
          getComputedStyle(document.body).backgroundColor,
          getComputedStyle(document.querySelector(".figure svg > rect")!).fill,
        ]);
        const hex = THEME.background[colorScheme];
        const channels = [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
        assert.deepEqual(colors, Array(2).fill(`rgb(${channels.join(", ")})`));
      });
    }
  }));

browserTest(
  "show: nothing in the page is run or loaded",
  () =>
    withShown(TABLE, async (file) => {
      const page = await Deno.readTextFile(file);
      assert.doesNotMatch(page, /https?:(?!\/\/www\.w3\.org\/)/);
      const injected = page.replace(
        "</main>",
        `<script>document.title="run"</script><img src="https://example.com/x.png" ` +
          `onerror="document.title='run'"><style>body{color:rgb(1,2,3)}</style></main>`,
      );
      await Deno.writeTextFile(file, injected);
      await withPage({}, async (page) => {
        const sent: string[] = [];
        page.on("requestfinished", (request) => sent.push(request.url()));
        await page.goto(`file://${file}`);
        assert.equal(await page.title(), "<i>table.csv");
        const color = await page.evaluate(() => getComputedStyle(document.body).color);
        assert.notEqual(color, "rgb(1, 2, 3)");
        assert.deepEqual(sent.filter((url) => url.startsWith("https:")), []);
      });
    }),
);

Deno.test("show: 200,000 rows, and rates from one end of the numbers to the other", async () => {
  const rows = Array.from(
    { length: 200_000 },
    (_, i) => `${(i + 1) / 1000},${i % 10},${1 + i % 7}`,
  );
  await withShown(["learningRate,seed,testLoss", ...rows].join("\n"), async (file) => {
    const page = await Deno.readTextFile(file);
    assert.match(page, /drawn: [45],\d{3} of 200,000 rows, evenly chosen/);
    assert.ok(page.length < 4_000_000, `${page.length} characters`);
    // Ten seeds: each occurs equally often among the drawn rows.
    for (let seed = 0; seed < 10; seed++) {
      const count = page.split(`seed: ${seed}\n`).length - 1;
      assert.ok(count > 450 && count < 550, `seed ${seed}: ${count}`);
    }
  });
  const extreme =
    "learningRate,seed,testLoss\n1e-300,1,1e300\n1e150,1,1\n1e300,1,1e-300\n1e300,2,\n";
  await withShown(extreme, async (file) => {
    const [svg] = (await Deno.readTextFile(file)).match(/<svg[^]*<\/svg>/)!;
    assert.doesNotMatch(svg, /NaN|Infinity/);
  });
});

Deno.test("show: the page is the same bytes each time", async () => {
  const pages: string[] = [];
  for (let i = 0; i < 2; i++) {
    await withShown(TABLE, async (file) => void pages.push(await Deno.readTextFile(file)));
  }
  assert.equal(pages[0], pages[1]);
});

Deno.test("show: without a browser it reports the path of the page", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${folder}/table.csv`, TABLE);
    const { status, stdout, stderr } = await runTask(["show", `${folder}/table.csv`], {
      PATH: "/nowhere",
    });
    assert.equal(status, 0, stderr);
    assert.match(stderr, /no browser could be opened: there is no \S+ on this machine/);
    const [, address] = /^open (file:\/\/\S+\/figure\.html) yourself$/m.exec(stdout)!;
    assert.match(await Deno.readTextFile(new URL(address)), /^<!doctype html>/);
    await Deno.remove(new URL(".", address), { recursive: true });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
