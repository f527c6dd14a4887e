/** For tests: a drawing pad in a real browser, and functions to draw on it. @module */
import { decode } from "fast-png";
import type { BrowserContextOptions, Frame, Page } from "playwright-core";
import { projectPath } from "../base/project.ts";
import { VARIANTS } from "../dataset/strokes.ts";
import { loadModel } from "../model/model_file.ts";
import type { Model } from "../network/architecture.ts";
import { withPage } from "../plot/testing_browser.ts";
import { padHtml } from "./build.ts";

/** The path of the committed network. */
export const MODEL = projectPath("results", "models", "digits.npz");

/** The page's requests and console output. */
export interface Traces {
  /** Addresses that the page requested. */
  readonly requests: string[];
  /** Console output and uncaught errors. */
  readonly complaints: string[];
}

/**
 * Opens a network's pad in Chromium from a file and closes it afterwards.
 *
 * @param options of the page, and V8's flags if any
 * @param model defaults to the committed network
 */
export async function withPad(
  { v8Flags, ...options }: BrowserContextOptions & { v8Flags?: string },
  run: (page: Page, traces: Traces) => Promise<void>,
  model?: Model,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  model ??= (await loadModel(MODEL)).model;
  await Deno.writeTextFile(`${folder}/pad.html`, await padHtml(model));
  try {
    await withPage({ colorScheme: "light", ...options }, async (page) => {
      const traces: Traces = { requests: [], complaints: [] };
      page.on("request", (request) => traces.requests.push(request.url()));
      page.on("console", (message) => traces.complaints.push(message.text()));
      page.on("pageerror", (error) => traces.complaints.push(String(error)));
      await page.goto(`file://${folder}/pad.html`);
      await run(page, traces);
    }, v8Flags ? [`--js-flags=${v8Flags}`] : []);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Lines of points, in pixels of the page. */
export type Strokes = (readonly [x: number, y: number])[][];

/** The strokes of a digit as taught at school, on the board of the pad. */
export async function strokesOn(place: Page | Frame, digit: number): Promise<Strokes> {
  return strokesIn((await place.locator("#board").boundingBox())!, digit);
}

/** The same in a rectangle. */
export function strokesIn(
  box: { x: number; y: number; width: number; height: number },
  digit: number,
): Strokes {
  const { pieces } = VARIANTS[digit][0];
  return pieces.map((piece) =>
    Array.from({ length: piece.length / 2 }, (_, i) => [
      box.x + box.width * (0.3 + 0.006 * piece[2 * i]),
      box.y + box.height * (0.15 + 0.007 * piece[2 * i + 1]),
    ])
  );
}

/** The part of a page that Playwright and Puppeteer share. */
interface MousePage {
  readonly mouse: {
    move(x: number, y: number, options?: { steps: number }): Promise<void>;
    down(): Promise<void>;
    up(): Promise<void>;
  };
}

/** Draws strokes with the mouse. */
export async function drawWithMouse(page: MousePage, strokes: Strokes): Promise<void> {
  for (const [start, ...points] of strokes) {
    await page.mouse.move(...start);
    await page.mouse.down();
    for (const point of points) await page.mouse.move(...point, { steps: 6 });
    await page.mouse.up();
  }
}

/**
 * The pad's state: the digit, the ten probabilities, the 28×28 bytes, the text for screen readers.
 */
export async function readingOf(place: { evaluate<T>(read: () => T): Promise<T> }) {
  const { seen, ...reading } = await place.evaluate(() => {
    const text = (id: string) => document.getElementById(id)!.textContent;
    const values = [...document.querySelectorAll<HTMLDataElement>("#probabilities data")];
    const seen = document.getElementById("seen") as HTMLCanvasElement;
    return {
      digit: text("digit"),
      confidence: text("confidence"),
      status: text("status"),
      probabilities: values.map(({ value }) => value === "" ? null : Number(value)),
      // Not getImageData, of which Chromium complains to the console.
      seen: seen.toDataURL().replace(/^.*,/, ""),
    };
  });
  const { data, channels } = decode(Uint8Array.fromBase64(seen));
  return { ...reading, seen: Array.from({ length: 784 }, (_, i) => 255 - data[channels * i]) };
}

/** Clicks Download and returns the PNG. */
export async function download(page: Page): Promise<Uint8Array> {
  const [file] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "Download PNG" }).click(),
  ]);
  return await Deno.readFile(await file.path());
}
