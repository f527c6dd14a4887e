import { countText } from "../base/number_text.ts";
import { UserError } from "../base/user_error.ts";
import { type Dataset, imageAt } from "../dataset/dataset.ts";
import { element } from "../pad/display.ts";
import type { Settings } from "../training/hyperparameters.ts";
import { parseFiles } from "./digits.ts";
import { drawingBoard } from "./drawing_board.ts";
import { type CurvePoint, type Goal, type Report } from "./live_training.ts";
import type { Reply } from "./messages.ts";
import type { SettingsForm } from "./settings_form.ts";
import { addPoint, showDigest, showReport } from "./training_view.ts";
import { forgetColors } from "./pixels.ts";
import { startWorker } from "./worker_thread.ts";
import { needsNewNetwork } from "./new_network.ts";

/**
 * The part of the page in which a network trains.
 *
 * @param first the digits of the page
 * @param form its settings
 * @param onDigits called when the reader has dropped others
 */
export function trainingPart(
  first: Dataset,
  form: SettingsForm,
  onDigits: (dataset: Dataset) => void,
): void {
  let dataset = first, settings: Partial<Settings>;
  let points: CurvePoint[] = [], last: Report | undefined, frame = false;
  const worker = startWorker(receive);
  form.onChange(change);
  const run = element<HTMLButtonElement>("run");

  function receive(reply: Reply): void {
    if (reply.kind === "error") problem(reply.message);
    if (reply.kind !== "report") return;
    last = reply.report;
    points = addPoint(last.step === 0 ? [] : points, last.point);
    if (frame) return;
    frame = true;
    // However often the worker reports, the page is drawn once a frame.
    requestAnimationFrame(show);
  }

  function show(): void {
    frame = false;
    if (!last) return;
    showReport(last, points, dataset);
    showDigest(last, dataset);
    run.textContent = last.state === "running" ? "Pause" : "Start";
    document.body.dataset.training = last.state;
  }

  function problem(message: string): void {
    element("problem").textContent = message;
  }

  /** Does what the fields ask for; a wrong one is named and changes nothing. */
  function attempt(action: () => void): void {
    problem("");
    try {
      action();
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      problem(error.message);
    }
  }

  function start(): void {
    attempt(() => {
      settings = form.read();
      worker.send({ kind: "start", settings });
    });
  }

  function change(): void {
    attempt(() => {
      const next = form.read();
      if (needsNewNetwork(settings, next) || last?.step === 0) return start();
      settings = next;
      worker.send({ kind: "change", settings });
    });
  }

  const go = (goal: Goal) => {
    document.body.dataset.training = "running";
    worker.send({ kind: "run", goal });
  };
  run.addEventListener(
    "click",
    () => last?.state === "running" ? worker.send({ kind: "pause" }) : go("end"),
  );
  element("one-step").addEventListener("click", () => go("step"));
  element("one-epoch").addEventListener("click", () => go("epoch"));
  element("restart").addEventListener("click", start);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    forgetColors();
    show();
  });

  function use(digits: Dataset): void {
    dataset = digits;
    element("data-note").textContent = sentenceOf(dataset);
    worker.send({ kind: "digits", dataset });
    start();
  }
  drawingBoard((pixels) =>
    worker.send({ kind: "show", pixels: pixels ?? imageAt(dataset.test, 0).slice() })
  );
  listenToFiles(async (files) => {
    const read = await Promise.all(files.map(async (file) => ({
      name: file.name,
      bytes: new Uint8Array(await file.arrayBuffer()),
    })));
    attempt(() => {
      const digits = parseFiles(read);
      use(digits);
      onDigits(digits);
    });
  });
  use(dataset);
}

function sentenceOf({ name, train, test }: Dataset): string {
  const counts = `${countText(train.count)} digits to train on and ${
    countText(test.count)
  } to test`;
  if (name === "synthetic") {
    return `${counts}, all of them SYNTHETIC: MNIST was not at hand when this page was made. ` +
      "Numbers on this page are not results on MNIST; drop MNIST's files below to train on it.";
  }
  return `${counts}, from ${name === "mnist" ? "MNIST" : name}.`;
}

/** Calls back with the files that the reader drops on the page or chooses. */
function listenToFiles(onFiles: (files: File[]) => void): void {
  const input = element<HTMLInputElement>("files"), drop = element("drop");
  input.addEventListener("change", () => onFiles([...input.files ?? []]));
  addEventListener("dragover", (event) => {
    event.preventDefault();
    drop.classList.add("over");
  });
  addEventListener("dragleave", () => drop.classList.remove("over"));
  addEventListener("drop", (event) => {
    event.preventDefault();
    drop.classList.remove("over");
    onFiles([...event.dataTransfer?.files ?? []]);
  });
}
