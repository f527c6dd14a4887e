/**
 * Measures the lesson in Chromium beside the command line: `deno run -A lib/bench/lesson_speed.ts` prints
 * the seconds of an epoch of both and the page's frames per second while it trains. Times say nothing if the
 * machine does something else meanwhile. V8's flags may follow: with `--experimental-wasm-revectorize`
 * Chromium computes with 256 bits, as the command does; a page cannot ask for it.
 * @module
 */
import type { Page } from "playwright-core";
import { numberText } from "../base/number_text.ts";
import { runTask } from "../cli/testing_command.ts";
import type { Dataset } from "../dataset/dataset.ts";
import { loadMnist } from "../dataset/mnist.ts";
import { withLesson } from "../lesson/testing_lesson.ts";

/** What was measured. */
export interface LessonSpeed {
  /** Seconds of an epoch on the page, with its reports and measurements. */
  readonly page: number;
  /** The same of `deno task train`, with its evaluation. */
  readonly command: number;
  /** Frames per second that the page drew while it trained. */
  readonly frames: number;
  /** Longest time between two frames, in milliseconds. */
  readonly longest: number;
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
  const measured = page.evaluate(async () => {
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
  const { seconds, gaps } = await measured;
  return { seconds: seconds / epochs, gaps };
}

/** Seconds that `deno task train` takes for an epoch: those of many less those of one. */
async function measureCommand(folder: string, epochs: number): Promise<number> {
  const secondsOf = async (count: number) => {
    const start = performance.now();
    const { status, stderr } = await runTask(
      ["train", "--dataset", folder, "--epochs", String(count), "--threads", "1", "--json"],
    );
    if (status !== 0) throw new Error(stderr);
    return (performance.now() - start) / 1000;
  };
  const [one, many] = [await secondsOf(1), await secondsOf(1 + epochs)];
  return (many - one) / epochs;
}

/**
 * Trains with the page's first settings, 784-128-64-10 in batches of 32.
 *
 * @param epochs of the page and of the command, beside a first one
 */
export async function lessonSpeed(
  epochs: number,
  options: { digits?: Dataset; v8Flags?: string } = {},
): Promise<LessonSpeed> {
  let speed: LessonSpeed | undefined;
  await withLesson({ viewport: { width: 1280, height: 900 }, ...options }, async (page, folder) => {
    await page.locator("#epochs").fill(String(1 + epochs));
    await page.locator("#epochs").press("Tab");
    const { seconds, gaps } = await measurePage(page, epochs);
    const command = await measureCommand(folder, epochs);
    speed = {
      page: seconds,
      command,
      frames: 1000 * gaps.length / gaps.reduce((sum, gap) => sum + gap, 0),
      longest: Math.max(...gaps),
    };
  });
  return speed!;
}

/** The figures as a line. */
export function speedText({ page, command, frames, longest }: LessonSpeed): string {
  return `epoch: page ${numberText(page, 3)} s, command ${numberText(command, 3)} s, ratio ` +
    `${numberText(page / command, 3)}; ${numberText(frames, 3)} frames per second, longest gap ` +
    `${numberText(longest, 3)} ms`;
}

if (import.meta.main) {
  const [v8Flags] = Deno.args;
  console.log(speedText(await lessonSpeed(100, { digits: await loadMnist(), v8Flags })));
}
