import { BOX, CENTRE, SIDE } from "./mnist_frame.ts";
import { inkContrast } from "./preprocess/contrast.ts";
import { toGrey } from "./preprocess/grey.ts";
import {
  boundingBox,
  type Box,
  crop,
  type Ink,
  longerSide,
  separateInk,
} from "./preprocess/ink.ts";
import {
  emptyPlane,
  mapPlane,
  type Plane,
  type RasterImage,
  rectangleMean,
} from "./preprocess/plane.ts";
import { moveEdge, signedDistance, strokeWidth } from "./preprocess/stroke_width.ts";

export type { Plane, RasterImage } from "./preprocess/plane.ts";

/** A digit found in a picture, and the results of each stage. */
export interface Preprocessed {
  /** The picture in grey, 0 black to 1 white; for a small digit, only its part of the picture. */
  readonly grey: Plane;
  /** The digit's ink: 0 paper, 1 ink. */
  readonly ink: Plane;
  /** The part around the digit, with strokes adjusted to MNIST's width. */
  readonly cropped: Plane;
  /** The digit in MNIST's format: 784 bytes, row by row, 0 background, 255 ink. */
  readonly digit: Uint8Array;
}

/**
 * Range of MNIST's stroke widths, in pixels of the 28×28 image: the 1st and 99th percentiles, as measured by
 * `strokeWidth`. Strokes outside this range are adjusted to the nearer end.
 */
const THINNEST = 1.3;
const THICKEST = 4.8;
/** Anything wider is not a stroke but a reflection or a blot. MNIST's widest stroke is 8.5. */
const NO_STROKE = 10;

/**
 * Longer side of a digit between its edges (half ink), in pixels of the 28×28 image: the median of MNIST's
 * test images.
 */
const EXTENT = 19.9;

/** A digit is small in a picture if its longer side is less than this share of the picture's. */
const SMALL_DIGIT = 0.4;

/** Width in pixels of the window averaged for each pixel, as MNIST's digits were scaled with a soft filter. */
const WINDOW = 1.2;

/**
 * Converts a picture of one digit to a 28×28 image in MNIST's format: converts to grey, separates ink from
 * paper (dark on light or light on dark, with any lighting, grain or ruled lines), crops, fits the digit into
 * 20×20 preserving its proportions, adjusts its strokes to MNIST's width, and centres its centre of mass.
 *
 * A picture that already has this format is not changed, to the byte (inverted if its ink is dark).
 *
 * Plain arithmetic on plain arrays gives the same bytes in a browser and on the command line.
 *
 * @returns `undefined` if no digit is found
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { preprocess } from "./preprocess.ts";
 * const rgba = new Uint8Array(4 * 100 * 100).fill(255);
 * assert(preprocess({ width: 100, height: 100, rgba }) === undefined); // a blank page
 * for (let y = 20; y < 80; y++) rgba.fill(0, 4 * (100 * y + 45), 4 * (100 * y + 53));
 * for (let i = 3; i < rgba.length; i += 4) rgba[i] = 255;
 * const one = preprocess({ width: 100, height: 100, rgba });
 * assert(one?.digit[14 * 28 + 14] === 255);
 * ```
 */
export function preprocess(image: RasterImage): Preprocessed | undefined {
  const framed = alreadyFramed(image);
  if (framed) return framed;
  const found = findInk(image);
  if (!found) return undefined;
  const { grey, ink } = lookCloser(image, found);
  const cropped = normaliseStrokes(ink);
  return cropped && { grey, ink: ink.plane, cropped, digit: intoFrame(cropped) };
}

function findInk(image: RasterImage): { grey: Plane; ink: Ink } | undefined {
  const grey = toGrey(image);
  const ink = separateInk(inkContrast(grey));
  return ink && { grey, ink };
}

/** Repeats the search for a digit that is small in a large picture, in its part of the picture. */
function lookCloser(image: RasterImage, found: { grey: Plane; ink: Ink }) {
  const { grey, ink: { box } } = found;
  const scale = image.width / grey.width;
  const longer = longerSide(box);
  if (scale <= 1.5 || longer > SMALL_DIGIT * Math.max(grey.width, grey.height)) return found;
  return findInk(cutOut(image, {
    left: Math.floor((box.left - longer / 2) * scale),
    top: Math.floor((box.top - longer / 2) * scale),
    right: Math.ceil((box.right + longer / 2) * scale),
    bottom: Math.ceil((box.bottom + longer / 2) * scale),
  })) ?? found;
}

