import { element, showDrawing } from "../pad/display.ts";
import { createDrawing, pictureOf, type Point } from "../pad/drawing.ts";
import { listenToKeys, listenToPointer } from "../pad/pen.ts";
import { preprocess } from "../picture/preprocess.ts";

/**
 * Lets the reader draw a digit.
 *
 * @param onDigit called with the digit in MNIST's frame, 784 bytes, while it is drawn; with `undefined`
 * once nothing is drawn
 */
export function drawingBoard(onDigit: (pixels: Uint8Array | undefined) => void): void {
  const board = element<HTMLCanvasElement>("board"), pen = element("pen");
  const undo = element<HTMLButtonElement>("undo"), clear = element<HTMLButtonElement>("clear");
  const drawing = createDrawing();
  let waiting = false;
  const update = () => {
    const isEmpty = drawing.strokes.length === 0;
    element("hint").hidden = !isEmpty;
    undo.disabled = clear.disabled = isEmpty;
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      showDrawing(board, drawing);
      onDigit(drawing.strokes.length > 0 ? preprocess(pictureOf(drawing))?.digit : undefined);
    });
  };
  const events = {
    onChange: update,
    onRest: update,
    onPen(state: { at: Point; down: boolean } | undefined) {
      pen.hidden = !state;
      if (!state) return;
      pen.classList.toggle("down", state.down);
      pen.style.left = `${100 * state.at.x / drawing.width}%`;
      pen.style.top = `${100 * state.at.y / drawing.height}%`;
    },
  };
  listenToPointer(board, drawing, events);
  const liftPen = listenToKeys(board, drawing, events);
  const change = (how: () => void) => {
    liftPen();
    how();
    update();
  };
  undo.addEventListener("click", () => change(drawing.undo));
  clear.addEventListener("click", () => change(drawing.clear));
  new ResizeObserver(() => showDrawing(board, drawing)).observe(board);
  matchMedia("(prefers-color-scheme: dark)")
    .addEventListener("change", () => showDrawing(board, drawing));
  update();
}
