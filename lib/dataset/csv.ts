/**
 * Images as CSV, a line each: the label, then the pixels row by row, as whole numbers 0 to 255.
 *
 * Read by papaparse: its 110 MB of MNIST take 1.4 s here, where csv-parse took 5.4 s.
 * @module
 */
// @ts-types="npm:@types/papaparse@5.5.2"
import Papa from "papaparse";
import { createGzip } from "node:zlib";
import { Readable } from "node:stream";
import { writeFileAtomically } from "../base/atomic_file.ts";
import { decimalNumber } from "../base/number.ts";
import { UserError } from "../base/user_error.ts";
import { emptySamples, imageAt, type Samples } from "./dataset.ts";
import { streamError, streamUnpacked } from "./gzip.ts";

/** What {@linkcode readCsvImages} is told about the file. */
export interface CsvOptions {
  /** Pixels in a row and rows of an image; a square image when they are left out. */
  readonly size?: { readonly width: number; readonly height: number };
  /** The number of the first class: 0, or 1 for EMNIST's letters. */
  readonly firstLabel?: number;
  /** How many classes there are, 1 to 256; labels must lie within. 10 unless given. */
  readonly classes?: number;
  /** Whether rows and columns are exchanged, as in EMNIST (square images only). */
  readonly transposed?: boolean;
}

/** What a CSV file holds. */
export interface CsvImages {
  readonly samples: Samples;
  /** Whether there is a column of labels; if not (Kaggle's `test.csv`), all labels are 0. */
  readonly labelled: boolean;
}

/**
 * Reads images from a CSV file, gzip or plain, a piece at a time.
 *
 * A first line of names is skipped. The label is the column named `label` (`class`, `target`, `y`),
 * the first or the last; where no name tells, it is the first column, unless the number of columns
 * is that of a square image's pixels: then there are no labels. Lines end in `\n` or `\r\n`; empty
 * ones are skipped. Columns are separated by commas, semicolons or tabs.
 *
 * @throws {UserError} naming the file, the line and the column of the first value that is not a whole
 * number in its range, or the first line that is too short or too long
 */
export async function readCsvImages(file: string, options: CsvOptions = {}): Promise<CsvImages> {
  const reader = new ImageRows(file, options);
  const stream = await streamUnpacked(file);
  await new Promise<void>((resolve, reject) => {
    const stop = (error: unknown) => {
      reject(error);
      stream.destroy();
    };
    stream.on("error", (error) => stop(streamError(file, error)));
    let sinceLine = 0;
    stream.on("data", (bytes: Uint8Array) => sinceLine += bytes.length);
    Papa.parse<string[]>(stream, {
      delimitersToGuess: [",", ";", "\t"],
      // Not guessed: files have both. The `\r` of a last cell is a space around a number.
      newline: "\n",
      beforeFirstChunk: (text) => text.replace(/^\uFEFF/, ""),
      chunk: ({ data, errors }) => {
        try {
          reader.add(data, errors.find((error) => error.type === "Quotes"));
          if (data.length > 0) sinceLine = 0;
          if (sinceLine > LONGEST_LINE) reader.refuseEndless();
        } catch (error) {
          stop(error);
        }
      },
      complete: () => resolve(),
      error: stop,
    });
  });
  return reader.finish();
}

/** Where the values of a line are. */
interface Layout {
  readonly columns: number;
  /** The column of the label, −1 when there is none. */
  readonly label: number;
  readonly width: number;
  readonly height: number;
}

/** The bytes as they are nearly always written. */
const BYTES: Readonly<Record<string, number>> = Object.fromEntries(
  Array.from({ length: 256 }, (_, byte) => [String(byte), byte]),
);

/** Bytes: far more than an image's line has. */
const LONGEST_LINE = 2 ** 23;
/** Images of one block: how many are not known before the end of the file. */
const BLOCK = 1024;

/** Takes the lines of a file and gives the images in them. */
class ImageRows {
  private line = 0;
  private count = 0;
  private layout: Layout | undefined;
  private blocks: Samples[] = [];

  constructor(private readonly file: string, private readonly options: CsvOptions) {}

  add(rows: readonly string[][], quoting: { message: string; row?: number } | undefined): void {
    if (quoting) {
      this.refuse(this.line + (quoting.row ?? 0) + 1, undefined, quoting.message.toLowerCase());
    }
    for (const row of rows) {
      this.line++;
      if (row.length === 1 && row[0].trim() === "") continue;
      if (this.layout === undefined) {
        const header = isHeader(row);
        this.layout = this.layoutOf(row, header);
        if (header) continue;
      }
      this.addImage(row, this.layout);
    }
  }

  /** The line after the last whole one does not end: it is not taken into memory to its end. */
  refuseEndless(): never {
    this.refuse(
      this.line + 1,
      undefined,
      `no end of the line in ${
        LONGEST_LINE >> 20
      } MiB; is there a quotation mark without its other?`,
    );
  }

  finish(): CsvImages {
    if (this.layout === undefined) throw new UserError(`${this.file}: an empty file`);
    if (this.count === 0) throw new UserError(`${this.file}: a line of names, but no images`);
    const { width, height, label } = this.layout;
    const samples = emptySamples(this.count, width, height);
    for (let start = 0; start < this.count; start += BLOCK) {
      const block = this.blocks.shift()!;
      const images = Math.min(BLOCK, this.count - start);
      samples.pixels.set(block.pixels.subarray(0, images * width * height), start * width * height);
      samples.labels.set(block.labels.subarray(0, images), start);
    }
    return { samples, labelled: label >= 0 };
  }

