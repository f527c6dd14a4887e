import { max } from "../base/statistics.ts";
import { UserError } from "../base/user_error.ts";
import { coloredPicture, divergingScale, scaleLegend, stack } from "./color_scale.ts";
import { formatNumber } from "./curves.ts";
import { type Figure, figure, type Heading } from "./figure.ts";
import { type TileOptions, tilePanel } from "./picture.ts";

/** How {@linkcode pixelMaps} lays its pictures out and what it says of them. */
export interface PixelMapOptions extends TileOptions, Heading {
  /** A line below each picture. */
  readonly captions?: readonly string[];
  /** The number with the darkest colour; the largest there is unless given. */
  readonly limit?: number;
  /** Pixels in a row of a picture; the numbers are taken as a square unless given. */
  readonly imageWidth?: number;
}

/**
 * Lists of numbers, one number a pixel, as pictures: blue above 0, red below, white at 0. All share
 * one scale of colours, from the limit to its negative.
 *
 * @throws {UserError} when the numbers are no rectangle of that width
 */
export function pixelMaps(
  lists: readonly ArrayLike<number>[],
  options: PixelMapOptions,
): Figure {
  const size = lists[0]?.length ?? 0;
  const width = options.imageWidth ?? Math.sqrt(size);
  if (!Number.isInteger(width) || size === 0 || size % width !== 0) {
    throw new UserError(`${size} inputs are no image ${width} pixels wide; say imageWidth`);
  }
  const largest = (numbers: ArrayLike<number>) => max(Array.from(numbers), Math.abs) ?? 0;
  const limit = options.limit ?? max(lists, largest) ?? 0;
  const color = divergingScale(limit);
  const tiles = lists.map((numbers, i) => ({
    picture: coloredPicture(width, size / width, numbers, color),
    caption: options.captions?.[i],
  }));
  const ends = [`−${formatNumber(limit)}`, "0", formatNumber(limit)];
  const legend = scaleLegend(color, -limit, limit, ends);
  return figure(options, [stack(tilePanel(tiles, options), legend)]);
}
