/**
 * Picture files: which formats are read, and how large they may be. Everything that decodes a picture
 * comes through {@linkcode openPicture}.
 * @module
 */
import type sharp from "sharp";
import type { Metadata, Sharp } from "sharp";
import { loadPackage } from "../base/package.ts";
import { unreadable } from "../base/unreadable.ts";
import { UserError } from "../base/user_error.ts";
import { visible } from "../base/visible.ts";

/** The largest picture that is decoded: 50 megapixels, 200 MB of memory. */
export const MOST_PIXELS = 50_000_000;
/** The largest file: that many pixels, uncompressed, of four channels with 16 bits each. */
const MOST_BYTES = 8 * MOST_PIXELS;

/**
 * The names that pictures have. SVG, BMP and HEIC are among them although they are not read: the user
 * is told so.
 */
export const PICTURE_NAME = /\.(png|jpe?g|webp|gif|tiff?|avif|hei[cf]|bmp|p[gp]m|svg)$/i;

/**
 * The formats that are read, as libvips calls their loaders: those of cameras, phones, scanners and
 * drawing programs. All others are blocked: SVG is a program that may draw for hours, and nobody
 * writes digits in PDF, FITS or Ultra HDR.
 */
const LOADERS = ["Jpeg", "Png", "Webp", "Nsgif", "Tiff", "Heif"];

let loaded: Promise<typeof sharp> | undefined;

/**
 * The library that decodes and encodes pictures, loaded when first needed, since that takes its time;
 * formats nobody writes digits in are blocked.
 */
export function loadSharp(): Promise<typeof sharp> {
  // Once: while all formats are blocked, a picture that is being decoded elsewhere would be refused.
  return loaded ??= loadPackage("sharp").then(({ default: sharp }) => {
    sharp.block({ operation: ["VipsForeignLoad"] });
    sharp.unblock({ operation: LOADERS.map((format) => `VipsForeignLoad${format}`) });
    // Pictures are decoded side by side, each once: more threads or a cache only cost time.
    sharp.concurrency(1);
    sharp.cache(false);
    return sharp;
  });
}

/** A picture whose header was read, and nothing else yet. */
export interface PictureFile {
  readonly name: string;
  /** Pixels in a row and rows, as the picture is to be seen: turned upright. */
  readonly width: number;
  readonly height: number;
  /** Starts to decode: the first frame, turned upright as the EXIF data say. */
  readonly decode: () => Sharp;
}

/**
 * Reads the header of a picture.
 *
 * @param source a path, or the file's bytes
 * @param name what errors call it; defaults to the path
 * @throws {UserError} when the file cannot be read, is no picture of a known format, or has more than
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
 * All bytes of a stream.
 *
 * @throws {UserError} when there are more than any picture has: then no more is read
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

/** The error for a picture that sharp does not decode: the first line of what it says. */
export function undecodable(name: string, error: unknown): UserError {
  const words = error instanceof Error ? error.message : String(error);
  const [first] = words.replace(/^Input (buffer|file) /, "").split("\n");
  const format = /unsupported image format/.test(first);
  return new UserError(
    `${name}: not a picture that can be read (${first.trim()})` +
      (format ? "; expected PNG, JPEG, WebP, GIF, TIFF or AVIF" : ""),
  );
}
