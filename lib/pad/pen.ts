import type { Drawing, Point } from "./drawing.ts";

/** Events of the pen. */
export interface PenEvents {
  /** The drawing has changed. */
  readonly onChange: () => void;
  /** A stroke has ended or was removed: the drawing is at rest. */
  readonly onRest: () => void;
  /** The keyboard's pen is at a point, up or down, or hidden. */
  readonly onPen: (pen: { at: Point; down: boolean } | undefined) => void;
}

/** Pixels that a key moves the pen, without and with Shift. */
const STEP = 8;
const SMALL_STEP = 2;

/**
 * Directions of the keys that move the pen; the corner keys of a numeric pad move it diagonally.
 */
const MOVES: Readonly<Record<string, readonly [x: number, y: number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
  Home: [-1, -1],
  PageUp: [1, -1],
  End: [-1, 1],
  PageDown: [1, 1],
};

/** Handles drawing by mouse, finger and pen on the element that shows the drawing. */
export function listenToPointer(board: HTMLElement, drawing: Drawing, events: PenEvents): void {
  let pointer: number | undefined;
  const pointOf = ({ clientX, clientY }: PointerEvent): Point => {
    const { left, top, width, height } = board.getBoundingClientRect();
    return {
      x: (clientX - left) / width * drawing.width,
      y: (clientY - top) / height * drawing.height,
    };
  };
  board.addEventListener("pointerdown", (event) => {
    // Only one pointer draws at a time, to ignore a palm beside the pen.
    if (pointer !== undefined || event.button !== 0) return;
    pointer = event.pointerId;
    board.setPointerCapture(pointer);
    drawing.begin(pointOf(event));
    events.onPen(undefined);
    events.onChange();
  });
  board.addEventListener("pointermove", (event) => {
    if (event.pointerId !== pointer) return;
    // A fast pen reports several points between two frames.
    const coalesced = event.getCoalescedEvents?.() ?? [];
    for (const each of coalesced.length > 0 ? coalesced : [event]) drawing.extend(pointOf(each));
    events.onChange();
  });
  const end = (event: PointerEvent) => {
    if (event.pointerId !== pointer) return;
    pointer = undefined;
    events.onRest();
  };
  board.addEventListener("pointerup", end);
  board.addEventListener("pointercancel", end);
  board.addEventListener("lostpointercapture", end);
}

/**
 * Handles drawing by keyboard: Space puts the pen down and lifts it, the arrows move it.
 *
 * @returns a function that lifts the pen, to call when the drawing changes by other means
 */
export function listenToKeys(
  board: HTMLElement,
  drawing: Drawing,
  events: PenEvents,
): () => void {
  let at: Point = { x: drawing.width / 2, y: drawing.height / 2 };
  let down = false;
  const clamp = (value: number, most: number) => Math.max(0, Math.min(most, value));
  const lift = () => down = false;
  board.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const move = MOVES[event.key];
    if (move) {
      const step = event.shiftKey ? SMALL_STEP : STEP;
      at = {
        x: clamp(at.x + step * move[0], drawing.width),
        y: clamp(at.y + step * move[1], drawing.height),
      };
      if (down) drawing.extend(at);
    } else if (event.key === " ") {
      down = !down;
      if (down) drawing.begin(at);
      else events.onRest();
    } else return;
    event.preventDefault();
    events.onPen({ at, down });
    if (down) events.onChange();
  });
  board.addEventListener("focus", () => {
    if (board.matches(":focus-visible")) events.onPen({ at, down });
  });
  board.addEventListener("blur", () => {
    if (down) events.onRest();
    lift();
    events.onPen(undefined);
  });
  return lift;
}
