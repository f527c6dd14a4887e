import { emptyPlane, enlarge, type Plane, type RasterImage } from "./plane.ts";

/** Pictures with a longer side are averaged down to at most this many pixels. */
const LONGEST_SIDE = 480;
/** Pictures with a shorter longer side are enlarged to at least this many. */
const SHORTEST_SIDE = 112;

/**
 * The picture in shades of grey, 0 black to 1 white, its longer side from 112 to 480 pixels.
 *
 * Transparent parts show the paper behind them, which is white where what is drawn is dark and black
 * where it is light. Of all mixtures of red, green and blue the one is taken in which the picture
 * varies most (its colours' first principal axis): yellow ink on white paper, all but invisible in
 * brightness, is plain in it.
 */
export function toGrey(image: RasterImage): Plane {
  const channels = shrinkChannels(image);
  const mix = isGrey(channels) ? [1, 0, 0] : principalAxis(channels);
  const offset = -mix.reduce((sum, weight) => sum + Math.min(0, weight), 0);
  const [red, green, blue] = channels;
  const grey = emptyPlane(red.width, red.height);
  for (let i = 0; i < grey.values.length; i++) {
    grey.values[i] = offset + mix[0] * red.values[i] + mix[1] * green.values[i] +
      mix[2] * blue.values[i];
  }
  return enlarge(grey, Math.ceil(SHORTEST_SIDE / Math.max(grey.width, grey.height)));
}

/** Red, green and blue on the paper, each the mean of factor × factor pixels. */
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

/** 255 or 0: the opposite of what is drawn on a transparent picture. */
function paperBehind(rgba: RasterImage["rgba"]): number {
  let brightness = 0, opacity = 0;
  for (let i = 0; i < rgba.length; i += 4) {
    brightness += rgba[i + 3] * (rgba[i] + rgba[i + 1] + rgba[i + 2]);
    opacity += rgba[i + 3];
  }
  return brightness > 3 * 127.5 * opacity ? 0 : 255;
}

/** Whether red, green and blue are the same everywhere, but for a camera's rounding. */
function isGrey([red, green, blue]: readonly Plane[]): boolean {
  return red.values.every((value, i) =>
    Math.abs(value - green.values[i]) < 0.012 && Math.abs(value - blue.values[i]) < 0.012
  );
}

/** The direction of greatest variance, towards white, its absolute weights adding up to 1. */
function principalAxis(planes: readonly Plane[]): number[] {
  // Some ten thousand pixels tell the axis as well as all of them.
  const stride = Math.ceil(planes[0].values.length / 10_000);
  const channels = planes.map(({ values }) => ({
    values: values.filter((_, i) => i % stride === 0),
  }));
  const count = channels[0].values.length;
  const means = channels.map(({ values }) => values.reduce((sum, value) => sum + value, 0) / count);
  const covariance = channels.map(({ values: a }, i) =>
    channels.map(({ values: b }, j) => {
      let sum = 0;
      for (let k = 0; k < count; k++) sum += (a[k] - means[i]) * (b[k] - means[j]);
      return sum / count;
    })
  );
  // Power iteration; its start is no axis of symmetry, so no principal axis is at right angles to it.
  let axis = [0.3, 0.6, 0.1];
  for (let round = 0; round < 50; round++) {
    const next = covariance.map((row) => row.reduce((sum, c, j) => sum + c * axis[j], 0));
    const length = next.reduce((sum, weight) => sum + Math.abs(weight), 0);
    if (length === 0) break;
    axis = next.map((weight) => weight / length);
  }
  const towardsWhite = axis[0] + axis[1] + axis[2] < 0 ? -1 : 1;
  return axis.map((weight) => weight * towardsWhite);
}
