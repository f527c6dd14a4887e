import { numberText } from "../base/number_text.ts";
import { max } from "../base/statistics.ts";
import { UserError } from "../base/user_error.ts";
import { coloredPicture, divergingScale, scaleLegend, stack } from "./color_scale.ts";
import { type Figure, figure, type Heading } from "./figure.ts";
import { type TileOptions, tilePanel } from "./picture.ts";

/** Options of {@linkcode pixelMaps}. */
export interface PixelMapOptions extends TileOptions, Heading {
  /** Captions of the pictures. */
  readonly captions?: readonly string[];
  /** Number with the darkest colour; defaults to the largest magnitude. */
  readonly limit?: number;
  /** Pixels per row of a picture; defaults to that of a square. */
  readonly imageWidth?: number;
}

/**
 * Draws lists of numbers as pictures, one pixel per number: blue above 0, red below, white at 0. All share
 * one colour scale, from −limit to limit.
 *
 * @throws {UserError} if the numbers do not form a rectangle of that width
 */
export function pixelMaps(
  lists: readonly ArrayLike<number>[],
  options: PixelMapOptions,
): Figure {
  const size = lists[0]?.length ?? 0;
  const width = options.imageWidth ?? Math.sqrt(size);
  if (!Number.isInteger(width) || size === 0 || size % width !== 0) {
    throw new UserError(`${size} inputs do not form an image ${width} pixels wide; set imageWidth`);
  }
  const largest = (numbers: ArrayLike<number>) => max(Array.from(numbers), Math.abs) ?? 0;
  const limit = options.limit ?? max(lists, largest) ?? 0;
  const color = divergingScale(limit);
  const tiles = lists.map((numbers, i) => ({
    picture: coloredPicture(width, size / width, numbers, color),
    caption: options.captions?.[i],
  }));
  const ends = [numberText(-limit), "0", numberText(limit)];
  const legend = scaleLegend(color, -limit, limit, ends);
  return figure(options, [stack(tilePanel(tiles, options), legend)]);
}
