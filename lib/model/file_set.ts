/**
 * Models that are several files: how one path stands for them all.
 * @module
 */

import { basename, dirname, extname, join } from "node:path";
import { reason } from "../base/atomic_file.ts";
import { UserError } from "../base/user_error.ts";
import { visible } from "../base/visible.ts";

/** The path of one part: the `*` filled in, or `-part` put before the extension. */
export function partPath(path: string, part: string): string {
  return asPattern(path).replace("*", part);
}

/** A path as a pattern: `run7.npy` stands for `run7-*.npy`. */
function asPattern(path: string): string {
  const extension = extname(path);
  return path.includes("*") ? path : `${path.slice(0, -extension.length)}-*${extension}`;
}

/**
 * The files that a path stands for: itself, the `.npy` and `.csv` files of a folder, or those that
 * match a pattern in its last part, in which `*` stands for any characters.
 *
 * @returns one or more, sorted
 * @throws {UserError} when there are none, or the folder cannot be read
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
 * @param path what the user wrote, for errors
 * @throws {UserError} when there are none, or the folder cannot be read
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
      // A name that begins with a dot is hidden, as from a shell's patterns.
      const isHidden = name.startsWith(".") && !patterns.some((pattern) => pattern.startsWith("."));
      // Nobody names a model's file with line ends or escape sequences.
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

/** What is at a path, `undefined` where nothing is. */
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

/** The largest file of a model that is read: a network of 100 million weights in 64 bits. */
const MOST_BYTES = 800_000_000;
/** The largest that is read as text, which takes many times its size while it is read. */
const MOST_TEXT = 200_000_000;

/**
 * The whole file.
 *
 * @throws {UserError} when it cannot be read or is larger than any model
 */
export async function readBytes(path: string): Promise<Uint8Array> {
  return await readUpTo(path, Infinity);
}

/** The text of a file's bytes. */
export function decodeText(bytes: Uint8Array, path: string): string {
  checkSize(path, bytes.length, MOST_TEXT);
  return new TextDecoder().decode(bytes);
}

/** The first `size` bytes of a file, fewer if it is shorter: enough to tell what it is. */
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
