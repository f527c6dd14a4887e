import type { Architecture } from "../network/architecture.ts";
import type { Classification } from "../recognition/classify.ts";
import { percent } from "../recognition/percent.ts";
import { type Drawing, PEN_RADIUS, SIDE } from "./drawing.ts";

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
export function showDrawing(board: HTMLCanvasElement, { strokes }: Drawing): void {
  const size = Math.max(1, Math.round(board.clientWidth * devicePixelRatio));
  if (board.width !== size) board.width = board.height = size;
  const context = board.getContext("2d")!;
  context.setTransform(size / SIDE, 0, 0, size / SIDE, 0, 0);
  context.clearRect(0, 0, SIDE, SIDE);
  context.lineWidth = 2 * PEN_RADIUS;
  context.lineCap = context.lineJoin = "round";
  context.strokeStyle = color("text");
  for (const stroke of strokes) {
    context.beginPath();
    for (const { x, y } of [stroke[0], ...stroke]) context.lineTo(x, y);
    context.stroke();
  }
}

/** Creates the ten bars, which {@linkcode showProbabilities} updates. */
export function makeBars(): void {
  for (let digit = 0; digit < 10; digit++) {
    const item = document.createElement("li");
    const value = document.createElement("data"), bar = document.createElement("span");
    const name = document.createElement("b");
    bar.className = "bar";
    name.textContent = String(digit);
    item.append(value, bar, name);
    element("probabilities").append(item);
  }
}

/** Shows the digit, its probability and a bar for each class; clears them without an answer. */
export function showProbabilities(answer: Classification | undefined, reason: string): void {
  document.body.classList.toggle("empty", !answer);
  element("digit").textContent = answer ? String(answer.digit) : "?";
  element("confidence").textContent = answer
    ? `${percent(answer.probabilities[answer.digit])} sure`
    : reason;
  [...element("probabilities").children].forEach((item, digit) => {
    const probability = answer?.probabilities[digit] ?? 0;
    const [value, bar] = item.children as unknown as [HTMLDataElement, HTMLElement];
    value.value = answer ? String(probability) : "";
    value.textContent = answer ? `${Math.round(100 * probability)} %` : "";
    bar.style.setProperty("--probability", String(probability));
    item.classList.toggle("best", answer?.digit === digit);
  });
}

/** Draws the 28×28 bytes, dark on light or light on dark as the page is. */
export function showSeen(canvas: HTMLCanvasElement, digit: Uint8Array | undefined): void {
  const context = canvas.getContext("2d")!;
  const image = context.createImageData(28, 28);
  const dark = matchMedia("(prefers-color-scheme: dark)").matches;
  for (let i = 0; i < 784; i++) {
    const ink = digit?.[i] ?? 0;
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