/** Crops a picture to the part of a box that is within the picture. */
function cutOut({ width, height, rgba }: RasterImage, box: Box): RasterImage {
  const left = Math.max(0, box.left), right = Math.min(width, box.right);
  const top = Math.max(0, box.top), bottom = Math.min(height, box.bottom);
  const part = new Uint8Array(4 * (right - left) * (bottom - top));
  for (let y = top; y < bottom; y++) {
    const from = 4 * (y * width + left);
    part.set(rgba.subarray(from, from + 4 * (right - left)), 4 * (y - top) * (right - left));
  }
  return { width: right - left, height: bottom - top, rgba: part };
}

/**
 * Crops the digit, and widens or thins strokes outside MNIST's range.
 *
 * @returns `undefined` if it has no strokes
 */
function normaliseStrokes({ plane, box }: Ink): Plane | undefined {
  const longer = longerSide(box);
  const close = crop(plane, box, 2);
  const width = strokeWidth(close);
  const scaled = width * EXTENT / longer;
  if (scaled > NO_STROKE) return undefined;
  const wanted = Math.max(THINNEST, Math.min(THICKEST, scaled));
  if (wanted === scaled) return close;
  // The pen's path, longer − width, must fill EXTENT − wanted.
  const scale = (EXTENT - wanted) / Math.max(1, longer - width);
  const growth = (wanted / scale - width) / 2;
  const margin = Math.ceil(Math.max(0, growth)) + 2;
  return moveEdge(signedDistance(crop(plane, box, margin)), growth);
}

/** Scales the digit so that its longer side fills the box, and centres its centre of mass. */
function intoFrame(plane: Plane): Uint8Array {
  const pixel = longerSide(boundingBox(plane)) / EXTENT;
  const mean = rectangleMean(plane);
  const { x, y } = centreOfMass(plane);
  const digit = new Uint8Array(SIDE * SIDE);
  for (let row = 0, i = 0; row < SIDE; row++) {
    const middleY = y + (row - CENTRE) * pixel;
    for (let column = 0; column < SIDE; column++, i++) {
      const middleX = x + (column - CENTRE) * pixel;
      const half = WINDOW * pixel / 2;
      const ink = mean(middleX - half, middleY - half, middleX + half, middleY + half);
      digit[i] = Math.floor(255 * ink + 0.5);
    }
  }
  return digit;
}

/** Computes the centre of mass in pixels; the first pixel's centre is at 0.5. */
function centreOfMass({ width, values }: Plane): { x: number; y: number } {
  let mass = 0, massX = 0, massY = 0;
  values.forEach((ink, i) => {
    mass += ink;
    massX += ink * (i % width + 0.5);
    massY += ink * (Math.floor(i / width) + 0.5);
  });
  return { x: massX / mass, y: massY / mass };
}

/** Returns the unchanged picture if it is grey, 28×28 and framed as in MNIST, on black or on white. */
function alreadyFramed(image: RasterImage): Preprocessed | undefined {
  if (image.width !== SIDE || image.height !== SIDE) return undefined;
  const light = new Uint8Array(SIDE * SIDE);
  for (let i = 0; i < light.length; i++) {
    const [red, green, blue, opacity] = image.rgba.subarray(4 * i, 4 * i + 4);
    if (opacity !== 255 || Math.max(red, green, blue) - Math.min(red, green, blue) > 3) {
      return undefined;
    }
    light[i] = green;
  }
  const digit = [light, light.map((value) => 255 - value)].find(isFramed);
  if (!digit) return undefined;
  const plane = (bytes: Uint8Array) => mapPlane(emptyPlane(SIDE, SIDE), (_, i) => bytes[i] / 255);
  const ink = plane(digit);
  return { grey: plane(light), ink, cropped: ink, digit };
}

/**
 * Returns `true` if the ink (above JPEG's noise) is within a 20×20 box, fills it in one direction, and has
 * its centre of mass within a pixel of the centre.
 */
function isFramed(bytes: Uint8Array): boolean {
  const faint = 40 / 255;
  const ink = mapPlane(
    emptyPlane(SIDE, SIDE),
    (_, i) => bytes[i] / 255 < faint ? 0 : bytes[i] / 255,
  );
  const box = boundingBox(mapPlane(ink, (value) => value > 0 ? 1 : 0));
  const longer = longerSide(box);
  if (!(longer >= BOX - 2 && longer <= BOX)) return false;
  const { x, y } = centreOfMass(ink);
  return Math.abs(x - CENTRE - 0.5) <= 1 && Math.abs(y - CENTRE - 0.5) <= 1;
}
