/**
 * Measures the lesson in Chromium beside the command line: `deno run -A lib/bench/lesson_speed.ts` prints
 * the seconds of an epoch of both, on the clock and of a processor (on Linux), and the page's frames per
 * second while it trains. What else the machine does changes the clock's.
 *
 * The command tells V8 to compute with 256 bits at a time. Browsers compute with 128, and a page cannot ask
 * for more; so the command is measured with 128 bits too.
 * @module
 */
import type { Page } from "playwright-core";
import { numberText } from "../base/number_text.ts";
import { runDeno } from "../base/testing_deno.ts";
import type { Dataset } from "../dataset/dataset.ts";
import { loadMnist } from "../dataset/mnist.ts";
import { withLesson } from "../lesson/testing_lesson.ts";

/** Seconds on the clock, and of a processor. */
interface Seconds {
  readonly clock: number;
  readonly processor: number;
}

/** What was measured. */
export interface LessonSpeed {
  /** An epoch on the page, with its reports and measurements; the processor's time is that of the worker. */
  readonly page: Seconds;
  /** The same of `deno task train`, with its evaluation. */
  readonly command: Seconds;
  /** The same with 128 bits at a time, as in browsers. */
  readonly narrow: Seconds;
  /** Frames per second that the page drew while it trained. */
  readonly frames: number;
  /** Longest time between two frames, in milliseconds. */
  readonly longest: number;
}

/** Linux counts hundredths of a second. */
const TICK = 0.01;

/** The numbers of one of Linux's `stat` files, the first after the name being the state. */
async function statOf(path: string): Promise<number[]> {
  const text = await Deno.readTextFile(`/proc/${path}/stat`).catch(() => "");
  return text.slice(text.lastIndexOf(")") + 2).split(" ").map(Number);
}

/** Processor seconds so far of the threads that browsers' workers run on; NaN where Linux does not say. */
async function workerSeconds(): Promise<number> {
  if (Deno.build.os !== "linux") return NaN;
  let ticks = 0;
  for await (const { name } of Deno.readDir("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const threads = await Array.fromAsync(Deno.readDir(`/proc/${name}/task`)).catch(() => []);
    for (const thread of threads) {
      const path = `${name}/task/${thread.name}`;
      const title = await Deno.readTextFile(`/proc/${path}/comm`).catch(() => "");
      if (!title.startsWith("DedicatedWorker")) continue;
      const numbers = await statOf(path);
      ticks += numbers[11] + numbers[12];
    }
  }
  return TICK * ticks;
}

/** Processor seconds of this process's children that have ended; NaN where Linux does not say. */
async function childSeconds(): Promise<number> {
  const numbers = await statOf("self");
  return TICK * (numbers[13] + numbers[14]);
}

/** Seconds of an epoch on the page, which trains to the end, and the frames meanwhile. */
async function measurePage(page: Page, epochs: number) {
  const isIn = (state: string) =>
    page.waitForFunction(
      (state) => document.body.dataset.training === state,
      state,
      { timeout: 300_000 },
    );
  await isIn("waiting");
  // The first epoch compiles.
  await page.locator("#one-epoch").click();
  await page.locator("#repeat", { hasText: "--epochs" }).waitFor();
  const before = await workerSeconds();
  const { seconds, gaps } = await page.evaluate(async () => {
    const gaps: number[] = [], start = performance.now();
    let last = start;
    document.getElementById("run")!.click();
    while (document.body.dataset.training !== "done") {
      const now = await new Promise<number>(requestAnimationFrame);
      gaps.push(now - last);
      last = now;
    }
    return { seconds: (performance.now() - start) / 1000, gaps: gaps.slice(1) };
  });
  const processor = (await workerSeconds() - before) / epochs;
  return { seconds: { clock: seconds / epochs, processor }, gaps };
}

/** V8's flags of `deno task train`, without the one for 256 bits. */
const NARROW = "--v8-flags=--no-wasm-bounds-checks";

/**
 * Seconds of an epoch of `deno task train`: those of many less those of one.
 *
 * @param deno the arguments before those of the command
 */
async function measureCommand(
  deno: readonly string[],
  folder: string,
  epochs: number,
): Promise<Seconds> {
  const secondsOf = async (count: number): Promise<Seconds> => {
    const clock = performance.now(), processor = await childSeconds();
    const training = ["--dataset", folder, "--threads", "1", "--epochs", String(count), "--json"];
    const { code, stderr } = await runDeno([...deno, ...training]);
    if (code !== 0) throw new Error(stderr);
    return {
      clock: (performance.now() - clock) / 1000,
      processor: await childSeconds() - processor,
    };
  };
  const one = await secondsOf(1), many = await secondsOf(1 + epochs);
  return {
    clock: (many.clock - one.clock) / epochs,
    processor: (many.processor - one.processor) / epochs,
  };
}

/**
 * Trains with the page's first settings, 784-128-64-10 in batches of 32.
 *
 * @param epochs of the page and of the command, beside a first one
 */
export async function lessonSpeed(
  epochs: number,
  digits?: Dataset,
): Promise<LessonSpeed> {
  let speed: LessonSpeed | undefined;
  await withLesson({ viewport: { width: 1280, height: 900 }, digits }, async (page, folder) => {
    await page.locator("#epochs").fill(String(1 + epochs));
    await page.locator("#epochs").press("Tab");
    const { seconds, gaps } = await measurePage(page, epochs);
    const command = await measureCommand(["task", "--quiet", "train"], folder, epochs);
    const narrow = await measureCommand(["run", "-A", NARROW, "lib/cli/train.ts"], folder, epochs);
    speed = {
      page: seconds,
      command,
      narrow,
      frames: 1000 * gaps.length / gaps.reduce((sum, gap) => sum + gap, 0),
      longest: Math.max(...gaps),
    };
  });
  return speed!;
}

/** The figures as lines. */
export function speedText({ page, command, narrow, frames, longest }: LessonSpeed): string {
  const line = (what: keyof Seconds) =>
    `an epoch by the ${what}: page ${numberText(page[what], 3)} s, ` +
    `command ${numberText(command[what], 3)} s (ratio ${
      numberText(page[what] / command[what], 3)
    }), with 128 bits ${numberText(narrow[what], 3)} s (${
      numberText(page[what] / narrow[what], 3)
    })`;
  return `${line("clock")}\n${line("processor")}\n${
    numberText(frames, 3)
  } frames per second, longest gap ${numberText(longest, 3)} ms`;
}

if (import.meta.main) console.log(speedText(await lessonSpeed(100, await loadMnist())));
