import { cos, sin } from "../base/elementary.ts";
import type { Random } from "../base/random.ts";
import { type Augmentation, parseAugmentation } from "./augmentation.ts";
import { elasticField } from "./elastic.ts";

/**
 * Distorts an image.
 *
 * @param source height × width bytes, not changed
 * @param target height × width bytes, overwritten; must not be the source
 * @param label the image's class, on which some distortions depend
 */
export type Augmenter = (source: Uint8Array, target: Uint8Array, label: number) => void;

/**
 * Returns a function that distorts images on the fly, each differently, using the next random numbers of
 * the stream. The same stream and the same images in the same order give the same bits.
 *
 * Every target pixel is sampled once from the source, with bilinear interpolation, at the position given
 * by rotation, shear, scaling, shift and elastic displacement together; outside the image is background.
 * Rotation, shear and scaling keep the centre of the image fixed, where MNIST's digits have their centre
 * of mass.
 *
 * @param specification see {@linkcode parseAugmentation}: `elastic(4, 34)`
 * @param random usually `randomStream(seed, "augment")`
 * @param width pixels per row; defaults to 28
 * @param height rows; defaults to 28
 * @throws {UserError} if the specification is invalid
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { randomStream } from "../base/random.ts";
 * import { augmenter } from "./augment.ts";
 * import { imageAt } from "./dataset.ts";
 * import { syntheticDigits } from "./synthetic.ts";
 *
 * const { train } = syntheticDigits({ train: 10, test: 0 });
 * const distort = augmenter("rotation(15) + elastic(4, 34)", randomStream(1, "augment"));
 * const distorted = new Uint8Array(784);
 * distort(imageAt(train, 0), distorted, train.labels[0]);
 * assert(distorted.some((ink, i) => ink !== imageAt(train, 0)[i]));
 * ```
 */
export function augmenter(
  specification: string,
  random: Random,
  width = 28,
  height = 28,
): Augmenter {
  const { value: augmentation } = parseAugmentation(specification);
  if (Object.keys(augmentation).length === 0) return (source, target) => target.set(source);
  const field = new Float64Array(2 * width * height);
  const drawField = augmentation.elastic &&
    elasticField(augmentation.elastic, width, height, random);
  const resample = resampler(width, height);
  return (source, target, label) => {
    const map = drawMap(augmentation, label, random);
    drawField?.(field);
    resample(source, target, map, field);
  };
}

/** Maps a target pixel at (x, y) from the centre to its source position, M (x, y) + (shiftX, shiftY). */
interface AffineMap {
  readonly xx: number;
  readonly xy: number;
  readonly yx: number;
  readonly yy: number;
  readonly shiftX: number;
  readonly shiftY: number;
}

/** Draws the affine part: shear, then rotation, then scaling, then the shift. */
function drawMap(augmentation: Augmentation, label: number, random: Random): AffineMap {
  const between = (limit: number) => limit === 0 ? 0 : limit * (2 * random.uniform() - 1);
  const { tilt, rotation = 0, shear = 0, scaling = 0, translation = 0 } = augmentation;
  let turn = between(rotation), slant = between(shear);
  if (tilt) {
    const angle = between(label === 1 || label === 7 ? tilt.degreesOf1And7 : tilt.degrees);
    if (random.uniform() < 0.5) turn += angle;
    else slant += angle;
  }
  const toX = 1 / (1 + between(scaling) / 100), toY = 1 / (1 + between(scaling) / 100);
  const c = cos(turn * Math.PI / 180), s = sin(turn * Math.PI / 180);
  const k = sin(slant * Math.PI / 180) / cos(slant * Math.PI / 180);
  return {
    xx: (c + k * s) * toX,
    xy: (k * c - s) * toY,
    yx: s * toX,
    yy: c * toY,
    shiftX: between(translation),
    shiftY: between(translation),
  };
}

/** Bilinear interpolation in a copy of the image with a background border, which avoids edge tests. */
function resampler(width: number, height: number) {
  const line = width + 3;
  const framed = new Uint8Array(line * (height + 3));
  const centreX = width / 2, centreY = height / 2;
  return (source: Uint8Array, target: Uint8Array, map: AffineMap, field: Float64Array): void => {
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) framed[(y + 1) * line + x + 1] = source[y * width + x];
    }
    const { xx, xy, yx, yy } = map;
    for (let y = 0, i = 0; y < height; y++) {
      const v = y - centreY;
      const startX = xy * v + centreX + map.shiftX + 1;
      const startY = yy * v + centreY + map.shiftY + 1;
      for (let x = 0; x < width; x++, i++) {
        const u = x - centreX;
        let sx = xx * u + startX + field[2 * i];
        let sy = yx * u + startY + field[2 * i + 1];
        sx = sx < 0 ? 0 : sx > width + 1 ? width + 1 : sx;
        sy = sy < 0 ? 0 : sy > height + 1 ? height + 1 : sy;
        const left = sx | 0, top = sy | 0;
        const at = top * line + left;
        const right = sx - left, below = sy - top;
        const upper = framed[at] + right * (framed[at + 1] - framed[at]);
        const lower = framed[at + line] + right * (framed[at + line + 1] - framed[at + line]);
        target[i] = upper + below * (lower - upper) + 0.5;
      }
    }
  };
}
