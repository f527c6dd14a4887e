/**
 * IDX, the format of MNIST: a magic number, the dimensions as big-endian 32-bit numbers, then the
 * bytes. Images have three dimensions (count, rows, columns), labels have one.
 *
 * Source: LeCun, Cortes & Burges, "The MNIST database", section "File formats".
 * @module
 */
import { UserError } from "../base/user_error.ts";
import { emptySamples, type Samples } from "./dataset.ts";
import { readUnpacked } from "./gzip.ts";

/** The magic number of images: unsigned bytes (8) in three dimensions. */
const IMAGES = 0x0803;
/** The magic number of labels: unsigned bytes (8) in one dimension. */
const LABELS = 0x0801;

/** Bytes of the headers. */
const HEADER = { images: 16, labels: 8 } as const;

/** Options of {@linkcode readIdx}. */
export interface IdxOptions {
  /** Label of the first class: 0, or 1 for EMNIST's letters. */
  readonly firstLabel?: number;
  /** Number of classes, 1 to 256; larger labels are errors. */
  readonly classes?: number;
  /** `true` if rows and columns are exchanged, as in EMNIST. */
  readonly transposed?: boolean;
}

/**
 * Reads a pair of IDX files, each gzip or plain.
 *
 * @throws {UserError} if a file is missing, damaged, truncated or too long, images and labels are swapped,
 * a label is out of range, or the counts differ
 */
export async function readIdx(
  imagesFile: string,
  labelsFile: string,
  options: IdxOptions = {},
): Promise<Samples> {
  const [images, labels] = await Promise.all([readIdxBytes(imagesFile), readIdxBytes(labelsFile)]);
  return parseIdx(
    { file: imagesFile, bytes: images },
    { file: labelsFile, bytes: labels },
    options,
  );
}

/** Reads an IDX file of images without labels; all labels are 0. */
export async function readIdxImages(file: string, options: IdxOptions = {}): Promise<Samples> {
  return parseImages({ file, bytes: await readIdxBytes(file) }, options.transposed ?? false);
}

/**
 * Reads the unpacked bytes of an IDX file, at most one byte more than its header declares.
 *
 * @throws {UserError} if the file cannot be read or its gzip data are damaged
 */
export async function readIdxBytes(file: string): Promise<Uint8Array> {
  return await readUnpacked(file, declaredLength);
}

/** Returns the length declared by the first bytes; that of a header if it is not an IDX file of bytes. */
function declaredLength(start: Uint8Array): number {
  const sizes = { [IMAGES]: 3, [LABELS]: 1 }[magic(start) ?? 0];
  if (sizes === undefined || start.length < 4 + 4 * sizes) return HEADER.images;
  return 4 + 4 * sizes + dimensions(start, sizes).reduce((product, size) => product * size, 1);
}

/** Bytes and the name of their file. */
export interface NamedBytes {
  readonly file: string;
  readonly bytes: Uint8Array;
}

/**
 * Parses the images and labels in two unpacked IDX files.
 *
 * @throws {UserError} as {@linkcode readIdx}
 */
export function parseIdx(
  images: NamedBytes,
  labels: NamedBytes,
  options: IdxOptions = {},
): Samples {
  const { firstLabel = 0, classes = 10, transposed = false } = options;
  if (magic(images.bytes) === LABELS && magic(labels.bytes) === IMAGES) {
    throw new UserError(
      `images and labels are swapped: ${images.file} contains labels, ${labels.file} images`,
    );
  }
  const labelBytes = body(labels, LABELS);
  const samples = parseImages(images, transposed);
  if (labelBytes.length !== samples.count) {
    throw new UserError(
      `${images.file} has ${samples.count} images but ${labels.file} ${labelBytes.length} labels; ` +
        `the two do not belong together`,
    );
  }
  for (let i = 0; i < labelBytes.length; i++) {
    const label = labelBytes[i] - firstLabel;
    if (label < 0 || label >= classes) {
      throw new UserError(
        `${labels.file}: label ${labelBytes[i]} of image ${i + 1} (byte ${i + 8}), ` +
          `expected ${firstLabel} to ${firstLabel + classes - 1}` +
          (options.classes === undefined || classes === 10
            ? "; for more classes, set their number (--classes)"
            : ""),
      );
    }
    samples.labels[i] = label;
  }
  return samples;
}

