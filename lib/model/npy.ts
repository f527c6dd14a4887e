/**
 * NumPy's array file, `.npy`: a magic string, a header with a Python dict literal, and the numbers.
 *
 * Source: NumPy Enhancement Proposal 1, "A Simple File Format for NumPy Arrays", and the
 * documentation of `numpy.lib.format` for versions 2 and 3.
 * @module
 */

import { UserError } from "../base/user_error.ts";
import { isPickle, pickleRefusal } from "./pickle.ts";

/** An array of numbers with any number of dimensions. */
export interface NdArray {
  /** Length of each dimension; empty for a single number. */
  readonly shape: readonly number[];
  /** In row-major (C) order: the last index varies fastest. */
  readonly data: Float32Array | Float64Array;
}

/**
 * The supported contents of a `.npy` file: an array of numbers, or one text (a 0-d unicode array).
 */
export type NpyValue = NdArray | string;

/** `\x93NUMPY`. */
const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];
/** The longest header accepted, in bytes; NumPy has the same limit for untrusted files. */
const LONGEST_HEADER = 10_000;
/** The most dimensions of an array, as in NumPy. */
export const MOST_DIMENSIONS = 64;
/** Headers are padded to a multiple of this, so that the numbers can be memory-mapped. */
const ALIGNMENT = 64;

/** Reports whether the bytes start like a `.npy` file. */
export function isNpy(bytes: Uint8Array): boolean {
  return MAGIC.every((byte, i) => bytes[i] === byte);
}

/**
 * Reads a `.npy` file of version 1, 2 or 3: float32 or float64, little- or big-endian, C or Fortran
 * order, or a single unicode text.
 *
 * @param path the file name for errors
 * @param entry the array's name, if the file is an archive that contains it
 * @throws {UserError} for anything else or any other length in bytes, with what was found; for an
 * array of Python objects (a pickle), with Python code that converts it
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { readNpy, writeNpy } from "./npy.ts";
 * const bytes = writeNpy({ shape: [2, 3], data: Float64Array.of(1, 2, 3, 4, 5, 6) });
 * assert(JSON.stringify(readNpy(bytes, "a.npy")).includes('"shape":[2,3]'));
 * ```
 */
export function readNpy(bytes: Uint8Array, path: string, entry?: string): NpyValue {
  const where = entry === undefined ? path : `${path}, ${entry}`;
  if (isPickle(bytes)) throw pickleRefusal(path, entry);
  const { header, start } = splitHeader(bytes, where);
  const { descr, fortranOrder, shape } = parseHeader(header, where);
  const [, order, kind, size] = /^([<>|=])([A-Za-z])(\d+)$/.exec(descr) ?? [];
  if (/^\|?O/.test(descr)) throw pickleRefusal(path, entry);
  const isFloat = kind === "f" && (size === "4" || size === "8");
  const isText = kind === "U" && shape.length === 0;
  if (!isFloat && !isText) throw wrongType(descr, shape, where);

  const count = shape.reduce((product, length) => product * length, 1);
  const expected = count * Number(size) * (isText ? 4 : 1);
  if (bytes.length - start !== expected) {
    throw new UserError(
      `${where}: ${bytes.length - start} bytes after the header, expected ${expected} for ` +
        `${descr} of shape (${shape.join(", ")}); the file is cut off or damaged`,
    );
  }
  const content = bytes.slice(start);
  if (order === ">") reverseEach(content, isText ? 4 : Number(size));
  if (isText) return readText(content, where);
  const data = size === "4" ? new Float32Array(content.buffer) : new Float64Array(content.buffer);
  return { shape, data: fortranOrder ? reorder(data, shape, "toRowMajor") : data };
}

/**
 * Writes a `.npy` file of version 1, little-endian: float32 or float64 as the array is, or a text
 * as a 0-d unicode array (`str(np.load(path))` in Python).
 *
 * @param options.fortranOrder store the numbers with the first index varying fastest
 */
export function writeNpy(
  value: NpyValue,
  options: { fortranOrder?: boolean } = {},
): Uint8Array<ArrayBuffer> {
  if (typeof value === "string") return writeText(value);
  const size = value.data.BYTES_PER_ELEMENT;
  const fortranOrder = options.fortranOrder ?? false;
  const data = fortranOrder ? reorder(value.data, value.shape, "toColumnMajor") : value.data;
  const content = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return withHeader(`<f${size}`, fortranOrder, value.shape, content);
}

/**
 * Returns the value that a reader returns, or the error that it throws: a file may contain
 * unsupported values that a network does not need.
 */
