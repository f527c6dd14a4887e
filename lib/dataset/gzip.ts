import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { reason } from "../base/atomic_file.ts";
import { UserError } from "../base/user_error.ts";

/** Whether the bytes begin as a gzip file does (RFC 1952, 2.3.1). */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/**
 * The bytes of a file, unpacked when it is gzip, which its first bytes tell and not its name.
 *
 * @throws {UserError} when it cannot be read or its gzip data are damaged or cut off
 */
export async function readUnpacked(path: string): Promise<Uint8Array> {
  const bytes = await Deno.readFile(path).catch((error) => {
    throw unreadable(path, error);
  });
  return await unpack(bytes, path);
}

/**
 * The bytes themselves, or what is in them when they are gzip.
 *
 * @param name what an error calls them, e.g. the file's path
 * @param limit the most bytes that may come out
 * @throws {UserError} when the gzip data are damaged, cut off, or give more than the limit
 */
export async function unpack(
  bytes: Uint8Array,
  name: string,
  limit = 2 ** 32,
): Promise<Uint8Array> {
  if (!isGzip(bytes)) return bytes;
  // zlib's own thread: several files are unpacked at once.
  return await promisify(gunzip)(bytes, { maxOutputLength: limit }).catch((error) => {
    throw damagedGzip(name, error);
  });
}

/** The error for a file that cannot be read. */
export function unreadable(path: string, error: unknown): UserError {
  if (error instanceof Deno.errors.NotFound) return new UserError(`${path}: no such file`);
  return new UserError(`${path}: cannot be read (${reason(error)})`);
}

/** The error for gzip data that zlib refuses. */
export function damagedGzip(name: string, error: unknown): UserError {
  const what = reason(error);
  return new UserError(
    what.includes("unexpected end")
      ? `${name}: the gzip data are cut off; the file is incomplete, get it again`
      : `${name}: the gzip data are damaged (${what}); get the file again`,
  );
}
