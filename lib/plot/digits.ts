import { classMeans } from "../dataset/class_means.ts";
import { imageAt, type Samples } from "../dataset/dataset.ts";
import { type Figure, figure, type Heading } from "./figure.ts";
import { inkPicture, type TileOptions, tilePanel } from "./picture.ts";
import { SERIES } from "./theme.ts";

/** Options of {@linkcode digitGrid}. */
export interface DigitGridOptions extends TileOptions, Partial<Heading> {
  /** Line below each image; defaults to its class, none with an empty list. */
  readonly captions?: readonly string[];
  /** Positions in `indices` with emphasised captions, such as wrong predictions. */
  readonly marked?: readonly number[];
}

/**
 * Draws images of a dataset in rows, without interpolation.
 *
 * @param indices of the images, in order
 */
export function digitGrid(
  samples: Samples,
  indices: ArrayLike<number>,
  options: DigitGridOptions = {},
): Figure {
  const { captions, marked = [], title = "Images and their labels" } = options;
  const tiles = Array.from(indices, (index, i) => ({
    picture: inkPicture(samples.width, samples.height, imageAt(samples, index)),
    caption: captions === undefined ? String(samples.labels[index]) : captions[i],
    ...(marked.includes(i) && { color: SERIES[1].light }),
  }));
  return figure({ ...options, title }, [tilePanel(tiles, options)]);
}

/**
 * Draws the mean image of each class: common parts are dark, differences grey.
 *
 * @param classes names of the classes
 */
export function meanImages(samples: Samples, classes: readonly string[]): Figure {
  const tiles = classMeans(samples, classes.length).map((mean, label) => ({
    picture: inkPicture(samples.width, samples.height, mean.map(Math.round)),
    caption: classes[label],
  }));
  return figure({ title: "The mean image of each class" }, [tilePanel(tiles)]);
}
