/**
 * Images as CSV, one per line: the label (a number or a name), then the pixels row by row, as whole
 * numbers from 0 to 255.
 * @module
 */
import { createGzip } from "node:zlib";
import { Readable } from "node:stream";
import { writeFileAtomically } from "../base/atomic_file.ts";
import { parseLines } from "../base/csv.ts";
import { decimalNumber } from "../base/number.ts";
import { UserError } from "../base/user_error.ts";
import { className, listOf, MOST_CLASSES } from "./classes.ts";
import { type CsvLayout, csvLayout, type ImageSize } from "./csv_layout.ts";
import { emptySamples, imageAt, type Samples } from "./dataset.ts";
import { streamError, streamUnpacked } from "./gzip.ts";

/** Options of {@linkcode readCsvImages}. */
export interface CsvOptions {
  /** Size of an image; defaults to a square, or to the size given by the names of the pixels. */
  readonly size?: ImageSize;
  /** Label of the first class: 0, or 1 for EMNIST's letters. */
  readonly firstLabel?: number;
  /** Number of classes, 1 to 256; defaults to 10 if labels are numbers. */
  readonly classes?: number;
  /** Names of the classes; a label is one of them or its index. */
  readonly names?: readonly string[];
  /** `true` if rows and columns are exchanged, as in EMNIST (square images only). */
  readonly transposed?: boolean;
}

/** Contents of a CSV file. */
export interface CsvImages {
  readonly samples: Samples;
  /** `false` if there is no column of labels (Kaggle's `test.csv`); all labels are then 0. */
  readonly labelled: boolean;
  /** Names of the classes in alphabetical order, if the labels are names and `names` was not given. */
  readonly classes?: readonly string[];
}

/**
 * Reads images from a CSV file, gzip or plain, in chunks.
 *
 * {@linkcode csvLayout} finds the columns of the label and the pixels, with or without a header. Lines end
 * in `\n` or `\r\n`; empty ones are skipped. Columns are separated by commas, semicolons or tabs.
 *
 * Labels are numbers, or names if the first is not a number; names are numbered in alphabetical order.
 * Labels that mix both require `names`.
 *
 * @throws {UserError} naming the file, the line and the column of the first value that is not a whole
 * number in its range, or the first line that is too short or too long
 */
export async function readCsvImages(file: string, options: CsvOptions = {}): Promise<CsvImages> {
  const reader = new ImageRows(file, options);
  for await (const text of wholeLines(file)) reader.add(text);
  return reader.finish();
}

/** Maximum bytes per line: the names and values of 16 million pixels. */
const LONGEST_LINE = 2 ** 26;

/** Yields the text of a file, one or more whole lines at a time; the last may lack its line end. */
async function* wholeLines(file: string): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let begun: string[] = [], length = 0, lines = 0;
  const stream = await streamUnpacked(file);
  try {
    for await (const bytes of stream) {
      const text = decoder.decode(bytes, { stream: true });
      const end = text.lastIndexOf("\n") + 1;
      begun.push(end > 0 ? text.slice(0, end) : text);
      length += text.length;
      if (end > 0) {
        const whole = begun.join("");
        lines += whole.split("\n").length - 1;
        yield whole;
        begun = [text.slice(end)];
        length = begun[0].length;
      }
      if (length > LONGEST_LINE) {
        throw new UserError(
          `${file}, line ${lines + 1}: longer than ${
            LONGEST_LINE >> 20
          } MiB; expected a line for ` +
            `each image, of 16 million pixels at most`,
        );
      }
    }
  } catch (error) {
    throw error instanceof UserError ? error : streamError(file, error);
  }
  yield begun.join("") + decoder.decode();
}

/** The usual spelling of each byte. */
const BYTES: Readonly<Record<string, number>> = Object.fromEntries(
  Array.from({ length: 256 }, (_, byte) => [String(byte), byte]),
);

/** Maximum images and pixels per block; their total number is only known at the end of the file. */
const BLOCK = { images: 1024, pixels: 2 ** 24 };

/** Collects the images in the lines of a file. */
class ImageRows {
  private line = 0;
  private count = 0;
  private delimiter: string | undefined;
  private layout: CsvLayout | undefined;
  private blocks: Samples[] = [];
  /** If labels are names: those found so far, in the order of their first image. */
  private found: Map<string, number> | undefined;

  constructor(private readonly file: string, private readonly options: CsvOptions) {}

  /** Adds whole lines. */
  add(text: string): void {
    if (text === "") return;
    const { rows, delimiter } = parseLines(text, this.file, {
      delimiter: this.delimiter,
      // Not detected, as files mix both kinds. The `\r` in a last cell counts as white space.
      newline: "\n",
      firstLine: this.line + 1,
    });
    // No line follows the last line end.
    if (text.endsWith("\n")) rows.pop();
    for (const row of rows) {
      this.line++;
      if (row.length === 1 && row[0].trim() === "") continue;
      this.delimiter ??= delimiter;
      if (this.layout === undefined) {
        this.layout = csvLayout(row, this.options.size, (message) => this.refuse(message));
        if (this.layout.named) continue;
      }
      this.addImage(row, this.layout);
    }
  }

