import { countText, lossText, numberText, shareText } from "../base/number_text.ts";
import { type Dataset, imageAt } from "../dataset/dataset.ts";
import { element, showHidden } from "../pad/display.ts";
import { type Curve, drawChart } from "./chart.ts";
import { commandLine, datasetWord } from "./command_line.ts";
import type { CurvePoint, Report } from "./live_training.ts";
import type { Answer, Look } from "./look.ts";
import { drawDigit, drawWeights } from "./pixels.ts";

/** Points of a curve; more are thinned out. */
const MOST_POINTS = 400;

/** Squares of a hidden layer's picture in a row, and pixels of each. */
const ACROSS = 16, SQUARE = 18;

/** Adds a point to a curve, whose every second point is dropped when it becomes too long. */
export function addPoint(points: readonly CurvePoint[], point: CurvePoint): CurvePoint[] {
  // A report of the same moment takes the place of the one before.
  const before = points.filter(({ epoch }) => epoch < point.epoch);
  const kept = before.length < MOST_POINTS ? before : before.filter((_, i) => i % 2 === 1);
  const last = points.at(-1);
  return [...kept, last?.epoch === point.epoch ? { ...last, ...point } : point];
}

/** Shows what the network does, in the sections of the page. */
export function showReport(report: Report, points: readonly CurvePoint[], dataset: Dataset): void {
  const { look, state, step, stepsPerEpoch, epochs } = report;
  const { wrong, mistakes, testAccuracy, testLoss } = look;
  // These read colours: before the others change the page, whose styles are then computed once.
  showWeights(look);
  showAnswer(look);
  const words = { waiting: "waits", running: "trains", done: "done", diverged: "diverged" }[state];
  element("state").textContent =
    `${words}: step ${countText(step)}, epoch ${numberText(report.point.epoch, 3)} of ${epochs} (${
      countText(stepsPerEpoch)
    } steps each); test loss ${lossText(testLoss)}, ` +
    `${shareText(testAccuracy)} of the test digits are read correctly`;
  showCurves(points);
  showMistakes(mistakes, wrong, dataset);
}

function showCurves(points: readonly CurvePoint[]): void {
  const curve = (label: string, y: (point: CurvePoint) => number | undefined): Curve => ({
    label,
    points: points.flatMap((point) => {
      const value = y(point);
      return value !== undefined && Number.isFinite(value) ? [{ x: point.epoch, y: value }] : [];
    }),
  });
  const x = { label: "epochs" };
  drawChart(element("loss-curve"), [
    curve("test", ({ testLoss }) => testLoss),
    curve("training, before each step", ({ trainLoss }) => trainLoss),
  ], {
    title: "Loss by epoch",
    x,
    y: { label: null, type: "log", tickFormat: numberText, ticks: 4 },
  });
  drawChart(element("accuracy-curve"), [
    curve("test", ({ testAccuracy }) => 100 * testAccuracy),
  ], { title: "Test accuracy by epoch", x, y: { label: null } });
}

function showWeights({ weights, dead }: Look): void {
  const canvas = element<HTMLCanvasElement>("first-layer");
  const largest = drawWeights(canvas, weights);
  const units = weights.length / 784;
  const shown = units > 256 ? "the first 256 of " : "";
  const layers = dead.map((units, l) => `${units.length} in layer ${l + 1}`).join(", ");
  canvas.setAttribute("aria-label", `First layer's weights: ${units} units`);
  element("first-layer-note").textContent =
    `First layer's weights, ${shown}${units} units: blue above 0, orange below, full colour ` +
    `${numberText(largest, 2)}. Dead units, which answer alike to 500 test digits: ${layers}`;
}

function showMistakes(mistakes: Look["mistakes"], wrong: number, dataset: Dataset): void {
  const { test } = dataset;
  const place = element("mistakes");
  const scheme = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  // Most mistakes are those of the report before, and stay as they are.
  const before = new Map(
    [...place.children].map((figure) => [(figure as HTMLElement).dataset.key, figure]),
  );
  place.replaceChildren(...mistakes.map(({ index, label, predicted }) => {
    const key = `${test.count} ${index} ${predicted} ${scheme}`, known = before.get(key);
    if (known) return known;
    const figure = document.createElement("span"), canvas = document.createElement("canvas");
    figure.dataset.key = key;
    drawDigit(canvas, imageAt(test, index));
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", `A ${label} read as ${predicted}`);
    figure.append(canvas, `${label} as ${predicted}`);
    return figure;
  }));
  const first = wrong > mistakes.length ? `; the first ${mistakes.length}` : "";
  element("mistakes-note").textContent = `${countText(wrong)} of ${
    countText(test.count)
  } test digits are read wrongly${first}`;
}

/** Shows the answer for the digit that is drawn, or for the first test digit. */
function showAnswer({ probabilities, hidden }: Answer): void {
  const label = probabilities.indexOf(Math.max(...probabilities));
  const isSure = probabilities.every(Number.isFinite);
  element("digit").textContent = isSure ? String(label) : "?";
  element("confidence").textContent = isSure ? `${shareText(probabilities[label])} sure` : "";
  const list = element("probabilities");
  if (list.children.length === 0) list.append(...probabilities.map((_, digit) => bar(digit)));
  [...list.children].forEach((item, digit) => {
    (item as HTMLElement).style.setProperty("--probability", String(probabilities[digit]));
    (item as HTMLElement).title = shareText(probabilities[digit]);
    item.classList.toggle("best", digit === label);
  });
  const canvases = hiddenCanvases(hidden.map(({ length }) => length));
  canvases.forEach((canvas, l) => showHidden(canvas, hidden[l].length, hidden[l]));
}

function bar(digit: number): HTMLElement {
  const item = document.createElement("li"), column = document.createElement("span");
  column.className = "bar";
  item.append(column, String(digit));
  return item;
}

/** The canvases of the hidden layers, made anew when the network has others. */
function hiddenCanvases(units: readonly number[]): HTMLCanvasElement[] {
  const place = element("hidden"), name = units.join("-");
  if (place.dataset.layers !== name) {
    place.dataset.layers = name;
    place.replaceChildren(...units.map((count, l) => {
      const figure = document.createElement("figure"), canvas = document.createElement("canvas");
      const caption = document.createElement("figcaption");
      canvas.width = ACROSS * SQUARE;
      canvas.height = Math.ceil(count / ACROSS) * SQUARE;
      caption.textContent = `activations of hidden layer ${l + 1}: ${count} units`;
      canvas.setAttribute("role", "img");
      canvas.setAttribute("aria-label", caption.textContent);
      figure.append(canvas, caption);
      return figure;
    }));
  }
  return [...place.querySelectorAll("canvas")];
}

/** Shows the weights' digest, and the command that gives the same. */
export function showDigest({ digest, repeatedBy }: Report, dataset: Dataset): void {
  const place = element("repeat");
  place.dataset.digest = digest ?? "";
  if (digest === undefined) {
    place.textContent = "";
    return;
  }
  const command = document.createElement("code");
  command.textContent = repeatedBy ? commandLine(repeatedBy, datasetWord(dataset)) : "";
  const sentence = repeatedBy
    ? "the same, to the bit: "
    : "at the end of an epoch with unchanged settings, here is the command that gives the same";
  place.replaceChildren(`Weights' SHA-256: ${digest}; ${sentence}`, command);
}
