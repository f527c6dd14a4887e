import type { RasterImage } from "../picture/preprocess.ts";
import { drawLine } from "../dataset/raster.ts";
import type { ImageKind } from "../network/architecture.ts";
import { rectangleMean } from "../picture/preprocess/plane.ts";

/** Pixels along the longer side of a drawing, independent of its size on the screen. */
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

/** Pixels in a row, and rows. */
export type Size = Pick<ImageKind, "width" | "height">;

/** Strokes and their pixels, 0 for paper to 255 for ink, updated point by point. */
export interface Drawing extends Size {
  readonly strokes: readonly Stroke[];
  /** width × height bytes, row by row. */
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
 * @param size in pixels; defaults to a square
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
export function createDrawing({ width, height }: Size = { width: SIDE, height: SIDE }): Drawing {
  const strokes: Point[][] = [];
  const ink = new Uint8Array(width * height);
  const draw = (from: Point, to: Point) =>
    drawLine(ink, width, height, from.x, from.y, to.x, to.y, PEN_RADIUS);
  return {
    width,
    height,
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
export function pictureOf({ width, height, ink }: Drawing): RasterImage {
  const rgba = new Uint8Array(4 * ink.length).fill(255);
  paper(ink).forEach((value, i) => rgba.fill(value, 4 * i, 4 * i + 3));
  return { width, height, rgba };
}

/** The size of a drawing with the proportions of some images, its longer side {@linkcode SIDE}. */
export function drawingSize({ width, height }: Size): Size {
  const scale = SIDE / Math.max(width, height);
  return {
    width: Math.max(1, Math.round(width * scale)),
    height: Math.max(1, Math.round(height * scale)),
  };
}

/** The whole drawing as an image of another size: a pixel is the mean of the ink that it covers. */
export function wholeDrawing(drawing: Drawing, { width, height }: Size): Uint8Array {
  const values = Float32Array.from(drawing.ink, (ink) => ink / 255);
  const mean = rectangleMean({ width: drawing.width, height: drawing.height, values });
  const across = drawing.width / width, down = drawing.height / height;
  return Uint8Array.from({ length: width * height }, (_, i) => {
    const x = i % width * across, y = Math.floor(i / width) * down;
    return Math.floor(255 * mean(x, y, x + across, y + down) + 0.5);
  });
}