export function valueOrError(read: () => NpyValue): NpyValue | UserError {
  try {
    return read();
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
}

/** The header's text, and the offset of the numbers. */
function splitHeader(bytes: Uint8Array, where: string): { header: string; start: number } {
  if (!isNpy(bytes)) {
    throw new UserError(`${where}: not a NumPy .npy file (it does not begin with \\x93NUMPY)`);
  }
  const version = bytes[6];
  if (!(version >= 1 && version <= 3)) {
    throw new UserError(`${where}: .npy version ${version ?? "missing"}, expected 1, 2 or 3`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const headerStart = version === 1 ? 10 : 12;
  if (bytes.length < headerStart) throw new UserError(`${where}: cut off within the header`);
  const length = version === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  if (length > LONGEST_HEADER) {
    throw new UserError(
      `${where}: a header of ${length} bytes, expected ${LONGEST_HEADER} at most`,
    );
  }
  const start = headerStart + length;
  if (bytes.length < start) throw new UserError(`${where}: cut off within the header`);
  const decoder = new TextDecoder(version === 3 ? "utf-8" : "latin1");
  return { header: decoder.decode(bytes.subarray(headerStart, start)), start };
}

/**
 * Matches an item of the header's dict: a quoted key, and a string, a boolean, or a tuple of
 * numbers.
 */
const PAIR =
  /\s*(['"])(\w+)\1\s*:\s*(?:(['"])([^'"]*)\3|(True|False)|\(([\d\sL,]*)\))\s*(,|(?=\s*\}))/y;

/** Reads `{'descr': '<f8', 'fortran_order': False, 'shape': (10, 784), }` without evaluating it. */
function parseHeader(
  header: string,
  where: string,
): { descr: string; fortranOrder: boolean; shape: number[] } {
  const found = new Map<string, string>();
  const text = header.trim();
  PAIR.lastIndex = 1;
  while (text[0] === "{") {
    const end = PAIR.lastIndex;
    const match = PAIR.exec(text);
    if (match) found.set(match[2], match[4] ?? match[5] ?? match[6]);
    else if (text.slice(end).trim() === "}") break;
    else if (/'descr'\s*:\s*\[/.test(text)) throw wrongType("structured", [], where);
    else throw new UserError(`${where}: its header cannot be read: ${text.slice(0, 200)}`);
  }
  const descr = found.get("descr");
  const order = found.get("fortran_order");
  const shape = found.get("shape");
  const lengths = (shape ?? "x").split(",").map((part) => part.trim().replace(/L$/, ""));
  if (lengths.at(-1) === "") lengths.pop();
  if (
    found.size !== 3 || descr === undefined || (order !== "True" && order !== "False") ||
    !lengths.every((length) => /^\d+$/.test(length)) || lengths.length > MOST_DIMENSIONS
  ) {
    throw new UserError(
      `${where}: its header needs 'descr', 'fortran_order' and 'shape', got ${text.slice(0, 200)}`,
    );
  }
  return { descr, fortranOrder: order === "True", shape: lengths.map(Number) };
}

/** The error for an unsupported type of numbers, with the code that converts it. */
function wrongType(descr: string, shape: readonly number[], where: string): UserError {
  return new UserError(
    `${where}: NumPy type ${descr}${shape.length > 0 ? ` of shape (${shape.join(", ")})` : ""}, ` +
      `expected float32 or float64; in Python, array.astype(np.float32) converts it`,
  );
}

/** Converts between C and Fortran order. */
function reorder(
  data: Float32Array | Float64Array,
  shape: readonly number[],
  direction: "toRowMajor" | "toColumnMajor",
): Float32Array | Float64Array {
  const out = data.slice();
  for (let rowMajor = 0; rowMajor < data.length; rowMajor++) {
    let rest = rowMajor;
    let columnMajor = 0;
    let stride = data.length;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      stride /= shape[axis];
      columnMajor += (rest % shape[axis]) * stride;
      rest = Math.floor(rest / shape[axis]);
    }
    if (direction === "toRowMajor") out[rowMajor] = data[columnMajor];
    else out[columnMajor] = data[rowMajor];
  }
  return out;
}

/** Big-endian to little-endian, which every platform of Deno is. */
function reverseEach(bytes: Uint8Array, size: number): void {
  for (let at = 0; at < bytes.length; at += size) bytes.subarray(at, at + size).reverse();
}

/** Decodes 32-bit code points, padded with zeros at the end. */
function readText(content: Uint8Array<ArrayBuffer>, where: string): string {
  const points = Array.from(new Uint32Array(content.buffer));
  while (points.at(-1) === 0) points.pop();
  if (points.some((point) => point > 0x10ffff)) {
    throw new UserError(`${where}: contains an invalid Unicode character; the file is damaged`);
  }
  return points.map((point) => String.fromCodePoint(point)).join("");
}

/** A text as a 0-d array of type `<U…`. */
function writeText(text: string): Uint8Array<ArrayBuffer> {
  const points = [...text].map((character) => character.codePointAt(0)!);
  // NumPy has no empty text: the shortest is one padding character.
  if (points.length === 0) points.push(0);
  const content = new Uint8Array(Uint32Array.from(points).buffer);
  return withHeader(`<U${points.length}`, false, [], content);
}

/** Composes a file: magic string, version 1, header, content. */
function withHeader(
  descr: string,
  fortranOrder: boolean,
  shape: readonly number[],
  content: Uint8Array,
): Uint8Array<ArrayBuffer> {
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(", ")})`;
  const dict = `{'descr': '${descr}', 'fortran_order': ${fortranOrder ? "True" : "False"}, ` +
    `'shape': ${tuple}, }`;
  const start = Math.ceil((10 + dict.length + 1) / ALIGNMENT) * ALIGNMENT;
  const header = dict.padEnd(start - 11) + "\n";
  const bytes = new Uint8Array(start + content.length);
  bytes.set([...MAGIC, 1, 0, header.length & 0xff, header.length >> 8]);
  bytes.set(new TextEncoder().encode(header), 10);
  bytes.set(content, start);
  return bytes;
}
