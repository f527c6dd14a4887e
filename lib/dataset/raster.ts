/**
 * Half the width of a line's grey edge, in pixels. MNIST's ink is slightly softer than the half pixel of
 * exact coverage, as its digits were downscaled with a filter.
 */
const EDGE = 0.65;

/**
 * Draws a line segment with a round nib onto a grey image, anti-aliased: a pixel's ink depends on the
 * distance of its centre from the nib's edge, from 0 at {@linkcode EDGE} pixels outside to 255 at as many
 * inside. Existing ink is never lightened.
 *
 * @param image width × height bytes, row by row; drawn on
 * @param x0 start of the segment, in pixels; the first pixel's centre is at 0.5
 * @param radius of the nib in pixels
 */
export function drawLine(
  image: Uint8Array,
  width: number,
  height: number,
  x0: number,
  y0: number,
  x1: number,
  y1: number,
  radius: number,
): void {
  const reach = radius + EDGE;
  const inner = Math.max(0, radius - EDGE);
  const slope = 255 / (2 * EDGE);
  const dx = x1 - x0, dy = y1 - y0;
  const inverse = 1 / (dx * dx + dy * dy || 1);
  const left = Math.max(0, Math.floor(Math.min(x0, x1) - reach));
  const right = Math.min(width - 1, Math.floor(Math.max(x0, x1) + reach));
  const top = Math.max(0, Math.floor(Math.min(y0, y1) - reach));
  const bottom = Math.min(height - 1, Math.floor(Math.max(y0, y1) + reach));
  for (let y = top; y <= bottom; y++) {
    for (let x = left; x <= right; x++) {
      const px = x + 0.5 - x0, py = y + 0.5 - y0;
      let along = (px * dx + py * dy) * inverse;
      along = along < 0 ? 0 : along > 1 ? 1 : along;
      const ex = px - along * dx, ey = py - along * dy;
      const square = ex * ex + ey * ey;
      if (square >= reach * reach) continue;
      const ink = square <= inner * inner
        ? Math.min(255, slope * reach)
        : slope * (reach - Math.sqrt(square));
      const at = y * width + x;
      if (ink > image[at]) image[at] = ink;
    }
  }
}
