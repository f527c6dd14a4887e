import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { browserIsMissing, withPage } from "../plot/testing_browser.ts";
import { openWindow, type Window } from "./window.ts";

const FIGURE = {
  data: [{ type: "scatter", mode: "markers", x: [1, 2, 3], y: [7.25, 8, 9], name: "secret" }],
  layout: { title: "a figure" },
};

/** Serves the figure and passes on its window and a page of Chromium. */
async function whileOpen(use: (window: Window, page: Page) => Promise<void>): Promise<void> {
  const window = await openWindow(FIGURE, console.error);
  try {
    await withPage({}, (page) => use(window, page));
  } finally {
    await window.close();
  }
}

/** Waits until nodeplotlib's page shows the three points. */
async function seePoints(page: Page, address: string): Promise<void> {
  await page.goto(address);
  const points = page.locator(".js-plotly-plot path.point, .js-plotly-plot .point path");
  await points.first().waitFor();
  assert.equal(await points.count(), 3);
}

const browserTest = (name: string, fn: () => Promise<void>) =>
  Deno.test({ name, ignore: browserIsMissing, sanitizeOps: false, sanitizeResources: false, fn });

browserTest(
  "a window: zooming in changes the axes, again after a reload, on a second page too",
  () =>
    whileOpen(async (window, page) => {
      const asked: string[] = [];
      page.on("request", (request) => asked.push(request.url()));
      page.on("websocket", (socket) => asked.push(socket.url().replace("ws:", "http:")));
      await seePoints(page, window.address);
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
      await seePoints(page, window.address);
      await seePoints(await page.context().newPage(), window.address);
      // One server, under its prefix, and no polling.
      for (const url of asked) assert.ok(url.startsWith(window.address), url);
      assert.deepEqual(asked.filter((url) => url.includes("transport=polling")), []);
      assert.ok(asked.some((url) => url.includes("transport=websocket")));
    }),
);

browserTest(
  "another page cannot read the figure: neither by JSONP polling nor by websocket",
  () =>
    whileOpen(async ({ address }, page) => {
      const { port, pathname } = new URL(address);
      const attacker = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, () =>
        new Response("<!doctype html><title>attacker</title>", {
          headers: { "content-type": "text/html" },
        }));
      try {
        await page.goto(`http://127.0.0.1:${attacker.addr.port}/`);
        // Even one that knows the prefix.
        for (const prefix of ["/", pathname]) {
          const read = await page.evaluate(async ([server, prefix]) => {
            const read: unknown[] = [];
            Object.assign(globalThis, {
              ___eio: [(packet: unknown) =>
                read.push(packet)],
            });
            const outcome = await new Promise<string>((resolve) => {
              const script = document.createElement("script");
              script.src = `http://${server}${prefix}socket.io/?EIO=4&transport=polling&j=0`;
              script.onload = () =>
                resolve("loaded");
              script.onerror = () => resolve("refused");
              document.head.append(script);
            });
            const socket = await new Promise<string>((resolve) => {
              const socket = new WebSocket(
                `ws://${server}${prefix}socket.io/?EIO=4&transport=websocket`,
              );
              socket.onmessage = ({ data }) => resolve(`read ${data}`);
              socket.onerror = () => resolve("refused");
            });
            return { read, outcome, socket };
          }, [`127.0.0.1:${port}`, prefix]);
          assert.deepEqual(read, { read: [], outcome: "refused", socket: "refused" }, prefix);
        }
      } finally {
        await attacker.shutdown();
      }
    }),
);

browserTest(
  "a malformed packet does not end the process",
  () =>
    whileOpen(async ({ address }, page) => {
      await seePoints(page, address);
      const seen = await page.evaluate((address) => {
        const socket = new WebSocket(
          `${address.replace("http:", "ws:")}socket.io/?EIO=4&transport=websocket`,
        );
        const seen: string[] = [];
        return new Promise<string[]>((resolve) => {
          socket.onclose = () => resolve(seen);
          socket.onmessage = ({ data }) => {
            seen.push(data);
            if (data.startsWith("0")) socket.send("40");
            if (data.startsWith("40")) {
              socket.send(`42[{"toString":"foo"}]`);
              // If the packet is ignored, the connection stays open.
              setTimeout(() => socket.close(), 1000);
            }
          };
        });
      }, address);
      assert.ok(
        seen.some((packet) => packet.startsWith("40")),
        "the packet was sent when connected",
      );
      await seePoints(page, address);
    }),
);

/** The first line of the answer to a request with another host. */
async function firstLine(port: number, host: string, path: string): Promise<string> {
  using connection = await Deno.connect({ hostname: "127.0.0.1", port });
  const request = `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`;
  await connection.write(new TextEncoder().encode(request));
  const answer = new Uint8Array(1000);
  const length = await connection.read(answer) ?? 0;
  return new TextDecoder().decode(answer.subarray(0, length)).split("\r\n")[0];
}

Deno.test("a window answers only on this machine, with its own host and secret path", async () => {
  const window = await openWindow(FIGURE, console.error);
  try {
    const { pathname, port: text, host } = new URL(window.address);
    const port = Number(text);
    assert.match(pathname, /^\/[0-9a-f]{32}\/$/);
    assert.match(await firstLine(port, host, pathname), / 200 /);
    assert.match(await firstLine(port, host, `${pathname}main.js`), / 200 /);
    assert.match(await firstLine(port, "evil.example", pathname), / 403 /);
    assert.match(await firstLine(port, `localhost:${port}`, pathname), / 403 /);
    for (const path of ["/", "/main.js", `${pathname}socket.io/?EIO=4&transport=polling`]) {
      assert.match(await firstLine(port, host, path), / 403 /, path);
    }
    for (const { address: other, family } of Deno.networkInterfaces()) {
      if (other.startsWith("127.") || family !== "IPv4") continue;
      await assert.rejects(Deno.connect({ hostname: other, port }), other);
    }
  } finally {
    await window.close();
  }
  assert.equal(await window.ended, "");
});
