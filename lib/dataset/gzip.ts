import { createReadStream } from "node:fs";
import { pipeline, type Readable, Transform } from "node:stream";
import { constants, createGunzip, gunzipSync } from "node:zlib";
import { reason } from "../base/atomic_file.ts";
import { mostUnpacked } from "../base/expansion.ts";
import { unreadable } from "../base/unreadable.ts";
import { UserError } from "../base/user_error.ts";

/** Whether the bytes begin as a gzip file does (RFC 1952, 2.3.1). */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/** Bytes of a file from which its header is read. */
const HEAD = 2 ** 14;

/**
 * The bytes of a file, unpacked when it is gzip, which its first bytes tell and not its name. The
 * file's own header bounds what is read and unpacked: one byte beyond what it declares is enough to
 * see that there are too many.
 *
 * @param declared the length of the whole file by its first unpacked bytes, 64 or more where there are
 * as many
 * @returns all bytes, or the first `declared + 1` where there are more
 * @throws {UserError} when the file cannot be read, its gzip data are damaged or cut off, or unpack to
 * more than {@linkcode mostUnpacked}
 */
export async function readUnpacked(
  path: string,
  declared: (start: Uint8Array) => number,
): Promise<Uint8Array> {
  const head = await readFirst(path, HEAD);
  if (!isGzip(head)) return await readFirst(path, declared(head) + 1);
  const wanted = declared(startOfGzip(head)) + 1;
  // What does not compress at all grows by less than a thousandth.
  const packed = await readFirst(path, HEAD + wanted + Math.ceil(wanted / 1000));
  const limit = mostUnpacked(packed.length);
  const unpacked = await unpack(packed, path, Math.min(wanted, limit));
  if (unpacked.length === limit && limit < wanted) throw tooLarge(path, limit);
  return unpacked;
}

/** The first bytes of a file, up to `size`. */
async function readFirst(path: string, size: number): Promise<Uint8Array> {
  try {
    using file = await Deno.open(path);
    const bytes = new Uint8Array(Math.min(size, (await file.stat()).size));
    let done = 0;
    for (let read: number | null = 0; read !== null && done < bytes.length; done += read ?? 0) {
      read = await file.read(bytes.subarray(done));
    }
    return bytes.subarray(0, done);
  } catch (error) {
    throw unreadable(path, error);
  }
}

/** What the first bytes of gzip data unpack to; nothing where they are damaged. */
function startOfGzip(bytes: Uint8Array): Uint8Array {
  try {
    return gunzipSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH });
  } catch {
    return new Uint8Array();
  }
}

/** Bytes that zlib gives at a time: 47 MB of MNIST take 0.1 s, where its default takes 0.17 s. */
const PIECE = 2 ** 18;

/**
 * The bytes themselves, or what is in them when they are gzip: the first `most` of it, no more than
 * that is unpacked.
 *
 * @param name what an error calls them, e.g. the file's path
 * @throws {UserError} when the gzip data are damaged or cut off before so many bytes
 */
export async function unpack(bytes: Uint8Array, name: string, most: number): Promise<Uint8Array> {
  if (!isGzip(bytes)) return bytes;
  // Memory that is never written to costs nothing.
  const out = new Uint8Array(most);
  let done = 0;
  // On zlib's own thread: several files are unpacked at once.
  const stream = createGunzip({ chunkSize: PIECE });
  stream.end(bytes);
  try {
    for await (const piece of stream) {
      const kept = piece.subarray(0, most - done);
      out.set(kept, done);
      done += kept.length;
      if (done === most) break;
    }
  } catch (error) {
    throw damagedGzip(name, error);
  }
  return out.subarray(0, done);
}

/**
 * The bytes of a file piece by piece, unpacked when it is gzip, to {@linkcode mostUnpacked} at most.
 * Errors come as the stream's `error` event; {@linkcode streamError} puts them into words.
 *
 * @throws {UserError} when the file cannot be opened
 */
export async function streamUnpacked(path: string): Promise<Readable> {
  const { start, size } = await firstBytes(path).catch((error) => {
    throw error instanceof UserError ? error : unreadable(path, error);
  });
  const source = createReadStream(path);
  if (!isGzip(start)) return source;
  // The pipeline hands an error of the file on to whoever reads the unpacked bytes.
  return pipeline(source, createGunzip(), limited(path, mostUnpacked(size)), () => {});
}

/** Passes bytes on, so many of them at most. */
function limited(path: string, limit: number): Transform {
  let done = 0;
  return new Transform({
    transform(piece: Uint8Array, _encoding, pass) {
      done += piece.length;
      if (done > limit) pass(tooLarge(path, limit));
      else pass(null, piece);
    },
  });
}

async function firstBytes(path: string): Promise<{ start: Uint8Array; size: number }> {
  const { isFile, isDirectory, size } = await Deno.stat(path);
  if (!isFile && !isDirectory) {
    throw new UserError(`${path}: a pipe or device, which cannot be read twice; save it as a file`);
  }
  using file = await Deno.open(path);
  const start = new Uint8Array(2);
  await file.read(start);
  return { start, size };
}

/** The error for a stream of {@linkcode streamUnpacked} that broke off. */
export function streamError(path: string, error: unknown): UserError {
  if (error instanceof UserError) return error;
  const code = String((error as { code?: unknown }).code);
  return code.startsWith("Z_") ? damagedGzip(path, error) : unreadable(path, error);
}

function tooLarge(path: string, limit: number): UserError {
  return new UserError(
    `${path}: unpacks to more than ${Math.floor(limit / 2 ** 20)} MiB, far more than data of its ` +
      `size hold; if you trust it, unpack it yourself (gunzip) and name the unpacked file`,
  );
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
