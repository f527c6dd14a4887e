import { openPicture, type PictureFile, undecodable } from "./picture_file.ts";

/** Pixels in a row, and rows. */
interface Size {
  readonly width: number;
  readonly height: number;
}

/**
 * Decodes a picture to a byte per pixel, row by row: its brightness, transparent parts black.
 *
 * @param size it is scaled to; defaults to its own
 * @throws {UserError} when it is damaged
 */
export async function greyPixels(picture: PictureFile, size?: Size): Promise<Uint8Array> {
  try {
    const flat = picture.decode().flatten({ background: "black" });
    const sized = size ? flat.resize(size.width, size.height, { fit: "fill" }) : flat;
    return await sized.toColourspace("b-w").raw().toBuffer();
  } catch (error) {
    throw undecodable(picture.name, error);
  }
}

/**
 * A whole picture as the images of a class folder are read: scaled to a size unless it has that size,
 * its brightness as bytes.
 *
 * @throws {UserError} when it cannot be read or is no picture
 */
export async function wholePicture(
  source: string | Uint8Array,
  name: string,
  size: Size,
): Promise<Uint8Array> {
  const picture = await openPicture(source, name);
  const isSize = picture.width === size.width && picture.height === size.height;
  return await greyPixels(picture, isSize ? undefined : size);
}
