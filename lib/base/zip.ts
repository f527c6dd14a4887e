/** The words that begin an entry, its line in the directory, and the end of the directory. */
export const LOCAL_HEADER = 0x04034b50;
const DIRECTORY_LINE = 0x02014b50, DIRECTORY_END = 0x06054b50;

/** An entry of a ZIP archive, as the archive's directory describes it. */
export interface ZipEntry {
  readonly file: string;
  /** 0, stored; 8, deflated. */
  readonly method: number;
  /** CRC-32 of the content. */
  readonly checksum: number;
  /** Bytes in the archive. */
  readonly packed: number;
  /** Bytes unpacked. */
  readonly size: number;
  /** The offset of its local header. */
  readonly start: number;
}

/**
 * The central directory of a ZIP archive (PKWARE APPNOTE 4.3.7, 4.3.12, 4.3.16). The 64-bit form, for
 * four gigabytes or 65,535 entries and more, is not read.
 *
 * @param tail the end of the archive with the whole directory
 * @param skipped bytes of the archive before `tail`
 * @param most entries
 * @returns `undefined` when there are more
 * @throws {Error} when the archive is cut off or damaged
 */
export function zipDirectory(tail: Uint8Array, skipped: number, most: number) {
  const view = new DataView(tail.buffer, tail.byteOffset, tail.length);
  let end = tail.length - 22;
  while (view.getUint32(end, true) !== DIRECTORY_END) end--;
  const count = view.getUint16(end + 10, true);
  if (count > most) return undefined;
  const entries: ZipEntry[] = [];
  let at = view.getUint32(end + 16, true) - skipped;
  while (entries.length < count) {
    if (view.getUint32(at, true) !== DIRECTORY_LINE) throw new Error("no line here");
    const nameLength = view.getUint16(at + 28, true);
    entries.push({
      file: new TextDecoder().decode(tail.subarray(at + 46, at + 46 + nameLength)),
      method: view.getUint16(at + 10, true),
      checksum: view.getUint32(at + 16, true),
      packed: view.getUint32(at + 20, true),
      size: view.getUint32(at + 24, true),
      start: view.getUint32(at + 42, true),
    });
    at += 46 + nameLength + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  }
  return entries;
}
