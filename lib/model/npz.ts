/**
 * NumPy's archive of arrays, `.npz`: a ZIP file with a `.npy` file per array.
 * @module
 */

import { crc32, inflateRawSync } from "node:zlib";
import { zipSync } from "fflate";
import { mostUnpacked } from "../base/expansion.ts";
import { sum } from "../base/statistics.ts";
import { UserError } from "../base/user_error.ts";
import { visible } from "../base/visible.ts";
import { LOCAL_HEADER, zipDirectory, type ZipEntry } from "../base/zip.ts";
import { type NpyValue, readNpy, valueOrError, writeNpy } from "./npy.ts";

/** The earliest date in ZIP, which uses local time: the bytes must not depend on the clock. */
const EARLIEST = new Date(1980, 0, 1);

/** Reports whether the bytes start like a ZIP archive, possibly an empty one. */
export function isZip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x50 && bytes[1] === 0x4b &&
    (bytes[2] === 3 && bytes[3] === 4 || bytes[2] === 5 && bytes[3] === 6);
}

/**
 * Reads an `.npz` archive, stored or deflated, and verifies the checksums.
 *
 * @returns the values by name, without `.npy`; an entry that cannot be read is an error, as an
 * archive may contain more than a network needs
 * @throws {UserError} when the archive itself is damaged
 */
export function readNpz(bytes: Uint8Array, path: string): Map<string, NpyValue | UserError> {
  const entries = damaged(path, () => readDirectory(bytes, path));
  if (entries.some(({ file }) => file.endsWith(".pkl"))) {
    throw new UserError(
      `${path}: a PyTorch file, which contains a Python pickle and is not opened; in ` +
        `Python, save its .numpy() arrays with np.savez("model.npz", W1=…, b1=…)`,
    );
  }
  checkSizes(entries, bytes.length, path);
  const values = new Map<string, NpyValue | UserError>();
  for (const entry of entries) {
    const name = visible(entry.file.replace(/\.npy$/, ""));
    if (values.has(name)) {
      throw new UserError(`${path}: contains ${name} twice; remove one of them`);
    }
    const content = damaged(path, () => unpackEntry(bytes, entry));
    if (content.length !== entry.size || crc32(content) !== entry.checksum) {
      throw new UserError(
        `${path}, ${name}: does not match its checksum; the file is damaged, copy it again`,
      );
    }
    values.set(name, valueOrError(() => readNpy(content, path, name)));
  }
  return values;
}

/** The most entries of an archive: far more than a network has arrays. */
const MOST_ENTRIES = 10_000;

/**
 * Rejects archives that would need too much memory, by the sizes in the directory, before
 * unpacking.
 */
function checkSizes(entries: readonly ZipEntry[], packed: number, path: string): void {
  const total = sum(entries, ({ size }) => size);
  if (total <= mostUnpacked(packed)) return;
  throw new UserError(
    `${path}: unpacks to ${
      Math.ceil(total / 2 ** 20)
    } MiB, far more than weights in a file of its ` +
      `size; if you trust it, write it without compression (np.savez)`,
  );
}

/** Turns out-of-range reads and zlib's errors into a {@linkcode UserError}. */
function damaged<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(
      `${path}: the ZIP archive is truncated or damaged; create or copy it again`,
    );
  }
}

/**
 * Unpacks an entry, to at most one byte more than the size in the directory.
 *
 * @throws {Error} when it is truncated or damaged
 */
function unpackEntry(bytes: Uint8Array, { method, packed, size, start }: ZipEntry): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (view.getUint32(start, true) !== LOCAL_HEADER) throw new Error("no entry here");
  const content = start + 30 + view.getUint16(start + 26, true) + view.getUint16(start + 28, true);
  const data = bytes.subarray(content, content + packed);
  if (method === 0) return data;
  if (method !== 8) throw new Error("neither stored nor deflated");
  const { buffer, byteOffset, length } = inflateRawSync(data, { maxOutputLength: size + 1 });
  return new Uint8Array(buffer, byteOffset, length);
}

/**
 * Writes an `.npz` archive for `np.load`: uncompressed (trained weights hardly shrink) and dated
 * 1980, so that equal arrays give equal bytes.
 */
export function writeNpz(values: ReadonlyMap<string, NpyValue>): Uint8Array<ArrayBuffer> {
  const files: Record<string, Uint8Array> = {};
  for (const [name, value] of values) files[`${name}.npy`] = writeNpy(value);
  return zipSync(files, { level: 0, mtime: EARLIEST });
}

function readDirectory(bytes: Uint8Array, path: string): readonly ZipEntry[] {
  const entries = zipDirectory(bytes, 0, MOST_ENTRIES);
  if (entries === undefined) {
    throw new UserError(`${path}: more than ${MOST_ENTRIES} arrays, expected W1, b1, W2, b2, …`);
  }
  return entries;
}