  finish(): CsvImages {
    if (this.layout === undefined) throw new UserError(`${this.file}: an empty file`);
    if (this.count === 0) throw new UserError(`${this.file}: a header, but no images`);
    const { width, height, label } = this.layout;
    const samples = emptySamples(this.count, width, height);
    let start = 0;
    for (let block = this.blocks.shift(); block; block = this.blocks.shift()) {
      const images = Math.min(block.count, this.count - start);
      samples.pixels.set(block.pixels.subarray(0, images * width * height), start * width * height);
      samples.labels.set(block.labels.subarray(0, images), start);
      start += images;
    }
    const classes = this.found && this.sortClasses(samples.labels, this.found);
    return { samples, labelled: label >= 0, ...(classes && { classes }) };
  }

  /** Sorts the names alphabetically and renumbers the labels. */
  private sortClasses(labels: Uint8Array, found: ReadonlyMap<string, number>): readonly string[] {
    const { classes } = this.options;
    const names = [...found.keys()].sort();
    if (classes !== undefined && names.length !== classes) {
      throw new UserError(
        `${this.file}: ${names.length} classes (${listOf(names)}), expected ${classes}`,
      );
    }
    const places = [...found.keys()].map((name) => names.indexOf(name));
    labels.forEach((label, i) => labels[i] = places[label]);
    return names;
  }

  private addImage(row: readonly string[], layout: CsvLayout): void {
    if (row.length !== layout.columns) this.refuseLength(row.length, layout);
    const { label, pixels, width, height } = layout;
    const perBlock = Math.max(1, Math.min(BLOCK.images, Math.floor(BLOCK.pixels / pixels.length)));
    const index = this.count++ % perBlock;
    if (index === 0) this.blocks.push(emptySamples(perBlock, width, height));
    const block = this.blocks[this.blocks.length - 1];
    if (label >= 0) block.labels[index] = this.labelOf(row[label], label);
    const image = imageAt(block, index);
    for (let i = 0; i < image.length; i++) {
      const column = pixels[i];
      image[i] = BYTES[row[column]] ?? this.wholeNumber("pixel", row[column], column, 0, 255);
    }
    if (this.options.transposed) transpose(image, width);
  }

  private labelOf(text: string, column: number): number {
    const { firstLabel = 0, names, classes = names?.length ?? 10 } = this.options;
    const given = names?.indexOf(text.trim()) ?? -1;
    if (given >= 0) return given;
    const isName = Number.isNaN(decimalNumber(text));
    if (names === undefined && this.count === 1 && isName) this.found = new Map();
    if (this.found) return this.nameOf(text, column, this.found);
    const last = firstLabel + classes - 1;
    if (names && isName) {
      this.refuse(`label ${shown(text)}, expected one of ${listOf(names)}`, column);
    }
    const advice = isName
      ? " as before; if labels are names and numbers, list all classes (--classes a,b,7)"
      : this.options.classes === undefined
      ? "; for more classes, set their number (--classes)"
      : "";
    return this.wholeNumber("label", text, column, firstLabel, last, advice) - firstLabel;
  }

  /** Returns the index of a name, in the order of first appearance. */
  private nameOf(text: string, column: number, found: Map<string, number>): number {
    const name = className(text) ??
      this.refuse(
        `label ${shown(text)}, expected the name of a class, 1 to 100 characters`,
        column,
      );
    const index = found.get(name) ?? found.size;
    if (index === MOST_CLASSES) this.refuse(`${name} is one class more than 256`, column);
    found.set(name, index);
    return index;
  }

  /** Parses the number in a field; `0.0` and ` 7` are whole numbers too. */
  private wholeNumber(
    what: string,
    text: string,
    column: number,
    least: number,
    most: number,
    advice = "",
  ): number {
    const value = decimalNumber(text);
    if (Number.isInteger(value) && value >= least && value <= most) return value;
    return this.refuse(
      `${what} ${shown(text)}, expected a whole number from ${least} to ${most}${advice}`,
      column,
    );
  }

  private refuseLength(columns: number, layout: CsvLayout): never {
    const { pixels, label, width, height } = layout;
    // Columns that are not pixels: the label, and the index that pandas writes.
    const others = layout.columns - pixels.length;
    return this.refuse(
      `${columns - others} pixels, expected ${pixels.length} (${width}×${height})` +
        `${label >= 0 ? " after the label" : ""}`,
    );
  }

  /** Throws the error for the current line. */
  private refuse(message: string, column?: number): never {
    const place = column === undefined ? "" : `, column ${column + 1}`;
    throw new UserError(`${this.file}, line ${this.line}${place}: ${message}`);
  }
}

/** Formats a field for a message: shortened, and quoted unless it is a number. */
function shown(text: string): string {
  const word = text.trim();
  const short = word.length > 20 ? `${word.slice(0, 20)}…` : word;
  return Number.isNaN(decimalNumber(text)) ? JSON.stringify(short) : short;
}

/** Exchanges rows and columns of a square image, in place. */
function transpose(image: Uint8Array, side: number): void {
  const original = image.slice();
  for (let i = 0; i < image.length; i++) {
    image[i] = original[(i % side) * side + Math.floor(i / side)];
  }
}

/**
 * Writes images as CSV, compressed if the file's name ends in `.gz`. The header is `label,1x1,1x2,…` (row,
 * column, from 1) with labels, otherwise Kaggle's `pixel0,pixel1,…`.
 *
 * @throws {UserError} if the file cannot be written
 */
export async function writeCsvImages(
  file: string,
  { samples, labelled }: CsvImages,
): Promise<void> {
  const text = Readable.from(csvPieces(samples, labelled));
  await writeFileAtomically(file, /\.gz$/i.test(file) ? text.pipe(createGzip()) : text);
}

/** Yields the bytes of the file, a hundred images at a time. */
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
