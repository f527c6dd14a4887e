import { UserError } from "../base/user_error.ts";
import { openPicture, undecodable } from "./picture_file.ts";
import type { RasterImage } from "./preprocess/plane.ts";

/** The smallest side of a picture that a digit can be seen in. */
const SMALLEST_SIDE = 8;

/**
 * Decodes a picture (PNG, JPEG, WebP, GIF, TIFF or AVIF): the first frame of an animation, turned
 * upright as its EXIF data says, in sRGB with 8 bits a channel.
 *
 * @param source a path, or the file's bytes
 * @param name what the errors call it; defaults to the path
 * @param smallest the fewest pixels along a side; defaults to 8
 * @throws {UserError} when the file cannot be read, is no picture, is damaged, is larger than 50
 * megapixels (seen in its header, before anything is decoded) or smaller than 8×8
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
