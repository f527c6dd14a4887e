import { mean, sum } from "../../base/statistics.ts";
import { emptyPlane, enlarge, type Plane, type RasterImage } from "./plane.ts";

/** Maximum of the longer side, in pixels; larger pictures are averaged down. */
const LONGEST_SIDE = 480;
/** Minimum of the longer side, in pixels; smaller pictures are enlarged. */
const SHORTEST_SIDE = 112;

/**
 * Converts a picture to grey, 0 black to 1 white, with a longer side of 112 to 480 pixels.
 *
 * Transparent parts show paper: white behind a dark drawing, black behind a light one. Red, green and blue
 * are mixed along the colours' first principal axis, which has the largest variance. It shows yellow ink on
 * white paper clearly, which brightness alone hardly does.
 */
export function toGrey(image: RasterImage): Plane {
  const channels = shrinkChannels(image);
  const mix = isGrey(channels) ? [1, 0, 0] : principalAxis(channels);
  const offset = -sum(mix, (weight) => Math.min(0, weight));
  const [red, green, blue] = channels;
  const grey = emptyPlane(red.width, red.height);
  for (let i = 0; i < grey.values.length; i++) {
    grey.values[i] = offset + mix[0] * red.values[i] + mix[1] * green.values[i] +
      mix[2] * blue.values[i];
  }
  return enlarge(grey, Math.ceil(SHORTEST_SIDE / Math.max(grey.width, grey.height)));
}

/** Averages red, green and blue on the paper over factor × factor pixels. */
function shrinkChannels(image: RasterImage): Plane[] {
  const { width, height, rgba } = image;
  const factor = Math.ceil(Math.max(width, height) / LONGEST_SIDE);
  const paper = paperBehind(rgba);
  const channels = [0, 1, 2].map(() =>
    emptyPlane(Math.ceil(width / factor), Math.ceil(height / factor))
  );
  const [red, green, blue] = channels;
  const columns = red.width;
  const counts = new Uint16Array(red.values.length);
  for (let y = 0, from = 0; y < height; y++) {
    const row = Math.floor(y / factor) * columns;
    for (let x = 0; x < width; x++, from += 4) {
      const to = row + (factor === 1 ? x : Math.floor(x / factor));
      const opacity = rgba[from + 3] / 255, behind = (1 - opacity) * paper;
      red.values[to] += rgba[from] * opacity + behind;
      green.values[to] += rgba[from + 1] * opacity + behind;
      blue.values[to] += rgba[from + 2] * opacity + behind;
      counts[to]++;
    }
  }
  for (const { values } of channels) {
    for (let i = 0; i < values.length; i++) values[i] /= 255 * counts[i];
  }
  return channels;
}

/** Returns 255 or 0, the opposite of the drawing on a transparent picture. */
function paperBehind(rgba: RasterImage["rgba"]): number {
  let brightness = 0, opacity = 0;
  for (let i = 0; i < rgba.length; i += 4) {
    brightness += rgba[i + 3] * (rgba[i] + rgba[i + 1] + rgba[i + 2]);
    opacity += rgba[i + 3];
  }
  return brightness > 3 * 127.5 * opacity ? 0 : 255;
}

/** Returns `true` if red, green and blue are equal everywhere, except for a camera's rounding. */
function isGrey([red, green, blue]: readonly Plane[]): boolean {
  return red.values.every((value, i) =>
    Math.abs(value - green.values[i]) < 0.012 && Math.abs(value - blue.values[i]) < 0.012
  );
}

/** Computes the direction of largest variance, towards white; its absolute weights sum to 1. */
function principalAxis(planes: readonly Plane[]): number[] {
  // About ten thousand pixels determine the axis as well as all of them.
  const stride = Math.ceil(planes[0].values.length / 10_000);
  const channels = planes.map(({ values }) => ({
    values: values.filter((_, i) => i % stride === 0),
  }));
  const count = channels[0].values.length;
  const means = channels.map(({ values }) => mean(values)!);
  const covariance = channels.map(({ values: a }, i) =>
    channels.map(({ values: b }, j) => {
      let total = 0;
      for (let k = 0; k < count; k++) total += (a[k] - means[i]) * (b[k] - means[j]);
      return total / count;
    })
  );
  // Power iteration; the start is not an axis of symmetry, so no principal axis is orthogonal to it.
  let axis = [0.3, 0.6, 0.1];
  for (let round = 0; round < 50; round++) {
    const next = covariance.map((row) => sum(row, (c, j) => c * axis[j]));
    const length = sum(next, Math.abs);
    if (length === 0) break;
    axis = next.map((weight) => weight / length);
  }
  const towardsWhite = axis[0] + axis[1] + axis[2] < 0 ? -1 : 1;
  return axis.map((weight) => weight * towardsWhite);
}