  private addImage(row: readonly string[], layout: Layout): void {
    if (row.length !== layout.columns) this.refuseLength(row.length, layout);
    const { label, width, height } = layout;
    const index = this.count++ % BLOCK;
    if (index === 0) this.blocks.push(emptySamples(BLOCK, width, height));
    const block = this.blocks[this.blocks.length - 1];
    if (label >= 0) block.labels[index] = this.labelOf(row[label], label);
    const image = imageAt(block, index);
    const first = label === 0 ? 1 : 0;
    for (let i = 0; i < image.length; i++) {
      image[i] = BYTES[row[first + i]] ??
        this.wholeNumber("pixel", row[first + i], first + i, 0, 255);
    }
    if (this.options.transposed) transpose(image, width);
  }

  private labelOf(text: string, column: number): number {
    const { firstLabel = 0, classes = 10 } = this.options;
    return this.wholeNumber("label", text, column, firstLabel, firstLabel + classes - 1) -
      firstLabel;
  }

  /** The number of a field; `0.0` and ` 7` are whole numbers too. */
  private wholeNumber(
    what: string,
    text: string,
    column: number,
    least: number,
    most: number,
  ): number {
    const value = decimalNumber(text);
    if (Number.isInteger(value) && value >= least && value <= most) return value;
    const word = text.trim();
    const shown = word.length > 20 ? `${word.slice(0, 20)}…` : word;
    return this.refuse(
      this.line,
      column,
      `${what} ${Number.isNaN(value) ? JSON.stringify(shown) : shown}, ` +
        `expected a whole number from ${least} to ${most}`,
    );
  }

  private refuseLength(columns: number, layout: Layout): never {
    const labels = layout.label >= 0 ? 1 : 0;
    const expected = layout.columns - labels;
    return this.refuse(
      this.line,
      undefined,
      `${columns - labels} pixels, expected ${expected} (${layout.width}×${layout.height})` +
        `${labels ? " after the label" : ""}`,
    );
  }

  private refuse(line: number, column: number | undefined, message: string): never {
    const place = `${this.file}, line ${line}`;
    throw new UserError(
      `${place}${column === undefined ? "" : `, column ${column + 1}`}: ${message}`,
    );
  }

  private layoutOf(row: readonly string[], header: boolean): Layout {
    const columns = row.length;
    const { size } = this.options;
    const named = header ? labelColumn(row) : -1;
    // A square of one pixel is no image: any text at all would pass as a list of them.
    const isImage = (pixels: number) =>
      size
        ? pixels === size.width * size.height
        : pixels > 1 && Number.isInteger(Math.sqrt(pixels));
    const label = named >= 0 ? named : isImage(columns) ? -1 : 0;
    const pixels = columns - (label >= 0 ? 1 : 0);
    if (!isImage(pixels)) {
      const wanted = size ? `${size.width}×${size.height} image` : "square image";
      this.refuse(
        this.line,
        undefined,
        `${columns} columns: expected the pixels of a ${wanted}` +
          `${size ? ` (${size.width * size.height})` : " (784 for 28×28)"}, ` +
          `with or without a label` +
          `${size ? "" : "; for images that are not square, say their width and height"}`,
      );
    }
    const width = size?.width ?? Math.sqrt(pixels);
    return { columns, label, width, height: pixels / width };
  }
}

/**
 * Whether a line has names and not numbers; a line of numbers with a word among them has not, but the
 * numbers of its columns, as pandas writes them, are names.
 */
function isHeader(row: readonly string[]): boolean {
  if (row.every((field, column) => decimalNumber(field) === column)) return row.length > 10;
  const words = row.filter((field) => field.trim() === "" || Number.isNaN(Number(field)));
  return words.length > row.length / 2;
}

function labelColumn(names: readonly string[]): number {
  const isLabel = (name: string) => /^(label|class|target|y)$/i.test(name.trim());
  if (isLabel(names[0])) return 0;
  return isLabel(names[names.length - 1]) ? names.length - 1 : -1;
}

/** Exchanges rows and columns of a square image, in place. */
function transpose(image: Uint8Array, side: number): void {
  const original = image.slice();
  for (let i = 0; i < image.length; i++) {
    image[i] = original[(i % side) * side + Math.floor(i / side)];
  }
}

/**
 * Writes images as CSV, gzip when the file's name ends in `.gz`: with labels under the names
 * `label,1x1,1x2,…` (row, column, from 1), without them under Kaggle's `pixel0,pixel1,…`.
 *
 * @throws {UserError} when the file cannot be written
 */
export async function writeCsvImages(
  file: string,
  { samples, labelled }: CsvImages,
): Promise<void> {
  const text = Readable.from(csvPieces(samples, labelled));
  await writeFileAtomically(file, /\.gz$/i.test(file) ? text.pipe(createGzip()) : text);
}

/** The bytes of the file, a hundred images at a time. */
function* csvPieces(samples: Samples, labelled: boolean): Generator<Uint8Array> {
  const { count, width, height } = samples;
  const encoder = new TextEncoder();
  const names = Array.from(
    { length: width * height },
    (_, i) => labelled ? `${Math.floor(i / width) + 1}x${i % width + 1}` : `pixel${i}`,
  );
  yield encoder.encode((labelled ? "label," : "") + names.join(",") + "\n");
  for (let start = 0; start < count; start += 100) {
    let lines = "";
    for (let i = start; i < Math.min(count, start + 100); i++) {
      lines += (labelled ? `${samples.labels[i]},` : "") + imageAt(samples, i).join(",") + "\n";
    }
    yield encoder.encode(lines);
  }
}
