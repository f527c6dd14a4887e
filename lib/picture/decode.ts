import { UserError } from "../base/user_error.ts";
import { openPicture, undecodable } from "./picture_file.ts";
import type { RasterImage } from "./preprocess/plane.ts";

/** Minimum side of a picture that can show a digit. */
const SMALLEST_SIDE = 8;

/**
 * Decodes a picture (PNG, JPEG, WebP, GIF, TIFF or AVIF): the first frame of an animation, with its EXIF
 * orientation applied, in sRGB with 8 bits per channel.
 *
 * @param source a path, or the file's bytes
 * @param name name for error messages; defaults to the path
 * @param smallest minimum side in pixels; defaults to 8
 * @throws {UserError} if the file cannot be read, is not a picture, is damaged, is larger than 50 megapixels
 * (according to its header, before decoding) or smaller than `smallest`
 */
export async function decodeImage(
  source: string | Uint8Array,
  name?: string,
  smallest: number = SMALLEST_SIDE,
): Promise<RasterImage> {
  const picture = await openPicture(source, name);
  const { width, height } = picture;
  if (Math.min(width, height) < smallest) {
    throw new UserError(
      `${picture.name}: ${width}×${height} pixels are too few to show a digit; ` +
        `expected ${smallest}×${smallest} or more`,
    );
  }
  try {
    const { data, info } = await picture.decode()
      .toColourspace("srgb").ensureAlpha().raw({ depth: "uchar" })
      .toBuffer({ resolveWithObject: true });
    const rgba = new Uint8Array(data.buffer, data.byteOffset, data.length);
    return { width: info.width, height: info.height, rgba };
  } catch (error) {
    throw undecodable(picture.name, error);
  }
}
