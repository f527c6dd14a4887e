import { createReadStream } from "node:fs";
import { pipeline, type Readable } from "node:stream";
import { promisify } from "node:util";
import { createGunzip, gunzip } from "node:zlib";
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

/**
 * The bytes of a file piece by piece, unpacked when it is gzip. What goes wrong later comes as the
 * stream's `error`; {@linkcode streamError} puts it into words.
 *
 * @throws {UserError} when the file cannot be opened
 */
export async function streamUnpacked(path: string): Promise<Readable> {
  const start = await firstBytes(path).catch((error) => {
    throw error instanceof UserError ? error : unreadable(path, error);
  });
  const source = createReadStream(path);
  // The pipeline hands an error of the file on to whoever reads the unpacked bytes.
  return isGzip(start) ? pipeline(source, createGunzip(), () => {}) : source;
}

async function firstBytes(path: string): Promise<Uint8Array> {
  const { isFile, isDirectory } = await Deno.stat(path);
  if (!isFile && !isDirectory) {
    throw new UserError(`${path}: a pipe or device, which cannot be read twice; save it as a file`);
  }
  using file = await Deno.open(path);
  const bytes = new Uint8Array(2);
  await file.read(bytes);
  return bytes;
}

/** The error for a stream of {@linkcode streamUnpacked} that broke off. */
export function streamError(path: string, error: unknown): UserError {
  const code = String((error as { code?: unknown }).code);
  return code.startsWith("Z_") ? damagedGzip(path, error) : unreadable(path, error);
}

/** The error for a file that cannot be read. */
export function unreadable(path: string, error: unknown): UserError {
  if (error instanceof Deno.errors.NotFound) return new UserError(`${path}: no such file`);
  // Deno guards the system's own places, such as /dev/stdin, whatever a command may read.
  if (error instanceof Deno.errors.NotCapable) {
    return new UserError(`${path}: cannot be read (${reason(error)}), or save it as a file`);
  }
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
