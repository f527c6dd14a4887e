import { sum } from "../../base/statistics.ts";
import { emptyPlane, mapPlane, type Plane, quantile } from "./plane.ts";

/** Maximum slope of a page's lines, ±11 degrees. */
const STEEPEST = 0.2;
const SLOPE_STEP = 0.01;
/** Number of samples along a line. */
const SAMPLES = 96;
/** Number of these samples at its two ends. */
const ENDS = 24;
/** Minimum share of a line's samples, and of its two ends, with ink. */
const COVERED = 0.8;
/** Maximum thickness of a line, as a share of the picture's height. */
const THICKEST = 0.035;
/** Margin, as a share, in which a line is considered a stroke of a tightly cropped picture. */
const MARGIN = 0.04;
/** Ink that crosses a line is darker by this factor. */
const DARKER = 1.5;

/**
 * Removes the lines of ruled or squared paper: thin, straight, from one edge of the picture to the other,
 * nearly horizontal or vertical. A stroke that crosses a line is kept: it is darker than the line, or
 * continues above and below it.
 *
 * @param faintest minimum contrast of a line, after smoothing the grain along it
 */
export function removeRuledLines(contrast: Plane, faintest: number): Plane {
  const across = removeNearHorizontal(contrast, faintest);
  return transpose(removeNearHorizontal(transpose(across), faintest));
}

function transpose({ width, height, values }: Plane): Plane {
  const turned = emptyPlane(height, width);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) turned.values[x * height + y] = values[y * width + x];
  }
  return turned;
}

function removeNearHorizontal(contrast: Plane, faintest: number): Plane {
  const { width, height } = contrast;
  const smooth = blurAlongRows(contrast);
  // One pixel of tolerance up and down, as slopes are tried in steps.
  const hits = mapPlane(smooth, (value, i) => {
    const above = i >= width ? smooth.values[i - width] : 0;
    const below = i + width < width * height ? smooth.values[i + width] : 0;
    return Math.max(value, above, below) >= faintest ? 1 : 0;
  });
  let slope = 0, most = 0;
  let coverage: Float64Array = new Float64Array(height);
  for (let step = Math.round(-STEEPEST / SLOPE_STEP); step * SLOPE_STEP <= STEEPEST; step++) {
    const covered = coverageAlong(hits, step * SLOPE_STEP);
    const score = sum(covered, (share) => Math.max(0, share - COVERED));
    if (score > most) [slope, most, coverage] = [step * SLOPE_STEP, score, covered];
  }
  let result = contrast;
  for (let start = 0; start < height; start++) {
    if (coverage[start] < COVERED) continue;
    let end = start;
    while (end < height && coverage[end] >= COVERED) end++;
    const middle = (start + end) / 2 / height;
    const thin = end - start <= THICKEST * height + 2;
    if (thin && middle > MARGIN && middle < 1 - MARGIN) result = erase(result, start, end, slope);
    start = end;
  }
  return result;
}

/** Averages nine pixels of a row, which removes most of the grain and little of a line. */
function blurAlongRows({ width, height, values }: Plane): Plane {
  const blurred = emptyPlane(width, height);
  for (let start = 0; start < values.length; start += width) {
    let sum = 0, count = 0;
    for (let x = -4; x < width; x++) {
      if (x + 4 < width) {
        sum += values[start + x + 4];
        count++;
      }
      if (x > 4) {
        sum -= values[start + x - 5];
        count--;
      }
      if (x >= 0) blurred.values[start + x] = sum / count;
    }
  }
  return blurred;
}

/**
 * Computes the share of samples with ink along a line, for each height of the line in the middle of the
 * picture; 0 if it is less than {@linkcode COVERED} of all, or of the eighth at either end, or if the line
 * leaves the picture.
 */
function coverageAlong({ width, height, values }: Plane, slope: number): Float64Array {
  const coverage = new Float64Array(height);
  const { offsets, lowest, highest } = placesAlong(width, slope);
  for (let middle = Math.max(0, -lowest); middle < Math.min(height, height - highest); middle++) {
    const start = middle * width;
    let misses = 0, i = 0;
    while (i < SAMPLES && misses <= (1 - COVERED) * (i < ENDS ? ENDS : SAMPLES)) {
      if (values[start + offsets[i++]] === 0) misses++;
    }
    if (i === SAMPLES) coverage[middle] = 1 - misses / SAMPLES;
  }
  return coverage;
}

/** Offsets of a line's samples from the first pixel of the row that it crosses in the middle, ends first. */
function placesAlong(width: number, slope: number) {
  const offsets = new Int32Array(SAMPLES);
  let lowest = 0, highest = 0;
  for (let i = 0; i < SAMPLES; i++) {
    const place = i % 2 === 0 ? i / 2 : SAMPLES - (i + 1) / 2;
    const x = Math.floor((place + 0.5) * width / SAMPLES);
    const rise = Math.round(slope * (x - width / 2));
    offsets[i] = rise * width + x;
    lowest = Math.min(lowest, rise);
    highest = Math.max(highest, rise);
  }
  return { offsets, lowest, highest };
}

/** Removes the line from height `start` up to `end` in the middle of the picture. */
function erase(contrast: Plane, start: number, end: number, slope: number): Plane {
  const { width, height } = contrast;
  const erased = mapPlane(contrast, (value) => value);
  const clamp = (y: number) => Math.max(0, Math.min(height - 1, y));
  const band = (x: number) => {
    const rise = Math.round(slope * (x - width / 2));
    return { top: clamp(start + rise - 1), bottom: clamp(end + rise) };
  };
  const peaks = Array.from({ length: width }, (_, x) => {
    const { top, bottom } = band(x);
    let peak = 0;
    for (let y = top; y <= bottom; y++) peak = Math.max(peak, contrast.values[y * width + x]);
    return peak;
  });
  const ink = DARKER * quantile(peaks, 0.5);
  const reach = end - start;
  const strongest = (x: number, y: number) => {
    let value = 0;
    for (let k = Math.max(0, x - reach); k <= Math.min(width - 1, x + reach); k++) {
      value = Math.max(value, contrast.values[y * width + k]);
    }
    return value;
  };
  for (let x = 0; x < width; x++) {
    const { top, bottom } = band(x);
    const crossing = Math.min(strongest(x, clamp(top - 1)), strongest(x, clamp(bottom + 1)));
    for (let y = top; y <= bottom; y++) {
      const i = y * width + x;
      if (contrast.values[i] < ink) erased.values[i] = Math.min(contrast.values[i], crossing);
    }
  }
  return erased;
}
