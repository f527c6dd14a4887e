import { gunzipSync, gzipSync } from "fflate";
import { UserError } from "../base/user_error.ts";
import { type Dataset, DIGITS, slice } from "../dataset/dataset.ts";
import { formatIdxImages, formatIdxLabels, parseIdx } from "../dataset/idx.ts";
import { isGenuine, MNIST_FILES } from "../dataset/mnist_files.ts";

/** Digits that travel in the page, at most. */
const TRAIN = 10_000, TEST = 2_000;

/** A file, packed by gzip or plain. */
export interface DigitFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/**
 * Returns the first 10,000 training and 2,000 test digits of a dataset.
 *
 * @throws {UserError} if the images are not digits of 28×28 pixels
 */
export function firstDigits(dataset: Dataset): Dataset {
  requireDigits(dataset);
  const { train, test } = dataset;
  return {
    ...dataset,
    train: slice(train, 0, Math.min(TRAIN, train.count)),
    test: slice(test, 0, Math.min(TEST, test.count)),
  };
}

function requireDigits({ name, classes, train }: Dataset): void {
  const isDigits = classes.join() === DIGITS.join() && train.width === 28 && train.height === 28;
  if (!isDigits) {
    throw new UserError(
      `${name}: images of ${train.width}×${train.height} pixels in ${classes.length} classes; ` +
        `the lesson is made for the ten digits in 28×28 pixels, such as mnist or synthetic`,
    );
  }
}

/** Returns the digits as MNIST's four files, packed; the same bytes for the same digits. */
export function digitFiles({ train, test }: Dataset): DigitFile[] {
  const contents = [train, test].flatMap((set) => [formatIdxImages(set), formatIdxLabels(set)]);
  return contents.map((content, i) => ({
    name: `${MNIST_FILES[i].name}.gz`,
    bytes: gzipSync(content, { level: 6, mtime: "1980-01-01" }),
  }));
}

/** Encodes digits as text to embed in a page, of about 2.7 MB; {@linkcode decodeDigits} reads it. */
export function encodeDigits(dataset: Dataset): string {
  const files = digitFiles(dataset).map(({ bytes }) => bytes.toBase64());
  return JSON.stringify({ name: dataset.name, files }).replaceAll("<", "\\u003c");
}

/** Decodes the text of {@linkcode encodeDigits}. */
export function decodeDigits(text: string): Dataset {
  const { name, files }: { name: string; files: string[] } = JSON.parse(text);
  const contents = files.map((base64, i) => ({
    name: MNIST_FILES[i].name,
    // Uint8Array.fromBase64 is too new for many phones.
    bytes: Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0)),
  }));
  return { ...parseFiles(contents), name };
}

/**
 * Reads MNIST's four files, in any order.
 *
 * @returns the dataset, named `mnist` if the files are those that were published
 * @throws {UserError} if a file is missing, damaged, or does not belong to the others
 */
export function parseFiles(files: readonly DigitFile[]): Dataset {
  const found = MNIST_FILES.map(({ name }) => {
    const file = files.find((file) => file.name.replace(/\.gz$/, "").replace(/\./, "-") === name);
    if (!file) {
      throw new UserError(
        `${name}: missing; choose MNIST's four files together: ` +
          MNIST_FILES.map(({ name }) => `${name}.gz`).join(", "),
      );
    }
    return { file: file.name, bytes: unpacked(file) };
  });
  const [trainImages, trainLabels, testImages, testLabels] = found;
  const genuine = found.every(({ bytes }, i) => isGenuine(bytes, MNIST_FILES[i]));
  const dataset: Dataset = {
    name: genuine ? "mnist" : "other digits",
    classes: DIGITS,
    train: parseIdx(trainImages, trainLabels),
    test: parseIdx(testImages, testLabels),
  };
  requireDigits(dataset);
  return dataset;
}

function unpacked({ name, bytes }: DigitFile): Uint8Array {
  if (!(bytes[0] === 0x1f && bytes[1] === 0x8b)) return bytes;
  try {
    return gunzipSync(bytes);
  } catch {
    throw new UserError(`${name}: damaged gzip data; download the file again`);
  }
}
