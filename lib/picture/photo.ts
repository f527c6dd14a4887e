import { cos, sin } from "../base/elementary.ts";
import { type Random, randomStream } from "../base/random.ts";
import { loadSharp } from "./picture_file.ts";
import { bilinear, type Plane, type RasterImage } from "./preprocess/plane.ts";

/** Options of {@linkcode photograph}. */
export interface PhotoOptions {
  /** Side of the photo in pixels; defaults to 200. */
  readonly size?: number;
  /** Dark ink on light paper instead of MNIST's light on dark. */
  readonly inverted?: boolean;
  /** Grey paper whose lighting falls from 90 % to 45 % across the photo, in a random direction. */
  readonly gradient?: boolean;
  /** The paper's grain: normal noise with this standard deviation; black to white is 1. */
  readonly grain?: number;
  /** Six pale blue lines per picture, with a slope of up to 2 degrees. */
  readonly ruled?: boolean;
  /** Rotation by this many degrees, in a random direction. */
  readonly rotation?: number;
  /** Saved as JPEG of this quality, 1 to 100, instead of PNG. */
  readonly jpegQuality?: number;
}

/** The photos for measuring robustness, from an MNIST digit to all effects at once. */
export const PHOTOS: readonly (PhotoOptions & { readonly name: string })[] = [
  { name: "28×28 PNG", size: 28 },
  { name: "28×28 JPEG", size: 28, jpegQuality: 90 },
  { name: "inverted", inverted: true },
  { name: "grey paper, lighting gradient", inverted: true, gradient: true },
  { name: "grain", inverted: true, grain: 0.06 },
  { name: "ruled lines", inverted: true, ruled: true },
  { name: "rotated ±10°", inverted: true, rotation: 10 },
  { name: "200 pixels" },
  { name: "2,000 pixels", size: 2000 },
  { name: "JPEG quality 30", inverted: true, jpegQuality: 30 },
  {
    name: "all at once",
    size: 400,
    inverted: true,
    gradient: true,
    grain: 0.04,
    ruled: true,
    rotation: 10,
    jpegQuality: 30,
  },
];

/** Share of the light absorbed by full ink. */
const INK = 0.85;
/** The colour of the paper's lines: the share of red, green and blue that they reflect. */
const LINE = [0.68, 0.78, 0.92];
const LINES = 6;
/** Thickness of a line, as a share of the picture's height. */
const LINE_THICKNESS = 0.008;

/**
 * Renders a synthetic photo of a digit on paper.
 *
 * @param digit 28×28 bytes, 0 background, 255 ink
 * @param random determines directions and slopes; the same stream gives the same photo
 */
export function photograph(
  digit: Uint8Array,
  options: PhotoOptions,
  random: Random,
): RasterImage {
  const { size = 200, inverted, gradient, grain = 0, ruled, rotation = 0 } = options;
  const ink: Plane = { width: 28, height: 28, values: Float32Array.from(digit, (v) => v / 255) };
  const scale = 28 / size;
  const turn = rotation * Math.PI / 180 * (random.uniform() < 0.5 ? -1 : 1);
  const c = cos(turn) * scale, s = sin(turn) * scale;
  const lit = lighting(size, random), line = ruling(size, random);
  const rgba = new Uint8Array(4 * size * size);
  for (let y = 0, i = 0; y < size; y++) {
    const v = y + 0.5 - size / 2;
    for (let x = 0; x < size; x++, i += 4) {
      const u = x + 0.5 - size / 2;
      const dark = bilinear(ink, c * u - s * v + 13.5, s * u + c * v + 13.5);
      const paper = (gradient ? lit(x, y) : 1) * (1 - INK * dark);
      const noise = grain === 0 ? 0 : grain * random.normal();
      for (let channel = 0; channel < 3; channel++) {
        const tint = ruled ? line(x, y, channel) : 1;
        const value = inverted ? paper * tint + noise : dark * tint + noise;
        rgba[i + channel] = Math.max(0, Math.min(255, Math.floor(255 * value + 0.5)));
      }
      rgba[i + 3] = 255;
    }
  }
  return { width: size, height: size, rgba };
}

/** Returns lighting that decreases from one side to the other. */
function lighting(size: number, random: Random): (x: number, y: number) => number {
  const angle = 2 * Math.PI * random.uniform();
  const towardsX = cos(angle) / size, towardsY = sin(angle) / size;
  return (x, y) =>
    0.675 + 0.225 * (towardsX * (2 * x - size) + towardsY * (2 * y - size)) / Math.SQRT2;
}

/** Returns the share of a channel that the paper's lines reflect. */
function ruling(
  size: number,
  random: Random,
): (x: number, y: number, channel: number) => number {
  const slope = 0.035 * (2 * random.uniform() - 1), start = random.uniform();
  return (x, y, channel) => {
    const height = (y + slope * x) / size * LINES + start;
    return height - Math.floor(height) < LINE_THICKNESS * LINES ? LINE[channel] : 1;
  };
}

/** Encodes a photo: as JPEG if the options give a quality, otherwise as PNG. */
export async function encodePhoto(
  { width, height, rgba }: RasterImage,
  { jpegQuality }: PhotoOptions = {},
): Promise<Uint8Array> {
  const sharp = await loadSharp();
  const picture = sharp(rgba, { raw: { width, height, channels: 4 } }).removeAlpha();
  const file = jpegQuality ? picture.jpeg({ quality: jpegQuality }) : picture.png();
  return new Uint8Array(await file.toBuffer());
}

/**
 * Returns the file of a synthetic photo of a digit: {@linkcode photograph} and {@linkcode encodePhoto}.
 *
 * @param digit 28×28 bytes, 0 background, 255 ink
 * @param seed determines directions and slopes; the same seed gives the same photo
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { photoFile } from "./photo.ts";
 * const file = await photoFile(new Uint8Array(784), { size: 50, grain: 0.05 }, 1);
 * assert(file[0] === 0x89); // a PNG
 * ```
 */
export async function photoFile(
  digit: Uint8Array,
  options: PhotoOptions,
  seed: number,
): Promise<Uint8Array> {
  return await encodePhoto(photograph(digit, options, randomStream(seed, "data")), options);
}
