import type { RasterImage } from "../picture/preprocess.ts";
import { drawLine } from "../dataset/raster.ts";

/** Pixels along a side of a drawing, whatever the size in which a screen shows it. */
export const SIDE = 224;
/** Half the width of the pen, in pixels. */
export const PEN_RADIUS = 9;

/** A place in a drawing, in pixels from its upper left corner. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** The path of the pen from where it is put down to where it is lifted: one point or more. */
export type Stroke = readonly Point[];

/** Strokes as pixels: 0 for paper, 255 for ink; they grow point by point. */
export interface Drawing {
  readonly strokes: readonly Stroke[];
  /** SIDE × SIDE bytes, row by row. */
  readonly ink: Uint8Array;
  /** Puts the pen down: a dot, and the beginning of a stroke. */
  begin(point: Point): void;
  /** Moves the pen on to a point: the last stroke grows. */
  extend(point: Point): void;
  /** Takes the last stroke back. */
  undo(): void;
  clear(): void;
}

/**
 * An empty drawing. The pixels depend on the strokes alone, not on the browser's canvas, whose soft
 * edges differ from one machine to the next.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { createDrawing, SIDE } from "./drawing.ts";
 * const drawing = createDrawing();
 * drawing.begin({ x: 50, y: 100 });
 * drawing.extend({ x: 150, y: 100 });
 * assert(drawing.ink[100 * SIDE + 100] === 255);
 * ```
 */
export function createDrawing(): Drawing {
  const strokes: Point[][] = [];
  const ink = new Uint8Array(SIDE * SIDE);
  const draw = (from: Point, to: Point) =>
    drawLine(ink, SIDE, SIDE, from.x, from.y, to.x, to.y, PEN_RADIUS);
  return {
    strokes,
    ink,
    begin(point) {
      strokes.push([point]);
      draw(point, point);
    },
    extend(point) {
      const stroke = strokes[strokes.length - 1];
      draw(stroke[stroke.length - 1], point);
      stroke.push(point);
    },
    undo() {
      strokes.pop();
      ink.fill(0);
      for (const stroke of strokes) {
        stroke.forEach((point, i) => draw(stroke[Math.max(0, i - 1)], point));
      }
    },
    clear() {
      strokes.length = 0;
      ink.fill(0);
    },
  };
}

/** Black ink on white paper, one byte a pixel. */
export function paper(ink: Uint8Array): Uint8Array {
  return ink.map((value) => 255 - value);
}

/** The drawing as a picture, as decoding its PNG gives it. */
export function pictureOf({ ink }: Drawing): RasterImage {
  const rgba = new Uint8Array(4 * ink.length).fill(255);
  paper(ink).forEach((value, i) => rgba.fill(value, 4 * i, 4 * i + 3));
  return { width: SIDE, height: SIDE, rgba };
}
