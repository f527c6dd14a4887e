/**
 * Picture files: supported formats and maximum sizes. All decoding uses {@linkcode openPicture}.
 * @module
 */
import type sharp from "sharp";
import type { Metadata, Sharp } from "sharp";
import { loadPackage } from "../base/package.ts";
import { unreadable } from "../base/unreadable.ts";
import { UserError } from "../base/user_error.ts";
import { visible } from "../base/visible.ts";

/** Maximum pixels of a picture: 50 megapixels, 200 MB of memory. */
export const MOST_PIXELS = 50_000_000;
/** Maximum bytes of a file: as many pixels, uncompressed, with four channels of 16 bits. */
const MOST_BYTES = 8 * MOST_PIXELS;

/**
 * File extensions of pictures. SVG, BMP and HEIC are included although they are not supported, so that the
 * user gets an error.
 */
export const PICTURE_NAME = /\.(png|jpe?g|webp|gif|tiff?|avif|hei[cf]|bmp|p[gp]m|svg)$/i;

/**
 * The supported formats, by the names of libvips' loaders: those of cameras, phones, scanners and drawing
 * programs. All others are blocked: rendering SVG can take hours, and digits are not stored as PDF, FITS
 * or Ultra HDR.
 */
const LOADERS = ["Jpeg", "Png", "Webp", "Nsgif", "Tiff", "Heif"];

let loaded: Promise<typeof sharp> | undefined;

/**
 * Loads the library that decodes and encodes pictures, on first use because it takes time, and blocks
 * unsupported formats.
 */
export function loadSharp(): Promise<typeof sharp> {
  // Once: while all formats are blocked, decoding a picture elsewhere would fail.
  return loaded ??= loadPackage("sharp").then(({ default: sharp }) => {
    sharp.block({ operation: ["VipsForeignLoad"] });
    sharp.unblock({ operation: LOADERS.map((format) => `VipsForeignLoad${format}`) });
    // Pictures are decoded in parallel, each once: more threads or a cache only cost time.
    sharp.concurrency(1);
    sharp.cache(false);
    return sharp;
  });
}

/** A picture of which only the header has been read. */
export interface PictureFile {
  readonly name: string;
  /** Width and height in pixels, with the EXIF orientation applied. */
  readonly width: number;
  readonly height: number;
  /** Decodes the first frame, with the EXIF orientation applied. */
  readonly decode: () => Sharp;
}

/**
 * Reads the header of a picture.
 *
 * @param source a path, or the file's bytes
 * @param name name for error messages; defaults to the path
 * @throws {UserError} if the file cannot be read, is not a picture in a supported format, or has more than
 * 50 megapixels
 */
export async function openPicture(
  source: string | Uint8Array,
  name: string = typeof source === "string" ? visible(source) : "the picture",
): Promise<PictureFile> {
  const bytes = typeof source === "string" ? await readFile(source, name) : source;
  if (bytes.length === 0) throw new UserError(`${name}: an empty file, expected a picture`);
  const sharp = await loadSharp();
  let header: Metadata;
  try {
    header = await sharp(bytes, { limitInputPixels: false }).metadata();
  } catch (error) {
    throw undecodable(name, error);
  }
  const { width, height } = header.autoOrient;
  if (width * height > MOST_PIXELS) {
    throw new UserError(
      `${name}: ${width}×${height} pixels are more than 50 megapixels; save it smaller and try again`,
    );
  }
  const decode = () => sharp(bytes, { limitInputPixels: MOST_PIXELS }).autoOrient();
  return { name, width, height, decode };
}

async function readFile(path: string, name: string): Promise<Uint8Array> {
  try {
    const { size } = await Deno.stat(path);
    if (size > MOST_BYTES) {
      throw new UserError(`${name}: a file of ${Math.round(size / 1e6)} MB, expected a picture`);
    }
    return await Deno.readFile(path);
  } catch (error) {
    throw error instanceof UserError ? error : unreadable(name, error);
  }
}

/**
 * Reads all bytes of a stream.
 *
 * @throws {UserError} if there are more than in any picture; the rest is not read
 */
export async function readPicture(
  stream: AsyncIterable<Uint8Array<ArrayBuffer>>,
  name: string,
): Promise<Uint8Array> {
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  for await (const piece of stream) {
    pieces.push(piece);
    size += piece.length;
    if (size > MOST_BYTES) {
      throw new UserError(`${name}: more than ${MOST_BYTES / 1e6} MB, expected a picture`);
    }
  }
  return await new Blob(pieces).bytes();
}

/** Returns the error for a picture that sharp cannot decode: the first line of sharp's message. */
export function undecodable(name: string, error: unknown): UserError {
  const words = error instanceof Error ? error.message : String(error);
  const [first] = words.replace(/^Input (buffer|file) /, "").split("\n");
  const format = /unsupported image format/.test(first);
  return new UserError(
    `${name}: not a picture that can be read (${first.replace(/[\s:]+$/, "")})` +
      (format ? "; expected PNG, JPEG, WebP, GIF, TIFF or AVIF" : ""),
  );
}
