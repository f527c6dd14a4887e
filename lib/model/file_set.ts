/**
 * Models stored in several files that one path denotes.
 * @module
 */

import { basename, dirname, extname, join } from "node:path";
import { reason } from "../base/atomic_file.ts";
import { UserError } from "../base/user_error.ts";
import { visible } from "../base/visible.ts";

/** The path of one part: replaces `*`, or inserts `-part` before the extension. */
export function partPath(path: string, part: string): string {
  return asPattern(path).replace("*", part);
}

/** A path as a pattern: `run7.npy` means `run7-*.npy`. */
function asPattern(path: string): string {
  const extension = extname(path);
  return path.includes("*") ? path : `${path.slice(0, -extension.length)}-*${extension}`;
}

/**
 * The files that a path denotes: itself, the `.npy` and `.csv` files of a folder, or those whose
 * names match a pattern, in which `*` matches any characters.
 *
 * @returns one or more, sorted
 * @throws {UserError} when there are none or the folder cannot be read
 */
export async function filesOf(path: string): Promise<string[]> {
  const info = await fileInfo(path);
  if (info?.isFile) return [path];
  if (info?.isDirectory) return await filesIn(path, ["*.npy", "*.csv"], path);
  const pattern = /\.(npy|csv)$/i.test(path) ? asPattern(path) : path;
  if (!basename(pattern).includes("*")) throw new UserError(`${path}: no such file or folder`);
  return await filesIn(dirname(pattern), [basename(pattern)], path);
}

/**
 * The files of a folder whose names match one of the patterns, sorted.
 *
 * @param path the path as the user wrote it, for errors
 * @throws {UserError} when there are none or the folder cannot be read
 */
export async function filesIn(
  folder: string,
  patterns: readonly string[],
  path: string,
): Promise<string[]> {
  const expression = patterns.map((pattern) => pattern.split("*").map(RegExp.escape).join(".*"));
  const matching = new RegExp(`^(${expression.join("|")})$`, "s");
  const files: string[] = [];
  try {
    for await (const { name, isDirectory } of Deno.readDir(folder)) {
      // As in a shell, patterns do not match hidden files.
      const isHidden = name.startsWith(".") && !patterns.some((pattern) => pattern.startsWith("."));
      // Skip names with control characters: they are no model's files.
      if (!isDirectory && visible(name) === name && !isHidden && matching.test(name)) {
        files.push(join(folder, name));
      }
    }
  } catch (error) {
    throw new UserError(`${path}: cannot be read (${reason(error)})`);
  }
  if (files.length === 0) {
    throw new UserError(`${path}: no file named ${patterns.join(" or ")} in the folder ${folder}`);
  }
  return files.sort();
}

/** Information about a file or folder; `undefined` if it does not exist. */
async function fileInfo(path: string): Promise<Deno.FileInfo | undefined> {
  try {
    return await Deno.stat(path);
  } catch (error) {
    const isAbsent = error instanceof Deno.errors.NotFound ||
      error instanceof Deno.errors.NotADirectory;
    if (isAbsent) return undefined;
    throw new UserError(`${path}: cannot be read (${reason(error)})`);
  }
}

/** The largest model file accepted, in bytes: 100 million weights in 64 bits. */
const MOST_BYTES = 800_000_000;
/** The largest text file accepted, in bytes: parsing needs many times its size. */
const MOST_TEXT = 200_000_000;

/**
 * Reads a whole file.
 *
 * @throws {UserError} when it cannot be read or is too large
 */
export async function readBytes(path: string): Promise<Uint8Array> {
  return await readUpTo(path, Infinity);
}

/** Decodes a file's bytes as UTF-8. */
export function decodeText(bytes: Uint8Array, path: string): string {
  checkSize(path, bytes.length, MOST_TEXT);
  return new TextDecoder().decode(bytes);
}

/** Reads up to `size` bytes from the start of a file, enough to detect its format. */
export async function readUpTo(path: string, size: number): Promise<Uint8Array> {
  try {
    using file = await Deno.open(path);
    if (size !== Infinity) {
      const bytes = new Uint8Array(size);
      return bytes.subarray(0, await file.read(bytes) ?? 0);
    }
    checkSize(path, (await file.stat()).size, MOST_BYTES);
    return await Deno.readFile(path);
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(`${path}: cannot be read (${reason(error)})`);
  }
}

function checkSize(path: string, size: number, most: number): void {
  if (size <= most) return;
  const megabytes = (bytes: number) => `${Math.round(bytes / 1e6)} MB`;
  throw new UserError(
    `${path}: ${megabytes(size)}, more than the ${megabytes(most)} of the largest model that is ` +
      `read${most === MOST_TEXT ? " as text; save it as .npz" : ""}`,
  );
}
