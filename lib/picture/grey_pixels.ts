import { openPicture, type PictureFile, undecodable } from "./picture_file.ts";

/** Pixels per row, and rows. */
interface Size {
  readonly width: number;
  readonly height: number;
}

/**
 * Decodes a picture to a byte per pixel, row by row: its brightness, with transparent parts black.
 *
 * @param size size to scale to; defaults to the picture's
 * @throws {UserError} if it is damaged
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
 * Reads a whole picture like the images of a class folder: scaled to a size if necessary, its brightness as
 * bytes.
 *
 * @throws {UserError} if it cannot be read or is not a picture
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
