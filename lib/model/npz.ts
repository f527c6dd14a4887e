/**
 * NumPy's archive of arrays, `.npz`: a ZIP file with a `.npy` file per array.
 * @module
 */

import { crc32 } from "node:zlib";
import { unzipSync, zipSync } from "fflate";
import { UserError } from "../base/user_error.ts";
import { type NpyValue, readNpy, valueOrError, writeNpy } from "./npy.ts";

/** The earliest date that ZIP knows, in local time as ZIP counts: the bytes hold no clock. */
const EARLIEST = new Date(1980, 0, 1);

/** Do these bytes begin as a ZIP archive does, be it empty? */
export function isZip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x50 && bytes[1] === 0x4b &&
    (bytes[2] === 3 && bytes[3] === 4 || bytes[2] === 5 && bytes[3] === 6);
}

/**
 * Reads an `.npz` archive, stored or deflated, each entry against its checksum.
 *
 * @returns by name, without `.npy`: the value, or the error that says why it cannot be read here, so
 * that an archive may hold more than a network needs
 * @throws {UserError} when the archive itself is damaged
 */
export function readNpz(bytes: Uint8Array, path: string): Map<string, NpyValue | UserError> {
  let files: Record<string, Uint8Array>;
  let checksums: Map<string, number>;
  try {
    files = unzipSync(bytes);
    checksums = readChecksums(bytes);
  } catch {
    throw new UserError(`${path}: the ZIP archive is cut off or damaged; make or copy it again`);
  }
  if (Object.keys(files).some((file) => file.endsWith(".pkl"))) {
    throw new UserError(
      `${path}: a PyTorch file, which is a Python pickle in an archive and refused as such; in ` +
        `Python, np.savez("model.npz", W1=…, b1=…) of its .numpy() arrays makes one that is read here`,
    );
  }
  const values = new Map<string, NpyValue | UserError>();
  for (const [file, content] of Object.entries(files)) {
    const name = file.replace(/\.npy$/, "");
    if (crc32(content) !== checksums.get(file)) {
      throw new UserError(
        `${path}, ${name}: does not match its checksum; the file is damaged, copy it again`,
      );
    }
    values.set(name, valueOrError(() => readNpy(content, path, name)));
  }
  return values;
}

/**
 * Writes an `.npz` archive that `np.load` opens: stored without compression (trained weights hardly
 * shrink), dated 1980, so that equal arrays give equal bytes.
 */
export function writeNpz(values: ReadonlyMap<string, NpyValue>): Uint8Array<ArrayBuffer> {
  const files: Record<string, Uint8Array> = {};
  for (const [name, value] of values) files[`${name}.npy`] = writeNpy(value);
  return zipSync(files, { level: 0, mtime: EARLIEST });
}

/**
 * The CRC-32 of each entry, from the archive's central directory (PKWARE APPNOTE 4.3.12, 4.3.16):
 * fflate unpacks without looking at them.
 */
function readChecksums(bytes: Uint8Array): Map<string, number> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let end = bytes.length - 22;
  while (view.getUint32(end, true) !== 0x06054b50) end--;
  const checksums = new Map<string, number>();
  let at = view.getUint32(end + 16, true);
  for (let entries = view.getUint16(end + 10, true); entries > 0; entries--) {
    const nameLength = view.getUint16(at + 28, true);
    const name = new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + nameLength));
    checksums.set(name, view.getUint32(at + 16, true));
    at += 46 + nameLength + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  }
  return checksums;
}
