import { emptyPlane, mapPlane, type Plane, quantile } from "./plane.ts";

/** Slopes that a page's lines may have, up to ±11 degrees. */
const STEEPEST = 0.2;
const SLOPE_STEP = 0.01;
/** Places along a line that are looked at. */
const SAMPLES = 96;
/** Share of a line's places, and of its two ends, that must hold ink. */
const COVERED = 0.8;
/** Thickest line, as a share of the picture's height. */
const THICKEST = 0.035;
/** How near to the picture's edge a line is taken for a stroke of a picture cut close, as a share. */
const MARGIN = 0.04;
/** What is this much darker than a line is ink that crosses it. */
const DARKER = 1.5;

/**
 * The contrast without the lines of ruled or squared paper: thin, straight, from one edge of the
 * picture to the other, near the horizontal or the vertical. Where a stroke crosses a line, the stroke
 * stays: it is darker than the line, or goes on above and below it.
 *
 * @param faintest contrast that counts as part of a line
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
  // A pixel of play up and down: slopes are tried in steps.
  const hits = mapPlane(contrast, (value, i) => {
    const above = i >= width ? contrast.values[i - width] : 0;
    const below = i + width < width * height ? contrast.values[i + width] : 0;
    return Math.max(value, above, below) >= faintest ? 1 : 0;
  });
  let slope = 0, most = 0;
  let coverage: Float64Array = new Float64Array(height);
  for (let step = Math.round(-STEEPEST / SLOPE_STEP); step * SLOPE_STEP <= STEEPEST; step++) {
    const covered = coverageAlong(hits, step * SLOPE_STEP);
    const sum = covered.reduce((sum, share) => sum + Math.max(0, share - COVERED), 0);
    if (sum > most) [slope, most, coverage] = [step * SLOPE_STEP, sum, covered];
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

/**
 * For each height in the middle of the picture, the share of the places along a line through it that
 * hold ink; 0 where an end of the line holds less than {@linkcode COVERED}, or lies outside.
 */
function coverageAlong({ width, height, values }: Plane, slope: number): Float64Array {
  const coverage = new Float64Array(height);
  const end = Math.floor(SAMPLES / 8);
  const places = Array.from({ length: SAMPLES }, (_, i) => {
    const x = Math.floor((i + 0.5) * width / SAMPLES);
    return { x, rise: Math.round(slope * (x - width / 2)) };
  });
  for (let middle = 0; middle < height; middle++) {
    let hits = 0, atEnds = 0, inside = 0;
    places.forEach(({ x, rise }, i) => {
      const y = middle + rise;
      if (y < 0 || y >= height) return;
      inside++;
      if (values[y * width + x] === 0) return;
      hits++;
      if (i < end || i >= SAMPLES - end) atEnds++;
    });
    if (inside === SAMPLES && atEnds >= COVERED * 2 * end) coverage[middle] = hits / SAMPLES;
  }
  return coverage;
}

/** The contrast without the line from height `start` up to `end` in the middle of the picture. */
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