/** Parses the images of an unpacked IDX file; all labels are 0. */
function parseImages(images: NamedBytes, transposed: boolean): Samples {
  const pixels = body(images, IMAGES);
  const [count, rows, columns] = dimensions(images.bytes, 3);
  if (rows === 0 || columns === 0) {
    throw new UserError(
      `${images.file}: images of ${columns}×${rows} pixels, expected at least 1×1`,
    );
  }
  if (!transposed) {
    const samples = emptySamples(count, columns, rows);
    samples.pixels.set(pixels);
    return samples;
  }
  const samples = emptySamples(count, rows, columns);
  for (let start = 0, i = 0; start < pixels.length; start += rows * columns) {
    for (let column = 0; column < columns; column++) {
      for (let row = 0; row < rows; row++) {
        samples.pixels[i++] = pixels[start + row * columns + column];
      }
    }
  }
  return samples;
}

/** Checks magic number, dimensions and length, and returns the bytes after the header. */
function body({ file, bytes }: NamedBytes, expected: typeof IMAGES | typeof LABELS): Uint8Array {
  const what = expected === IMAGES ? "images" : "labels";
  if (bytes.length === 0) throw new UserError(`${file}: an empty file, expected IDX ${what}`);
  const header = HEADER[what];
  checkMagic(file, bytes, expected);
  if (bytes.length < header) {
    throw new UserError(`${file}: ends in its header, after ${bytes.length} of ${header} bytes`);
  }
  const sizes = dimensions(bytes, expected === IMAGES ? 3 : 1);
  const length = sizes.reduce((product, size) => product * size, 1);
  const content = bytes.subarray(header);
  if (content.length !== length) {
    const size = sizes.length === 3 ? ` of ${sizes[2]}×${sizes[1]} pixels` : "";
    const off = content.length - length;
    throw new UserError(
      `${file}: ${sizes[0]} ${what}${size} take ${length} bytes, but ` +
        (off < 0 ? `the file ends ${-off} too early` : "more follow") +
        `; the file is damaged, download it again`,
    );
  }
  return content;
}

function checkMagic(file: string, bytes: Uint8Array, expected: number): void {
  const found = magic(bytes);
  if (found === expected) return;
  const [what, other] = expected === IMAGES ? ["images", "labels"] : ["labels", "images"];
  const start = Array.from(bytes.subarray(0, 4), (byte) => byte.toString(16).padStart(2, "0"));
  const wanted = `00 00 08 0${expected & 0xff}`;
  if (found === IMAGES || found === LABELS) {
    throw new UserError(`${file}: holds ${other} where ${what} were expected (${wanted} in front)`);
  }
  const type = found === undefined || found >>> 16 !== 0 ? 0 : found >>> 8;
  if (type > 8 && type <= 0xe) {
    throw new UserError(`${file}: numbers of type 0x${start[2]}, expected unsigned bytes (0x08)`);
  }
  throw new UserError(
    `${file}: not an IDX file of ${what}: begins with ${start.join(" ")}, expected ${wanted}`,
  );
}

/** Reads the first four bytes as a big-endian number; `undefined` if there are fewer. */
function magic(bytes: Uint8Array): number | undefined {
  return bytes.length < 4 ? undefined : view(bytes).getUint32(0);
}

function dimensions(bytes: Uint8Array, count: number): number[] {
  return Array.from({ length: count }, (_, i) => view(bytes).getUint32(4 + 4 * i));
}

function view(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Formats the samples' images as an IDX file. */
export function formatIdxImages(samples: Samples): Uint8Array {
  return format(IMAGES, [samples.count, samples.height, samples.width], samples.pixels);
}

/** Formats the samples' labels as an IDX file. */
export function formatIdxLabels(samples: Samples): Uint8Array {
  return format(LABELS, [samples.count], samples.labels);
}

function format(magic: number, sizes: readonly number[], content: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(4 + 4 * sizes.length + content.length);
  view(bytes).setUint32(0, magic);
  sizes.forEach((size, i) => view(bytes).setUint32(4 + 4 * i, size));
  bytes.set(content, 4 + 4 * sizes.length);
  return bytes;
}

/**
 * Returns the name of the labels file of an images file, following MNIST's naming:
 * `train-images-idx3-ubyte.gz` gives `train-labels-idx1-ubyte.gz`; `undefined` if the file's name does not
 * contain `images`.
 */
export function labelsFileOf(imagesFile: string): string | undefined {
  const [, folder, name] = /^(.*[\\/])?([^\\/]*)$/.exec(imagesFile)!;
  if (!name.includes("images")) return undefined;
  return (folder ?? "") + name.replace("images", "labels").replace("idx3", "idx1");
}
