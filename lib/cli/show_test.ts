import assert from "node:assert/strict";
import playwright, { type Browser, type Page } from "playwright-core";
import { browserIsMissing } from "../plot/testing_browser.ts";
import { projectPath } from "../base/project.ts";

const TABLE = `learningRate,seed,layers,note,trainLoss,testLoss,testAccuracy
0.01,1,784-10,<b>bold</b>,0.5,0.6,0.8
0.01,2,784-10,,0.4,0.5,0.85
0.1,1,784-10,,0.2,0.3,0.9
0.1,2,784-10,,0.3,0.35,0.88
`;

/** Runs `deno task show` on a table, hands over its address, and ends it. */
async function whileShowing(
  use: (address: string, words: string) => Promise<void>,
  env: Record<string, string> = {},
  ...flags: string[]
): Promise<void> {
  const folder = await Deno.makeTempDir();
  const { tasks } = JSON.parse(await Deno.readTextFile(projectPath("deno.json")));
  try {
    await Deno.writeTextFile(`${folder}/table.csv`, TABLE);
    const args = [...tasks.show.split(" ").slice(1), ...flags, `${folder}/table.csv`];
    const child = new Deno.Command(Deno.execPath(), {
      args,
      env,
      cwd: projectPath(),
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const output = collect(child);
    try {
      const [address] = await output.until(/http:\/\/127\.0\.0\.1:\d+\//);
      await output.until(/Ctrl-C ends it/);
      await use(address, output.text());
    } finally {
      child.kill("SIGINT");
      await child.status;
      await output.end;
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** What a process writes, as it comes. */
function collect(child: Deno.ChildProcess) {
  let text = "";
  let wake = () => {};
  const read = async (stream: ReadableStream<Uint8Array>) => {
    const decoder = new TextDecoder();
    for await (const piece of stream) {
      text += decoder.decode(piece, { stream: true });
      wake();
    }
  };
  const end = Promise.all([read(child.stdout), read(child.stderr)]).then(() => wake());
  return {
    end,
    text: () => text,
    async until(pattern: RegExp): Promise<RegExpExecArray> {
      for (;;) {
        const found = pattern.exec(text);
        if (found) return found;
        const more = new Promise<void>((resolve) => wake = resolve);
        const over = await Promise.race([more.then(() => false), end.then(() => true)]);
        if (over && !pattern.test(text)) throw new Error(`no ${pattern} in: ${text}`);
      }
    },
  };
}

/** The first line of the answer to a request that names the server otherwise. */
async function firstLine(port: number, host: string, path = "/"): Promise<string> {
  using connection = await Deno.connect({ hostname: "127.0.0.1", port });
  const request = `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`;
  await connection.write(new TextEncoder().encode(request));
  const answer = new Uint8Array(1000);
  const length = await connection.read(answer) ?? 0;
  return new TextDecoder().decode(answer.subarray(0, length)).split("\r\n")[0];
}

async function inChromium(use: (page: Page) => Promise<void>): Promise<void> {
  let browser: Browser | undefined;
  try {
    browser = await playwright.chromium.launch({
      executablePath: "/usr/bin/chromium",
      args: ["--no-sandbox"],
    });
    const context = await browser.newContext();
    await use(await context.newPage());
  } finally {
    await browser?.close();
  }
}

Deno.test({
  name: "show: the whole row stands beside the pointer, zooming in changes the axes (Chromium)",
  ignore: browserIsMissing,
  sanitizeOps: false,
  sanitizeResources: false,
  fn: () =>
    whileShowing((address) =>
      inChromium(async (page) => {
        const asked: string[] = [];
        page.on("request", (request) => asked.push(request.url()));
        await page.goto(address);
        const point = page.locator(".js-plotly-plot .point path, .js-plotly-plot path.point");
        await point.first().waitFor();
        assert.equal(await point.count(), 8); // test and training loss of four trials

        await point.first().hover({ force: true });
        const hover = page.locator(".hoverlayer .hovertext");
        await hover.waitFor();
        const words = await hover.textContent();
        for (const cell of ["learningRate: 0.01", "seed: 1", "layers: 784-10", "testLoss: 0.6"]) {
          assert.ok(words?.includes(cell), `${cell} is not in ${words}`);
        }
        assert.ok(words?.includes("note: <b>bold</b>"), "a cell is text, not HTML");

        const range = () =>
          page.evaluate(() => {
            const plot = document.querySelector(".js-plotly-plot") as unknown as {
              layout: { xaxis: { range: number[] } };
            };
            return plot.layout.xaxis.range;
          });
        const before = await range();
        const box = (await page.locator(".js-plotly-plot .nsewdrag").boundingBox())!;
        await page.mouse.move(box.x + box.width * 0.3, box.y + box.height * 0.3);
        await page.mouse.down();
        await page.mouse.move(box.x + box.width * 0.6, box.y + box.height * 0.7, { steps: 5 });
        await page.mouse.up();
        const after = await range();
        assert.ok(after[1] - after[0] < 0.5 * (before[1] - before[0]), `${before} → ${after}`);

        await page.reload();
        await point.first().waitFor();
        const second = await page.context().newPage();
        await second.goto(address);
        await second.locator(".js-plotly-plot").first().waitFor();
        assert.deepEqual(asked.filter((url) => !url.startsWith(address)), []);
      })
    ),
});

Deno.test("show: reachable from this machine alone, under its own name", async () => {
  await whileShowing(
    async (address) => {
      const { port } = new URL(address);
      const own = await fetch(address);
      assert.equal(own.status, 200);
      const page = await own.text();
      assert.doesNotMatch(page, /https:/);
      // The page, and the way that the numbers go.
      for (const path of ["/", "/socket.io/?EIO=4&transport=polling"]) {
        assert.match(await firstLine(Number(port), "evil.example", path), / 403 /);
        assert.match(await firstLine(Number(port), `127.0.0.1:${port}`, path), / 200 /);
      }
      for (const { address: other, family } of Deno.networkInterfaces()) {
        if (other.startsWith("127.") || family !== "IPv4") continue;
        await assert.rejects(Deno.connect({ hostname: other, port: Number(port) }), other);
      }
    },
    {},
    "--address-only",
  );
});

Deno.test("show: without a browser it says so, and where to look", async () => {
  await whileShowing((address, words) => {
    assert.match(words, /no browser could be opened: there is no \S+ on this machine/);
    assert.ok(words.includes(`open ${address} yourself`));
    return Promise.resolve();
  }, { PATH: "/nowhere" });
});
