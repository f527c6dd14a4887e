import { shareText } from "../base/number_text.ts";
import type { Architecture, ImageKind } from "../network/architecture.ts";
import type { Classification } from "../recognition/classify.ts";
import { mostProbable } from "../recognition/runner_up.ts";
import { type Drawing, PEN_RADIUS } from "./drawing.ts";

/** Pixels per unit of a hidden layer, including the gap. */
const UNIT = 18;
const UNIT_GAP = 3;

/** The page's element with an id. */
export function element<T extends HTMLElement>(id: string): T {
  return document.getElementById(id) as T;
}

/** A colour of the page's style sheet in the current colour scheme. */
function color(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

/** Draws the strokes at the screen's resolution. */
export function showDrawing(
  board: HTMLCanvasElement,
  { strokes, width, height }: Drawing,
): void {
  const across = Math.max(1, Math.round(board.clientWidth * devicePixelRatio));
  const down = Math.max(1, Math.round(across * height / width));
  if (board.width !== across) [board.width, board.height] = [across, down];
  const context = board.getContext("2d")!;
  context.setTransform(across / width, 0, 0, down / height, 0, 0);
  context.clearRect(0, 0, width, height);
  context.lineWidth = 2 * PEN_RADIUS;
  context.lineCap = context.lineJoin = "round";
  context.strokeStyle = color("text");
  for (const stroke of strokes) {
    context.beginPath();
    for (const { x, y } of [stroke[0], ...stroke]) context.lineTo(x, y);
    context.stroke();
  }
}

/** Creates the bars, ten at most, which {@linkcode showProbabilities} updates. */
export function makeBars({ classes }: ImageKind): void {
  const shown = mostProbable(classes.map(() => 0));
  // Few bars are no wider than ten.
  element("probabilities").style.setProperty("--bars", String(Math.max(5, shown.length)));
  for (const label of shown) {
    const item = document.createElement("li");
    const value = document.createElement("data"), bar = document.createElement("span");
    const name = document.createElement("b");
    bar.className = "bar";
    name.textContent = name.title = classes[label];
    item.append(value, bar, name);
    element("probabilities").append(item);
  }
}

/** Characters of a class's name that fit in the size of a digit. */
const SHORT = 2;

/**
 * Shows the class, its probability and a bar for each class, or for the ten most probable; clears them
 * without an answer.
 */
export function showProbabilities(
  answer: Classification | undefined,
  reason: string,
  { classes }: ImageKind,
): void {
  document.body.classList.toggle("empty", !answer);
  const digit = element("digit");
  digit.textContent = answer ? classes[answer.label] : "?";
  digit.classList.toggle("word", [...digit.textContent].length > SHORT);
  element("confidence").textContent = answer
    ? `${shareText(answer.probabilities[answer.label])} sure`
    : reason;
  const shown = mostProbable(answer?.probabilities ?? classes.map(() => 0));
  [...element("probabilities").children].forEach((item, place) => {
    const label = shown[place];
    const probability = answer?.probabilities[label] ?? 0;
    const [value, bar, name] = item.children as unknown as [
      HTMLDataElement,
      HTMLElement,
      HTMLElement,
    ];
    name.textContent = name.title = classes[label];
    value.value = answer ? String(probability) : "";
    value.textContent = answer ? `${Math.round(100 * probability)} %` : "";
    bar.style.setProperty("--probability", String(probability));
    item.classList.toggle("best", answer?.label === label);
  });
}

/** Sets the size of the canvas with the network's input. */
export function makeSeen(canvas: HTMLCanvasElement, { width, height }: ImageKind): void {
  [canvas.width, canvas.height] = [width, height];
  canvas.setAttribute("aria-label", `The drawing in ${width} by ${height} pixels`);
  element("size").textContent = `${width}\u00a0×\u00a0${height}\u00a0pixels`;
}

/** Draws the network's input, dark on light or light on dark as the page is. */
export function showSeen(canvas: HTMLCanvasElement, pixels: Uint8Array | undefined): void {
  const context = canvas.getContext("2d")!;
  const image = context.createImageData(canvas.width, canvas.height);
  const dark = matchMedia("(prefers-color-scheme: dark)").matches;
  for (let i = 0; i < canvas.width * canvas.height; i++) {
    const ink = pixels?.[i] ?? 0;
    image.data.fill(dark ? ink : 255 - ink, 4 * i, 4 * i + 3);
    image.data[4 * i + 3] = 255;
  }
  context.putImageData(image, 0, 0);
}

/** Creates a canvas for each hidden layer. */
export function makeHidden({ layers, activations }: Architecture): HTMLCanvasElement[] {
  return layers.slice(1, -1).map((units, l) => {
    const figure = document.createElement("figure"), caption = document.createElement("figcaption");
    const canvas = document.createElement("canvas");
    const columns = columnsFor(units);
    canvas.width = columns * UNIT;
    canvas.height = Math.ceil(units / columns) * UNIT;
    canvas.setAttribute("role", "img");
    caption.textContent = `hidden layer ${l + 1}: ${units} units, ${activations[l]}`;
    canvas.setAttribute("aria-label", `Activations of ${caption.textContent}`);
    figure.append(canvas, caption);
    element("hidden").append(figure);
    return canvas;
  });
}

function columnsFor(units: number): number {
  return units <= 256 ? 16 : units <= 1024 ? 32 : 64;
}

/**
 * Draws a square per unit, its colour stronger for larger activations; negative ones have another
 * hue.
 */
export function showHidden(
  canvas: HTMLCanvasElement,
  units: number,
  activations: ArrayLike<number> | undefined,
): void {
  const context = canvas.getContext("2d")!;
  const columns = columnsFor(units);
  const largest = activations ? Math.max(...Array.from(activations, Math.abs)) : 0;
  const [track, positive, negative] = ["track", "accent", "second"].map(color);
  context.clearRect(0, 0, canvas.width, canvas.height);
  for (let unit = 0; unit < units; unit++) {
    const x = unit % columns * UNIT, y = Math.floor(unit / columns) * UNIT;
    const square = [x, y, UNIT - UNIT_GAP, UNIT - UNIT_GAP] as const;
    const activation = activations?.[unit] ?? 0;
    context.globalAlpha = 1;
    context.fillStyle = track;
    context.fillRect(...square);
    context.globalAlpha = largest > 0 ? Math.abs(activation) / largest : 0;
    context.fillStyle = activation < 0 ? negative : positive;
    context.fillRect(...square);
  }
}
