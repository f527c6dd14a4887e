import { durationText, progressNumber } from "../base/number_text.ts";
import { escapeXml, type Figure, jupyterDisplay } from "../plot/figure.ts";

/** A progress display in a notebook. */
export interface LiveProgress {
  /**
   * Shows a new state, at most four times a second; states in between are skipped.
   *
   * @param done from 0 to the total
   * @param text shown beside the bar
   * @param figure shown below the bar, created only when it is shown; defaults to the previous one
   * @param total where it has changed since the start
   */
  update(done: number, text?: string, figure?: () => Figure, total?: number): void;
  /**
   * Replaces the bar by the final output, which has no times, so that running the notebook again
   * gives the same file.
   *
   * @param text a line
   * @param figure shown below it
   */
  finish(text: string, figure?: Figure): Promise<void>;
}

/** Options of a progress display. */
export interface LiveProgressOptions {
  /** The text before the bar. */
  readonly label: string;
  /** The value of `done` at the end, above 0. */
  readonly total: number;
  /** The unit, in the plural: `trials`. */
  readonly unit: string;
}

/** Sends a message of Jupyter's protocol to the front end. */
type Broadcast = (
  kind: "display_data" | "update_display_data",
  content: Record<string, unknown>,
) => Promise<void>;

/** The kernel's function for sending messages, or `undefined` outside a notebook. */
function kernelBroadcast(): Broadcast | undefined {
  try {
    const { jupyter } = Deno;
    return (kind, content) => jupyter.broadcast(kind, content);
  } catch {
    return undefined;
  }
}

let displays = 0;

/**
 * A bar with rate and time left, and below it a figure that is updated during the work, in the
 * output of the running cell. Outside a notebook it shows nothing.
 *
 * @param broadcast sends messages to the front end; defaults to the kernel's function
 *
 * @example
 * ```ts
 * import { liveProgress } from "./progress.ts";
 * const progress = liveProgress({ label: "training", total: 3, unit: "epochs" });
 * for (let epoch = 1; epoch <= 3; epoch++) progress.update(epoch, `loss ${1 / epoch}`);
 * await progress.finish("3 epochs");
 * ```
 */
export function liveProgress(
  options: LiveProgressOptions,
  broadcast: Broadcast | undefined = kernelBroadcast(),
): LiveProgress {
  if (broadcast === undefined) return { update: () => {}, finish: async () => {} };
  const display = { display_id: `progress-${displays++}` };
  const started = performance.now();
  let shown = -Infinity;
  let picture = "";
  // Messages are sent in order; only the last is awaited.
  let sent = Promise.resolve();
  const send = (html: string, plain: string) => {
    const kind = shown === -Infinity ? "display_data" : "update_display_data";
    const data = { "text/html": html, "text/plain": plain };
    sent = sent.then(() => broadcast(kind, { data, metadata: {}, transient: display }));
  };
  return {
    update(done, text = "", figure, total = options.total) {
      const now = performance.now();
      if (now - shown < 250) return;
      if (figure) picture = html(figure());
      const line = progressText({ ...options, total }, done, (now - started) / 1000, text);
      send(`${barHtml(options.label, done / total, line)}${picture}`, line);
      shown = now;
    },
    async finish(text, figure) {
      send(`<p>${escapeXml(text)}</p>${figure ? html(figure) : ""}`, text);
      shown = 0;
      await sent;
    },
  };
}

function html(figure: Figure): string {
  return figure[jupyterDisplay]()["text/html"];
}

function barHtml(label: string, part: number, line: string): string {
  return `<p>${escapeXml(label)} <progress value="${part.toFixed(4)}" max="1"></progress> ` +
    `${escapeXml(line)}</p>`;
}

/** `12 of 39 trials, 1.3/s, 21 s left · text`; `seconds` have passed. */
export function progressText(
  { total, unit }: LiveProgressOptions,
  done: number,
  seconds: number,
  text = "",
): string {
  const rate = done / seconds;
  const left = (total - done) / rate;
  return [
    `${progressNumber(done)} of ${progressNumber(total)} ${unit}`,
    ...(done > 0 && seconds > 0 ? [`${progressNumber(rate)}/s`] : []),
    ...(done > 0 && seconds > 0 && done < total ? [`${durationText(left)} left`] : []),
  ].join(", ") + (text && ` · ${text}`);
}
