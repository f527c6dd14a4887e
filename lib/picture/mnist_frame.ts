/**
 * The frame of MNIST's images (LeCun et al., the MNIST page): "normalized to fit in a
 * 20×20 pixel box while preserving their aspect ratio", then "centered in a 28×28 image by computing
 * the center of mass of the pixels, and translating the image so as to position this point at the
 * center of the 28×28 field".
 * @module
 */

/** Side of an image, in pixels. */
export const SIDE = 28;
/** Side of the box into which a digit is fitted, in pixels. */
export const BOX = 20;
/**
 * Position of the centre of mass, as a pixel index. Its mean on the 60,000 training images is 14.0 in both
 * directions, so it is the centre of pixel 14, half a pixel beyond the middle of the image.
 */
export const CENTRE = 14;

/**
 * Copies a grey image of at most 28×28 to the 28×28 frame, with its centre of mass on the pixel nearest to
 * {@linkcode CENTRE}, kept within the frame.
 *
 * @param box width × height bytes, row by row, 0 for the background
 * @param target 784 bytes, overwritten
 */
export function centreByMass(
  box: Uint8Array,
  width: number,
  height: number,
  target: Uint8Array,
): void {
  let mass = 0, massX = 0, massY = 0;
  for (let y = 0; y < height; y++) {
    let row = 0;
    for (let x = 0; x < width; x++) {
      const ink = box[y * width + x];
      row += ink;
      massX += x * ink;
    }
    mass += row;
    massY += y * row;
  }
  const left = offset(massX / (mass || 1), width);
  const top = offset(massY / (mass || 1), height);
  target.fill(0);
  for (let y = 0; y < height; y++) {
    const from = y * width, to = (y + top) * SIDE + left;
    for (let x = 0; x < width; x++) target[to + x] = box[from + x];
  }
}

/** Offset of pixels 0 … size − 1 that moves `centre` to {@linkcode CENTRE}. */
function offset(centre: number, size: number): number {
  return Math.max(0, Math.min(SIDE - size, Math.floor(CENTRE - centre + 0.5)));
}
