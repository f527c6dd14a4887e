import { createReadStream } from "node:fs";
import { pipeline, type Readable, Transform } from "node:stream";
import { constants, createGunzip, gunzipSync } from "node:zlib";
import { reason } from "../base/atomic_file.ts";
import { mostUnpacked } from "../base/expansion.ts";
import { unreadable } from "../base/unreadable.ts";
import { UserError } from "../base/user_error.ts";

/** Returns `true` if the bytes begin like a gzip file (RFC 1952, 2.3.1). */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/** Bytes of a file that contain its header. */
const HEAD = 2 ** 14;

/**
 * Reads a file, and unpacks it if it is gzip, as detected from its first bytes. It reads and unpacks at
 * most one byte more than the file's header declares, which is enough to detect surplus bytes.
 *
 * @param declared returns the length of the whole file, given its first unpacked bytes (64 or more if
 * there are as many)
 * @returns all bytes, or the first `declared + 1` if there are more
 * @throws {UserError} if the file cannot be read, its gzip data are damaged or truncated, or unpack to more
 * than {@linkcode mostUnpacked}
 */
export async function readUnpacked(
  path: string,
  declared: (start: Uint8Array) => number,
): Promise<Uint8Array> {
  const head = await readFirst(path, HEAD);
  if (!isGzip(head)) return await readFirst(path, declared(head) + 1);
  const wanted = declared(startOfGzip(head)) + 1;
  // Incompressible data grow by less than a thousandth.
  const packed = await readFirst(path, HEAD + wanted + Math.ceil(wanted / 1000));
  const limit = mostUnpacked(packed.length);
  const unpacked = await unpack(packed, path, Math.min(wanted, limit));
  if (unpacked.length === limit && limit < wanted) throw tooLarge(path, limit);
  return unpacked;
}

/** Reads the first bytes of a file, up to `size`. */
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

/** Unpacks the first bytes of gzip data; returns none if they are damaged. */
function startOfGzip(bytes: Uint8Array): Uint8Array {
  try {
    return gunzipSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH });
  } catch {
    return new Uint8Array();
  }
}

/** Chunk size of zlib: 47 MB of MNIST take 0.1 s, with its default 0.17 s. */
const PIECE = 2 ** 18;

/**
 * Unpacks bytes if they are gzip, otherwise returns them. At most `most` bytes are unpacked.
 *
 * @param name name for error messages, such as the file's path
 * @throws {UserError} if the gzip data are damaged or truncated before that
 */
export async function unpack(bytes: Uint8Array, name: string, most: number): Promise<Uint8Array> {
  if (!isGzip(bytes)) return bytes;
  // Untouched memory costs nothing.
  const out = new Uint8Array(most);
  let done = 0;
  // On zlib's own thread, so that several files are unpacked in parallel.
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
 * Streams the bytes of a file, unpacked if it is gzip, up to {@linkcode mostUnpacked}. Errors are emitted
 * as the stream's `error` event; {@linkcode streamError} converts them.
 *
 * @throws {UserError} if the file cannot be opened
 */
export async function streamUnpacked(path: string): Promise<Readable> {
  const { start, size } = await firstBytes(path).catch((error) => {
    throw error instanceof UserError ? error : unreadable(path, error);
  });
  const source = createReadStream(path);
  if (!isGzip(start)) return source;
  // The pipeline forwards errors of the file to the reader of the unpacked bytes.
  return pipeline(source, createGunzip(), limited(path, mostUnpacked(size)), () => {});
}

/** Passes on at most `limit` bytes. */
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

/** Converts an error of a stream of {@linkcode streamUnpacked}. */
export function streamError(path: string, error: unknown): UserError {
  if (error instanceof UserError) return error;
  const code = String((error as { code?: unknown }).code);
  return code.startsWith("Z_") ? damagedGzip(path, error) : unreadable(path, error);
}

function tooLarge(path: string, limit: number): UserError {
  return new UserError(
    `${path}: unpacks to more than ${Math.floor(limit / 2 ** 20)} MiB, far more than data of its ` +
      `size contain; if you trust it, unpack it yourself (gunzip) and use the unpacked file`,
  );
}

/** Returns the error for gzip data that zlib rejects. */
function damagedGzip(name: string, error: unknown): UserError {
  const what = reason(error);
  return new UserError(
    what.includes("unexpected end")
      ? `${name}: the gzip data are truncated; the file is incomplete, download it again`
      : `${name}: the gzip data are damaged (${what}); download the file again`,
  );
}
