import * as Plot from "@observablehq/plot";
import { lossText, numberText, shareText } from "../base/number_text.ts";
import { UserError } from "../base/user_error.ts";
import type { Dataset } from "../dataset/dataset.ts";
import { element } from "../pad/display.ts";
import type { Settings } from "../training/hyperparameters.ts";
import { drawChart } from "./chart.ts";
import { commandLine, datasetWord } from "./command_line.ts";
import type { SettingsForm } from "./settings_form.ts";
import { bottom, lossAt, RATES, spreadOrder, type ValleyTrial } from "./valley.ts";
import { startWorker, type WorkerThread } from "./worker_thread.ts";

/**
 * The part of the page that sweeps over rates, one worker for each core.
 *
 * @param first the digits of the page
 * @param form the settings, of which the rate and the epochs are not used
 * @returns a function that takes other digits
 */
export function valleyPart(first: Dataset, form: SettingsForm): (dataset: Dataset) => void {
  let dataset = first, trials: ValleyTrial[] = [], workers: WorkerThread[] = [];
  let settings: Partial<Settings> = {}, chosen: number | undefined;
  const button = element<HTMLButtonElement>("sweep");

  const change = (rate: number, how: (trial: ValleyTrial) => ValleyTrial) => {
    trials = trials.map((trial) => trial.rate === rate ? how(trial) : trial);
    show();
  };

  function stop(): void {
    for (const worker of workers) worker.end();
    workers = [];
    show();
  }

  /** Starts a worker that takes rates from the queue until it is empty. */
  function work(queue: number[]): WorkerThread {
    let rate: number | undefined;
    const next = () => {
      rate = queue.shift();
      if (rate !== undefined) {
        worker.send({ kind: "trial", settings: { ...settings, learningRate: rate } });
      } else if (trials.every(({ outcome }) => outcome)) stop();
    };
    const worker: WorkerThread = startWorker((reply) => {
      if (reply.kind === "error") {
        element("valley-problem").textContent = reply.message;
        return stop();
      }
      if (rate === undefined) return;
      if (reply.kind === "epoch") {
        change(rate, (trial) => ({ ...trial, history: [...trial.history, reply.record] }));
      }
      if (reply.kind === "trial") {
        change(rate, (trial) => ({ ...trial, outcome: reply.result }));
        next();
      }
    });
    worker.send({ kind: "digits", dataset });
    next();
    return worker;
  }

  function sweep(): void {
    element("valley-problem").textContent = "";
    try {
      settings = {
        ...form.read(),
        epochs: Number(element<HTMLSelectElement>("valley-epochs").value),
      };
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      element("valley-problem").textContent = error.message;
      return;
    }
    trials = RATES.map((rate) => ({ rate, history: [] }));
    chosen = undefined;
    const queue = spreadOrder(RATES.length).map((index) => RATES[index]);
    const cores = Math.min(navigator.hardwareConcurrency || 1, RATES.length);
    workers = Array.from({ length: cores }, () => work(queue));
    show();
  }

  function show(): void {
    const done = trials.filter(({ outcome }) => outcome).length, best = bottom(trials);
    button.textContent = workers.length > 0 ? "Stop" : "Sweep";
    element("valley-state").textContent = trials.length === 0
      ? ""
      : `${done} of ${trials.length} trainings done` +
        (workers.length > 0 ? ` on ${workers.length} cores` : "") +
        (best
          ? `; lowest test loss ${lossText(lossAt(best)!)} at rate ${numberText(best.rate)}`
          : "");
    element("valley").dataset.done = String(done);
    showValley();
    showButtons();
    showChosen();
  }

  function choose(rate: number): void {
    chosen = rate;
    show();
    const pressed = element("rates").querySelector<HTMLElement>('[aria-pressed="true"]');
    pressed?.focus({ preventScroll: true });
  }

  function showValley(): void {
    const points = trials.flatMap((trial) => {
      const y = lossAt(trial);
      return y === undefined ? [] : [{ x: trial.rate, y }];
    });
    if (points.length === 0) return element("valley-curve").replaceChildren();
    const ring = points.filter(({ x }) => x === chosen);
    const drawn = drawChart(element("valley-curve"), [{ label: "test loss", points }], {
      title: "Test loss by rate",
      x: { label: "rate", type: "log", domain: [RATES[0], RATES.at(-1)!], tickFormat: numberText },
      y: { label: null, type: "log", tickFormat: numberText, ticks: 4 },
      marks: [
        Plot.dot(ring, { x: "x", y: "y", r: 10, stroke: "var(--second)", strokeWidth: 2 }),
        Plot.dot(points, { x: "x", y: "y", r: 6, fill: "var(--accent)", className: "points" }),
      ],
    });
    drawn.querySelectorAll(`circle[r="6"]`).forEach((circle, i) => {
      circle.addEventListener("click", () => choose(points[i].x));
    });
  }

  /** The same points for the keyboard, with those that diverged. */
  function showButtons(): void {
    const place = element("rates");
    if (place.children.length !== trials.length) {
      place.replaceChildren(...trials.map(({ rate }) => {
        const made = document.createElement("button");
        made.type = "button";
        made.addEventListener("click", () => choose(rate));
        return made;
      }));
    }
    trials.forEach(({ rate, history, outcome }, i) => {
      const one = place.children[i] as HTMLButtonElement;
      const accuracy = history.at(-1)?.testAccuracy;
      one.textContent = `${numberText(rate, 2)}: ` +
        (outcome?.status === "diverged"
          ? "diverged"
          : accuracy === undefined
          ? "…"
          : shareText(accuracy));
      one.disabled = history.length === 0 && !outcome;
      one.setAttribute("aria-pressed", String(rate === chosen));
    });
  }

  function showChosen(): void {
    const trial = trials.find(({ rate }) => rate === chosen);
    const note = element("chosen-note");
    if (!trial) {
      element("chosen-curve").replaceChildren();
      note.textContent = "";
      return;
    }
    const { rate, history, outcome } = trial;
    const curve = (label: string, key: "testLoss" | "trainLoss") => ({
      label,
      points: history.map((record) => ({ x: record.epoch, y: record[key]! })),
    });
    drawChart(
      element("chosen-curve"),
      [curve("test", "testLoss"), curve("training", "trainLoss")],
      {
        title: `Loss by epoch at rate ${numberText(rate)}`,
        x: { label: "epochs", domain: [1, Math.max(2, settings.epochs!)], ticks: 5 },
        y: { label: null, type: "log", tickFormat: numberText, ticks: 4 },
      },
    );
    note.textContent = `Loss (nats) by epoch at rate ${numberText(rate)}` +
      (outcome?.status === "diverged" ? ", which diverged" : "") +
      (outcome
        ? `. Weights' SHA-256: ${outcome.digest}; the same, to the bit: ` +
          commandLine({ ...settings, learningRate: rate }, datasetWord(dataset))
        : "");
  }

  button.addEventListener("click", () => workers.length > 0 ? stop() : sweep());
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", show);
  return (digits) => {
    dataset = digits;
    trials = [];
    stop();
  };
}
