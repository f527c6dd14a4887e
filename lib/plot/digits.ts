import { classMeans } from "../dataset/class_means.ts";
import { imageAt, type Samples } from "../dataset/dataset.ts";
import { type Figure, figure, type Heading } from "./figure.ts";
import { inkPicture, type TileOptions, tilePanel } from "./picture.ts";
import { SERIES } from "./theme.ts";

/** How a grid of images is drawn. */
export interface DigitGridOptions extends TileOptions, Partial<Heading> {
  /** A line below each image; its class unless given, none with an empty list. */
  readonly captions?: readonly string[];
  /** Places in `indices` whose captions stand out, such as wrong predictions. */
  readonly marked?: readonly number[];
}

/**
 * Images of a dataset in rows, every pixel sharp.
 *
 * @param indices which images, in order
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
 * The mean of all images of each class: what is common to them is dark, where they differ is grey.
 *
 * @param classes what the labels stand for
 */
export function meanImages(samples: Samples, classes: readonly string[]): Figure {
  const tiles = classMeans(samples, classes.length).map((mean, label) => ({
    picture: inkPicture(samples.width, samples.height, mean.map(Math.round)),
    caption: classes[label],
  }));
  return figure({ title: "The mean image of each class" }, [tilePanel(tiles)]);
}
