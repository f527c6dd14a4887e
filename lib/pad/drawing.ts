import type { RasterImage } from "../picture/preprocess.ts";
import { drawLine } from "../dataset/raster.ts";

/** Pixels along a side of a drawing, independent of its size on the screen. */
export const SIDE = 224;
/** Half the width of the pen, in pixels. */
export const PEN_RADIUS = 9;

/** A point in a drawing, in pixels from the upper left corner. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** The path of the pen from pressing to lifting it: one point or more. */
export type Stroke = readonly Point[];

/** Strokes and their pixels, 0 for paper to 255 for ink, updated point by point. */
export interface Drawing {
  readonly strokes: readonly Stroke[];
  /** SIDE × SIDE bytes, row by row. */
  readonly ink: Uint8Array;
  /** Begins a stroke with a dot. */
  begin(point: Point): void;
  /** Extends the last stroke to a point. */
  extend(point: Point): void;
  /** Removes the last stroke. */
  undo(): void;
  clear(): void;
}

/**
 * Creates an empty drawing. The pixels depend only on the strokes, not on the browser's canvas,
 * whose anti-aliasing differs between machines.
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

/** The drawing as an image, equal to the decoded PNG. */
export function pictureOf({ ink }: Drawing): RasterImage {
  const rgba = new Uint8Array(4 * ink.length).fill(255);
  paper(ink).forEach((value, i) => rgba.fill(value, 4 * i, 4 * i + 3));
  return { width: SIDE, height: SIDE, rgba };
}
