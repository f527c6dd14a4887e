import { decimalNumber } from "../base/number.ts";
import { plural } from "../base/number_text.ts";

/** Width and height of an image, in pixels. */
export interface ImageSize {
  readonly width: number;
  readonly height: number;
}

/** Columns of the values of an image in a line of CSV. */
export interface CsvLayout extends ImageSize {
  /** `true` if the first line is a header. */
  readonly named: boolean;
  /** Number of columns of every line. */
  readonly columns: number;
  /** Column of the label; −1 if there is none. */
  readonly label: number;
  /** Columns of the pixels, in the order of the image. */
  readonly pixels: Uint32Array;
}

/** Names of the label column in this project, Kaggle, OpenML and scikit-learn. */
const LABEL = /^(label|labels|class|target|y)$/i;
/** Names of an index column; pandas writes its index without a name. */
const INDEX = /^(|unnamed: 0|index|id)$/i;
/** A pixel's row and column. */
const PLACE = /^(\d+)x(\d+)$/i;
/** More consecutive numbers than this are a header: no image begins like that. */
const FEW = 10;

/**
 * Detects the columns of the label and the pixels from the first line of a file.
 *
 * - The label is the column named `label` (`labels`, `class`, `target`, `y`). Without such a name it is the
 *   first column, unless the number of columns is that of a square image's pixels: then there are no
 *   labels. A first field that is not a number is a label.
 * - A first column without a name, or named `Unnamed: 0`, `index` or `id`, is pandas' index and ignored.
 * - The size is `size`, or given by names such as `1x1,1x2,…,5x3` (row, column), or that of a square.
 *
 * @param refuse throws the error for the first line, given the problem
 */
export function csvLayout(
  row: readonly string[],
  size: ImageSize | undefined,
  refuse: (message: string) => never,
): CsvLayout {
  const names = isHeader(row) ? row.map((name) => name.trim()) : undefined;
  const index = names && INDEX.test(names[0]) ? 0 : -1;
  const places = names?.filter((name) => PLACE.test(name)) ?? [];
  const shape = places.length > 0 ? shapeOf(places, size, refuse) : size;
  const isImage = (count: number) =>
    shape
      ? count === shape.width * shape.height
      // A single pixel is not an image: otherwise any text would be a list of images.
      : count > 1 && Number.isInteger(Math.sqrt(count));
  const label = labelColumn(names, row, index, isImage, refuse);
  const pixels = Uint32Array.from(row.keys()).filter((c) => c !== index && c !== label);
  if (!isImage(pixels.length)) refuse(notAnImage(row.length, shape));
  const width = shape?.width ?? Math.sqrt(pixels.length);
  const height = pixels.length / width;
  return { named: names !== undefined, columns: row.length, label, pixels, width, height };
}

/**
 * Returns `true` if a line is a header: most of its fields are words, or it numbers its columns, as pandas
 * does, in addition to the names of a label and an index.
 */
function isHeader(row: readonly string[]): boolean {
  const numbers = row.map(decimalNumber).filter((number) => !Number.isNaN(number));
  const words = row.length - numbers.length;
  const [first] = numbers;
  if ((first === 0 || first === 1) && numbers.every((number, i) => number === first + i)) {
    if (row.some((name) => LABEL.test(name.trim()))) return words <= 2;
    // Without a word, 1, 2, 3, … may be a label and pixels, up to the largest byte.
    if (numbers.length > (first === 1 && words === 0 ? 256 : FEW)) return words <= 2;
  }
  const unlike = row.filter((field) => field.trim() === "" || Number.isNaN(Number(field)));
  return unlike.length > row.length / 2;
}

/** Returns the size given by the names of the pixels by row and column. */
function shapeOf(
  places: readonly string[],
  size: ImageSize | undefined,
  refuse: (message: string) => never,
): ImageSize {
  const placeOf = (name: string) => PLACE.exec(name)!.slice(1).map(Number);
  const [start, startColumn] = placeOf(places[0]);
  const [endRow, endColumn] = placeOf(places[places.length - 1]);
  const width = endColumn - start + 1, height = endRow - start + 1;
  const isInOrder = start <= 1 && start === startColumn && width * height === places.length &&
    places.every((name, i) =>
      name.toLowerCase() === `${start + Math.floor(i / width)}x${start + i % width}`
    );
  if (!isInOrder) {
    refuse(
      `pixels named ${places[0]}, ${places[1] ?? ""}, …, ${places.at(-1)}: expected row by row ` +
        `without a gap, such as 1x1, 1x2, …, 28x28 (row, then column)`,
    );
  }
  if (size && (size.width !== width || size.height !== height)) {
    refuse(
      `the names of the pixels say ${width}×${height} (the last is ${
        places.at(-1)
      }: row, column), ` +
        `not ${size.width}×${size.height}; omit the size`,
    );
  }
  return { width, height };
}

function labelColumn(
  names: readonly string[] | undefined,
  row: readonly string[],
  index: number,
  isImage: (count: number) => boolean,
  refuse: (message: string) => never,
): number {
  const named = names?.flatMap((name, c) => LABEL.test(name) ? [c] : []) ?? [];
  if (named.length > 1) {
    const list = named.map((c) => `${names![c]} (column ${c + 1})`).join(" and ");
    refuse(`${list}: which is the label? Delete the other`);
  }
  if (named.length === 1) return named[0];
  // A word can only be a label.
  if (names === undefined && Number.isNaN(decimalNumber(row[0]))) return 0;
  if (index < 0) return isImage(row.length) ? -1 : 0;
  if (!isImage(row.length - 1)) return 1;
  return refuse(
    `the first column is named ${JSON.stringify(names![0])} and none is named label: if it holds ` +
      `the labels, name it label; if it numbers the lines, omit it (index=False in pandas)`,
  );
}

function notAnImage(columns: number, size: ImageSize | undefined): string {
  return size
    ? `${plural(columns, "column")}: expected the pixels of a ${size.width}×${size.height} image ` +
      `(${size.width * size.height}), with or without a label`
    : `${plural(columns, "column")}: expected the pixels of a square image (784 for 28×28), with ` +
      `or without a label; for images that are not square, give their width and height`;
}
