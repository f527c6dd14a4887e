/**
 * The script of the drawing pad, which runs the project's preprocessing and network in the page.
 * @module
 */
import { encode } from "fast-png";
import { shareText } from "../base/number_text.ts";
import { UserError } from "../base/user_error.ts";
import { preprocess } from "../picture/preprocess.ts";
import { type Classification, classifier } from "../recognition/classify.ts";
import { runnerUp } from "../recognition/runner_up.ts";
import {
  element,
  makeBars,
  makeHidden,
  makeSeen,
  showDrawing,
  showHidden,
  showProbabilities,
  showSeen,
} from "./display.ts";
import {
  createDrawing,
  drawingSize,
  paper,
  pictureOf,
  type Point,
  SIDE,
  wholeDrawing,
} from "./drawing.ts";
import { decodeModel } from "./embedded_model.ts";
import { listenToKeys, listenToPointer } from "./pen.ts";

const model = decodeModel(element("model").textContent!);
const classify = classifier(model);
const { images } = classify;
const drawing = createDrawing(images.framed ? { width: SIDE, height: SIDE } : drawingSize(images));
const board = element<HTMLCanvasElement>("board"), seen = element<HTMLCanvasElement>("seen");
const undo = element<HTMLButtonElement>("undo"), clear = element<HTMLButtonElement>("clear");
const download = element<HTMLButtonElement>("download");
board.parentElement!.style.aspectRatio = `${drawing.width} / ${drawing.height}`;
makeBars(images);
makeSeen(seen, images);
const layers = makeHidden(model.architecture);

let answer: Classification | undefined;
/** The reason why there is no answer. */
let problem = "";

/** The network's input: the writing in MNIST's frame, or the whole drawing. */
function pixelsOf(): Uint8Array | undefined {
  if (drawing.strokes.length === 0) return undefined;
  return images.framed ? preprocess(pictureOf(drawing))?.digit : wholeDrawing(drawing, images);
}

/** Recognises the drawing and updates the page. */
function recognize(): void {
  const pixels = pixelsOf();
  problem = drawing.strokes.length > 0 ? "no digit found" : "nothing drawn yet";
  answer = undefined;
  try {
    answer = pixels && classify(pixels);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    problem = "the network overflows";
  }
  showProbabilities(answer, problem, images);
  showSeen(seen, pixels);
  layers.forEach((canvas, l) =>
    showHidden(canvas, model.architecture.layers[l + 1], answer?.hidden[l])
  );
}

let drawWaiting = false, recognitionWaiting = false, pause = 0;

/** Draws the ink in every frame; recognition gets at most half of the time. */
function update(): void {
  const empty = drawing.strokes.length === 0;
  element("hint").hidden = !empty;
  undo.disabled = clear.disabled = download.disabled = empty;
  if (!drawWaiting) {
    drawWaiting = true;
    requestAnimationFrame(() => {
      drawWaiting = false;
      showDrawing(board, drawing);
    });
  }
  if (recognitionWaiting) return;
  recognitionWaiting = true;
  setTimeout(() => {
    recognitionWaiting = false;
    const begun = performance.now();
    recognize();
    pause = performance.now() - begun;
  }, pause);
}

/** Shows the answer and announces it to screen readers once the pen rests. */
function announce(): void {
  recognize();
  element("status").textContent = drawing.strokes.length === 0
    ? "Cleared"
    : answer
    ? announcement(answer)
    : problem[0].toUpperCase() + problem.slice(1);
}

function announcement(answer: Classification): string {
  const { label, probabilities } = answer, second = runnerUp(answer);
  const text = (c: number) => `${images.classes[c]}, ${shareText(probabilities[c])}`;
  return second === label ? text(label) : `${text(label)}; then ${text(second)}`;
}

const events = {
  onChange: update,
  onRest: announce,
  onPen(state: { at: Point; down: boolean } | undefined) {
    const pen = element("pen");
    pen.hidden = !state;
    if (!state) return;
    pen.classList.toggle("down", state.down);
    pen.style.left = `${100 * state.at.x / drawing.width}%`;
    pen.style.top = `${100 * state.at.y / drawing.height}%`;
  },
};
listenToPointer(board, drawing, events);
const liftPen = listenToKeys(board, drawing, events);

function change(how: () => void): void {
  // A disabled button would lose the focus.
  const focused = document.activeElement;
  liftPen();
  events.onPen(undefined);
  how();
  update();
  announce();
  if (focused instanceof HTMLButtonElement && focused.disabled) board.focus();
}

undo.addEventListener("click", () => change(drawing.undo));
clear.addEventListener("click", () => change(drawing.clear));
download.addEventListener("click", () => {
  // `predict` recognises the file as the page does: it frames ink on paper, or uses the pixels directly.
  const picture = images.framed
    ? { width: drawing.width, height: drawing.height, data: paper(drawing.ink) }
    : { width: images.width, height: images.height, data: wholeDrawing(drawing, images) };
  const png = encode({
    ...picture,
    channels: 1,
    depth: 8,
  });
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([new Uint8Array(png)], { type: "image/png" }));
  link.download = images.framed ? "digit.png" : "drawing.png";
  link.click();
  // The browser reads it after this event.
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
});
document.addEventListener("keydown", (event) => {
  const isUndo = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z";
  if (isUndo && !undo.disabled) change(drawing.undo);
  else if (event.key === "Delete" && !clear.disabled) change(drawing.clear);
  else return;
  event.preventDefault();
});

function redraw(): void {
  showDrawing(board, drawing);
  recognize();
}
new ResizeObserver(() => showDrawing(board, drawing)).observe(board);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
update();
