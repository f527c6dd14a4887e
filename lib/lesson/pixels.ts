/** Drawing numbers as pixels. @module */

/** Sides of an image, and the gap between images, in pixels. */
const SIDE = 28, GAP = 2;

/** Most units that are drawn. */
const MOST = 256;

type Rgb = readonly [red: number, green: number, blue: number];

/** The page's colours so far, by name; reading one makes the browser compute styles. */
const colors = new Map<string, Rgb>();

/** Forgets the colours, when the page has become light or dark. */
export function forgetColors(): void {
  colors.clear();
}

function colorOf(name: string): Rgb {
  const known = colors.get(name);
  if (known) return known;
  const text = getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
  const color = [1, 3, 5].map((at) => parseInt(text.slice(at, at + 2), 16)) as unknown as Rgb;
  colors.set(name, color);
  return color;
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
  const width = columns * (SIDE + GAP) - GAP, height = rows * (SIDE + GAP) - GAP;
  // Setting a size empties a canvas, even if it is the same.
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  const context = canvas.getContext("2d")!;
  const image = context.createImageData(width, height), { data } = image;
  const above = colorOf("accent"), below = colorOf("second");
  let largest = 0;
  for (let i = 0; i < weights.length; i++) largest = Math.max(largest, Math.abs(weights[i]));
  for (let unit = 0; unit < shown; unit++) {
    const left = unit % columns * (SIDE + GAP), top = Math.floor(unit / columns) * (SIDE + GAP);
    for (let pixel = 0; pixel < SIDE ** 2; pixel++) {
      const weight = weights[pixel * units + unit];
      const x = left + pixel % SIDE, y = top + Math.floor(pixel / SIDE);
      const at = 4 * (y * width + x), color = weight > 0 ? above : below;
      data[at] = color[0];
      data[at + 1] = color[1];
      data[at + 2] = color[2];
      data[at + 3] = largest > 0 ? 255 * Math.abs(weight) / largest : 0;
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
  pixels.forEach((value, i) => image.data.set([...ink, value], 4 * i));
  context.putImageData(image, 0, 0);
}
