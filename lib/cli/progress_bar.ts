// @ts-types="npm:@types/cli-progress@3.11.6"
import cliProgress from "cli-progress";
import { durationText, progressNumber } from "../base/number_text.ts";
import { legible, visible } from "../base/visible.ts";

/** A progress bar on stderr. */
export interface ProgressBar {
  /**
   * Redraws the bar, at most ten times a second.
   *
   * @param done from 0 to the total
   * @param text shown at the end of the line, e.g. `loss 0.123`; defaults to the previous text
   * @param total where it has changed; defaults to the previous one
   */
  update(done: number, text?: string, total?: number): void;
  /** Writes a line above the bar. */
  note(line: string): void;
  /** Draws the bar a last time and ends its line; may be called repeatedly. */
  stop(): void;
}

/** Options of a progress bar. */
export interface ProgressBarOptions {
  /** The text at the start of the line. */
  readonly label: string;
  /** The value of `done` when the work is finished, above 0. */
  readonly total: number;
  /** The unit of the rate: `images` gives `812 images/s`. */
  readonly unit: string;
}

/** The default for printing a line. */
function printNote(line: string): void {
  console.error(legible(line));
}

/** Milliseconds between redraws. */
const PERIOD = 100;

/**
 * A progress bar with rate and time left on stderr; it draws nothing if stderr is not a terminal.
 *
 * @param note prints lines while there is no bar to write them above
 *
 * @example
 * ```ts
 * import { progressBar } from "./progress_bar.ts";
 * const bar = progressBar({ label: "training", total: 60000, unit: "images" });
 * try {
 *   for (let done = 0; done <= 60000; done += 20000) bar.update(done, "loss 0.5");
 * } finally {
 *   bar.stop();
 * }
 * ```
 */
export function progressBar(
  options: ProgressBarOptions,
  note: (line: string) => void = printNote,
): ProgressBar {
  if (!Deno.stderr.isTerminal()) return { update: () => {}, note, stop: () => {} };
  // Only this class of the library can write lines above the bar.
  const bars = new cliProgress.MultiBar({
    format: (_, { value: done, total, startTime, eta }, { text }) => {
      const seconds = (Date.now() - startTime) / 1000;
      const line = progressLine({ ...options, total, done, seconds, eta: Number(eta), text });
      return visible(line).slice(0, Deno.consoleSize().columns - 1);
    },
    // Leave the terminal's settings unchanged: nothing to restore after Ctrl-C.
    linewrap: true,
    hideCursor: false,
    etaBuffer: 50,
  });
  const bar = bars.create(options.total, 0, { text: "" });
  let drawn = 0, stopped = false;
  const draw = () => {
    bars.update();
    drawn = performance.now();
  };
  draw();
  return {
    update(done, text, total = bar.getTotal()) {
      bar.setTotal(total);
      bar.update(done, text === undefined ? {} : { text });
      // Its timer does not run while a training computes.
      if (performance.now() - drawn > PERIOD) draw();
    },
    note(line) {
      bars.log(`${legible(line)}\n`);
      draw();
    },
    stop() {
      if (stopped) return;
      stopped = true;
      draw();
      bars.stop();
    },
  };
}

/**
 * A progress bar that appears with the first update: for work that may have nothing to do, such as
 * loading a dataset that is already downloaded.
 *
 * @param note prints lines before there is a bar to write them above
 *
 * @example
 * ```ts
 * import { lazyProgressBar } from "./progress_bar.ts";
 * const loading = lazyProgressBar("loading");
 * // await loadDataset({ onProgress: loading.update }).finally(loading.stop);
 * loading.update(5.5, 11.6, "MB");
 * loading.stop();
 * ```
 */
export function lazyProgressBar(label: string, note: (line: string) => void = printNote): {
  readonly update: (done: number, total: number, unit: string) => void;
  readonly note: (line: string) => void;
  readonly stop: () => void;
} {
  let bar: ProgressBar | undefined;
  return {
    update: (done, total, unit) => (bar ??= progressBar({ label, total, unit }, note)).update(done),
    note: (line) => bar ? bar.note(line) : note(line),
    stop: () => bar?.stop(),
  };
}

/** The line of a progress bar; `seconds` have passed, `eta` seconds are left (not finite: unknown). */
export function progressLine(
  state: ProgressBarOptions & {
    readonly done: number;
    readonly seconds: number;
    readonly eta: number;
    readonly text: string;
  },
): string {
  const { label, total, unit, done, seconds, eta, text } = state;
  const width = 24;
  const filled = Math.min(width, Math.floor(width * done / total));
  const rate = seconds > 0 ? `, ${progressNumber(done / seconds)} ${unit}/s` : "";
  const time = done >= total
    ? `, ${durationText(seconds)}`
    : Number.isFinite(eta)
    ? `, ${durationText(eta)} left`
    : "";
  return `${label} ${"█".repeat(filled)}${"░".repeat(width - filled)} ` +
    `${progressNumber(done)}/${progressNumber(total)} ${unit}${rate}${time}${text && `  ${text}`}`;
}
