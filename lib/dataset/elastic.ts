import { exp } from "../base/elementary.ts";
import type { Random } from "../base/random.ts";
import type { Range } from "./augmentation.ts";

/** Nodes summed by the Gaussian in each direction: ±3.5 standard deviations. */
const TAPS = 7;
/** Number of values of σ in a range. */
const LEVELS = 9;

/** Nodes and weights of the sum at each position along a line, for one σ. */
interface Smoothing {
  readonly sigma: number;
  /** Nodes along the line. */
  readonly nodes: number;
  /** First node of each position; the next {@linkcode TAPS} − 1 follow. */
  readonly first: Uint16Array;
  /** Weights of the nodes of each position. */
  readonly weights: Float64Array;
}

/**
 * Draws smooth random displacements as defined by Simard, Steinkraus & Platt (2003): every pixel's Δx and
 * Δy uniform in (−1, 1), each field convolved with a Gaussian of standard deviation σ, times α.
 *
 * The same random field is computed from fewer numbers. White noise after a Gaussian contains no
 * information between points σ apart (above that frequency it keeps e^−π² ≈ 5 in 100,000 of its power).
 * So the noise is drawn on nodes σ apart, with σ² times the variance, and the same Gaussian sums it at
 * every pixel. Mean 0, standard deviation α / (2σ√(3π)) pixels (1.38 for σ = 4, α = 34) and
 * autocorrelation e^(−d²/4σ²) equal those of the definition, as the tests measure. A node's noise is the
 * sum of two uniform numbers, so the sum is as close to normal as the definition's sum of many pixels.
 * Nodes extend beyond the image, so its edges are like its centre. This takes a tenth of the time.
 *
 * @param sigma in pixels, 1 or more; a range is sampled in nine even steps
 * @returns a function that fills `field` with Δx, Δy, Δx, Δy, … for the next image, in pixels
 */
export function elasticField(
  { sigma, alpha }: { readonly sigma: Range; readonly alpha: Range },
  width: number,
  height: number,
  random: Random,
): (field: Float64Array) => void {
  const levels = sigma.from === sigma.to ? 1 : LEVELS;
  const smoothings = Array.from({ length: levels }, (_, level) => {
    const value = sigma.from + (sigma.to - sigma.from) * level / Math.max(1, levels - 1);
    return { across: smoothing(value, width), down: smoothing(value, height) };
  });
  const { across, down } = smoothings[0];
  const noise = new Float64Array(2 * across.nodes * down.nodes);
  const rows = new Float64Array(2 * width * down.nodes);
  return (field) => {
    const { across, down } = smoothings[levels === 1 ? 0 : random.integer(levels)];
    const factor = alpha.from + (alpha.to - alpha.from) * random.uniform();
    // The sum of two uniform numbers has half the variance of one in (−1, 1), hence √2.
    fillWithNoise(noise, across.nodes * down.nodes, Math.SQRT2 * across.sigma * factor, random);
    smoothAcross(noise, across, down.nodes, width, rows);
    smoothDown(rows, down, width, height, field);
  };
}

/** Computes the nodes, σ apart and centred on the line, and their Gaussian weights at each position. */
function smoothing(sigma: number, places: number): Smoothing {
  const nodes = Math.ceil((places - 1) / sigma) + TAPS + 1;
  const start = (places - 1) / 2 - sigma * (nodes - 1) / 2;
  const first = new Uint16Array(places);
  const weights = new Float64Array(places * TAPS);
  const height = 1 / (sigma * Math.sqrt(2 * Math.PI));
  for (let place = 0; place < places; place++) {
    first[place] = Math.ceil((place - start) / sigma - TAPS / 2);
    for (let tap = 0; tap < TAPS; tap++) {
      const z = (start + sigma * (first[place] + tap) - place) / sigma;
      weights[place * TAPS + tap] = height * exp(-z * z / 2);
    }
  }
  return { sigma, nodes, first, weights };
}

/** Fills in pairs of numbers in (−scale, scale), each the sum of two uniform 13-bit numbers, one draw per pair. */
function fillWithNoise(noise: Float64Array, pairs: number, scale: number, random: Random): void {
  const step = scale / 8192;
  for (let i = 0; i < 2 * pairs; i += 2) {
    const bits = random.uniform() * 67108864;
    const high = bits | 0;
    const low = ((bits - high) * 67108864) | 0;
    noise[i] = ((high & 8191) + (high >> 13) - 8191) * step;
    noise[i + 1] = ((low & 8191) + (low >> 13) - 8191) * step;
  }
}

/** Sums the nodes of each row at every column. */
function smoothAcross(
  noise: Float64Array,
  { nodes, first, weights }: Smoothing,
  lines: number,
  width: number,
  rows: Float64Array,
): void {
  for (let x = 0, w = 0; x < width; x++, w += TAPS) {
    const w0 = weights[w], w1 = weights[w + 1], w2 = weights[w + 2], w3 = weights[w + 3];
    const w4 = weights[w + 4], w5 = weights[w + 5], w6 = weights[w + 6];
    for (let line = 0; line < lines; line++) {
      const n = 2 * (line * nodes + first[x]);
      const to = 2 * (line * width + x);
      rows[to] = w0 * noise[n] + w1 * noise[n + 2] + w2 * noise[n + 4] + w3 * noise[n + 6] +
        w4 * noise[n + 8] + w5 * noise[n + 10] + w6 * noise[n + 12];
      rows[to + 1] = w0 * noise[n + 1] + w1 * noise[n + 3] + w2 * noise[n + 5] +
        w3 * noise[n + 7] + w4 * noise[n + 9] + w5 * noise[n + 11] + w6 * noise[n + 13];
    }
  }
}

/** Sums the nodes of each column at every row. */
function smoothDown(
  rows: Float64Array,
  { first, weights }: Smoothing,
  width: number,
  height: number,
  field: Float64Array,
): void {
  const line = 2 * width;
  for (let y = 0, w = 0; y < height; y++, w += TAPS) {
    const w0 = weights[w], w1 = weights[w + 1], w2 = weights[w + 2], w3 = weights[w + 3];
    const w4 = weights[w + 4], w5 = weights[w + 5], w6 = weights[w + 6];
    const from = first[y] * line;
    for (let i = 0; i < line; i++) {
      const r = from + i;
      field[y * line + i] = w0 * rows[r] + w1 * rows[r + line] + w2 * rows[r + 2 * line] +
        w3 * rows[r + 3 * line] + w4 * rows[r + 4 * line] + w5 * rows[r + 5 * line] +
        w6 * rows[r + 6 * line];
    }
  }
}
