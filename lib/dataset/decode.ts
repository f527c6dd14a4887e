import { reason } from "../base/atomic_file.ts";
import { UserError } from "../base/user_error.ts";
import type { RasterImage } from "./preprocess/plane.ts";

/** The largest picture that is decoded: 50 megapixels, 200 MB of memory. */
export const MOST_PIXELS = 50_000_000;
/** The smallest side of a picture that a digit can be seen in. */
const SMALLEST_SIDE = 8;

/**
 * Decodes a picture of any format that sharp reads (PNG, JPEG, WebP, GIF, TIFF, AVIF, SVG): the first
 * frame of an animation, turned upright as its EXIF data says, in sRGB with 8 bits a channel.
 *
 * @param source a path, or the file's bytes
 * @param name what the errors call it; the path unless given
 * @throws {UserError} when the file cannot be read, is no picture, is damaged, is larger than 50
 * megapixels (seen in its header, before anything is decoded) or smaller than 8×8
 */
export async function decodeImage(
  source: string | Uint8Array,
  name: string = typeof source === "string" ? source : "the picture",
): Promise<RasterImage> {
  const bytes = typeof source === "string" ? await readBytes(source) : source;
  const { default: sharp } = await import("sharp");
  let width, height;
  try {
    ({ width, height } = await sharp(bytes, { limitInputPixels: false }).metadata());
  } catch (error) {
    throw unreadable(name, error);
  }
  if (width * height > MOST_PIXELS) {
    throw new UserError(
      `${name}: ${width}×${height} pixels are more than 50 megapixels; save it smaller and try again`,
    );
  }
  if (Math.min(width, height) < SMALLEST_SIDE) {
    throw new UserError(
      `${name}: ${width}×${height} pixels are too few to show a digit; ` +
        `expected ${SMALLEST_SIDE}×${SMALLEST_SIDE} or more`,
    );
  }
  try {
    const { data, info } = await sharp(bytes, { limitInputPixels: MOST_PIXELS })
      .autoOrient().toColourspace("srgb").ensureAlpha().raw({ depth: "uchar" })
      .toBuffer({ resolveWithObject: true });
    return { width: info.width, height: info.height, rgba: new Uint8Array(data) };
  } catch (error) {
    throw unreadable(name, error);
  }
}

async function readBytes(path: string): Promise<Uint8Array> {
  try {
    return await Deno.readFile(path);
  } catch (error) {
    throw new UserError(`${path}: cannot be read (${reason(error)})`);
  }
}

function unreadable(name: string, error: unknown): UserError {
  const words = error instanceof Error ? error.message : String(error);
  const [first] = words.replace(/^Input (buffer|file) /, "").split("\n");
  return new UserError(`${name}: not a picture that can be read (${first.trim()})`);
}
