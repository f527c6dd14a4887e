/** Drawing numbers as pixels. @module */

/** Sides of an image, and the gap between images, in pixels. */
const SIDE = 28, GAP = 2;

/** Most units that are drawn. */
const MOST = 256;

type Rgb = readonly [red: number, green: number, blue: number];

function colorOf(name: string): Rgb {
  const text = getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
  return [1, 3, 5].map((at) => parseInt(text.slice(at, at + 2), 16)) as unknown as Rgb;
}

/**
 * Draws the weights of a layer whose inputs are images, a picture per unit: blue above 0, orange below,
 * the stronger the larger, on one scale for all units.
 *
 * @param weights 784 × units, row by row
 * @returns the largest magnitude, which has the full colour
 */
export function drawWeights(canvas: HTMLCanvasElement, weights: ArrayLike<number>): number {
  const units = weights.length / SIDE ** 2, shown = Math.min(units, MOST);
  const columns = Math.min(shown, 16), rows = Math.ceil(shown / columns);
  canvas.width = columns * (SIDE + GAP) - GAP;
  canvas.height = rows * (SIDE + GAP) - GAP;
  const context = canvas.getContext("2d")!;
  const image = context.createImageData(canvas.width, canvas.height);
  const above = colorOf("accent"), below = colorOf("second");
  let largest = 0;
  for (let i = 0; i < weights.length; i++) largest = Math.max(largest, Math.abs(weights[i]));
  for (let unit = 0; unit < shown; unit++) {
    const left = unit % columns * (SIDE + GAP), top = Math.floor(unit / columns) * (SIDE + GAP);
    for (let pixel = 0; pixel < SIDE ** 2; pixel++) {
      const weight = weights[pixel * units + unit];
      const x = left + pixel % SIDE, y = top + Math.floor(pixel / SIDE);
      const at = 4 * (y * canvas.width + x);
      image.data.set(weight > 0 ? above : below, at);
      image.data[at + 3] = largest > 0 ? 255 * Math.abs(weight) / largest : 0;
    }
  }
  context.putImageData(image, 0, 0);
  return largest;
}

/** Draws a digit of 784 bytes, its ink in the page's text colour. */
export function drawDigit(canvas: HTMLCanvasElement, pixels: Uint8Array): void {
  canvas.width = canvas.height = SIDE;
  const context = canvas.getContext("2d")!;
  const image = context.createImageData(SIDE, SIDE), ink = colorOf("text");
  pixels.forEach((value, i) => {
    image.data.set(ink, 4 * i);
    image.data[4 * i + 3] = value;
  });
  context.putImageData(image, 0, 0);
}
