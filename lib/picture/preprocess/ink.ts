import { boxBlur, emptyPlane, mapPlane, type Plane, quantile } from "./plane.ts";
import { removeRuledLines } from "./ruled_lines.ts";

/** Minimum contrast of ink: 1/20 of black on white. */
const FAINTEST_INK = 0.05;
/** Minimum number of pixels of a digit. */
const FEWEST_PIXELS = 40;
/** Minimum contrast of ink, as a multiple of the paper's grain. */
const ABOVE_GRAIN = 6;
/** Maximum grain after smoothing, as a share of the ink's contrast. */
const SMOOTH_ENOUGH = 0.05;
/** Minimum ink at the edge of a spot, as a share of full ink. */
const FAINTEST = 0.004;
/** Minimum area of a spot that is part of the digit, as a share of the largest one. */
const SMALLEST_PART = 0.03;
/** Maximum distance of such a spot from the largest one, as a share of the latter's longer side. */
const FARTHEST_PART = 0.6;

/** Minimum length of a whole digit, as a share of the picture, and its minimum share of the ink. */
const SHORTEST_DIGIT = 0.1;
const LEAST_INK = 0.02;

/** Ink of one digit. */
export interface Ink {
  /** 0 for paper, 1 for ink, values in between at the edges. */
  readonly plane: Plane;
  /** Bounding box of at least half ink: pixels `left` to `right` − 1. */
  readonly box: Box;
}

/** A part of a picture, in pixels: `left` to `right` − 1 and `top` to `bottom` − 1. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/**
 * Separates the digit's ink from grain, ruled lines, specks and objects cut off by the picture's edge.
 *
 * @param contrast from paper to ink, see `inkContrast`
 * @returns `undefined` if nothing differs from the paper's grain
 */
export function separateInk(contrast: Plane): Ink | undefined {
  const first = levels(contrast);
  if (!first) return undefined;
  const unruled = removeRuledLines(contrast, Math.max(0.08 * first.ink, 1.5 * first.grain));
  const smooth = boxBlur(unruled, smoothingRadius(first));
  const level = levels(smooth);
  if (!level) return undefined;
  const low = Math.max(0.15 * level.ink, 3 * level.grain), high = level.ink;
  const shade = (value: number) => Math.max(0, Math.min(1, (value - low) / (high - low)));
  const plane = keepDigit(mapPlane(smooth, shade));
  return plane && { plane, box: boundingBox(plane) };
}

/**
 * Estimates the contrast of full ink, and the standard deviation of the paper's grain.
 *
 * @returns `undefined` if they cannot be distinguished
 */
function levels(contrast: Plane): { ink: number; grain: number } | undefined {
  const grain = grainOf(contrast);
  const least = Math.max(FAINTEST_INK, ABOVE_GRAIN * grain);
  let ink = quantile(contrast.values, 1 - FEWEST_PIXELS / contrast.values.length);
  if (ink < least) return undefined;
  // The mean of pixels more than half as dark (Ridler & Calvard 1978, with paper at 0).
  for (let round = 0; round < 5; round++) {
    let sum = 0, count = 0;
    for (const value of contrast.values) {
      if (value > ink / 2) {
        sum += value;
        count++;
      }
    }
    ink = sum / count;
  }
  return ink < least ? undefined : { ink, grain };
}

/** Estimates grain from the median difference of pixels two apart; ink's edges are too few to affect it. */
function grainOf({ width, values }: Plane): number {
  const differences = new Float32Array(Math.max(0, values.length - 2));
  for (let i = 0; i < differences.length; i++) {
    differences[i] = i % width < width - 2 ? Math.abs(values[i + 2] - values[i]) : 0;
  }
  return 1.4826 * quantile(differences, 0.5) / Math.SQRT2;
}

function smoothingRadius({ ink, grain }: { ink: number; grain: number }): number {
  let radius = 0;
  while (radius < 3 && grain / (2 * radius + 1) > SMOOTH_ENOUGH * ink) radius++;
  return radius;
}

/** A spot of ink. */
interface Spot {
  /** Amount of ink, in pixels. */
  readonly area: number;
  /** Bounding box of at least half ink. */
  readonly box: Box;
}

/**
 * Keeps only the digit: its largest spot, and those that are neither too small nor too far from it. A spot
 * cut off by the picture's edge belongs to something else, unless all are.
 */
function keepDigit(plane: Plane): Plane | undefined {
  const { labels, spots } = findSpots(plane);
  if (spots.length === 0) return undefined;
  const { width, height } = plane;
  const isCut = ({ box }: Spot) =>
    box.left === 0 || box.top === 0 || box.right === width || box.bottom === height;
  const largest = (some: readonly Spot[]) =>
    some.reduce<Spot | undefined>((a, b) => !a || b.area > a.area ? b : a, undefined);
  const all = largest(spots)!;
  const whole = largest(spots.filter((spot) => !isCut(spot)));
  const main = whole && whole.area > LEAST_INK * all.area &&
      longerSide(whole.box) > SHORTEST_DIGIT * Math.max(width, height)
    ? whole
    : all;
  const reach = FARTHEST_PART * longerSide(main.box);
  const kept = spots.map((spot) =>
    spot === main || spot.area >= SMALLEST_PART * main.area && gap(spot.box, main.box) <= reach &&
      (isCut(main) || !isCut(spot))
  );
  return mapPlane(plane, (value, i) => labels[i] > 0 && kept[labels[i] - 1] ? value : 0);
}

/** Returns the length of a box's longer side. */
export function longerSide({ left, top, right, bottom }: Box): number {
  return Math.max(right - left, bottom - top);
}

/** Returns the distance of two boxes along the axis where it is larger. */
function gap(a: Box, b: Box): number {
  return Math.max(
    0,
    a.left - b.right,
    b.left - a.right,
    a.top - b.bottom,
    b.top - a.bottom,
  );
}

/**
 * Finds the spots of a plane: connected pixels of at least half ink. Fainter pixels belong to the spot that
 * reaches them first, so they do not join spots. `labels` contains each pixel's spot, from 1, or 0.
 */
function findSpots(plane: Plane): { labels: Int32Array; spots: Spot[] } {
  const { width, values } = plane;
  const labels = new Int32Array(values.length);
  // Every pixel is queued once: first those of half ink, spot by spot, then the fainter ones.
  const queue = new Int32Array(values.length);
  const areas: number[] = [], boxes: { -readonly [side in keyof Box]: Box[side] }[] = [];
  let next = 0, end = 0;
  const enter = (i: number, label: number) => {
    labels[i] = label;
    queue[end++] = i;
    areas[label - 1] += values[i];
    if (values[i] < 0.5) return;
    const x = i % width, y = (i - x) / width, box = boxes[label - 1];
    box.left = Math.min(box.left, x);
    box.right = Math.max(box.right, x + 1);
    box.top = Math.min(box.top, y);
    box.bottom = Math.max(box.bottom, y + 1);
  };
  for (let start = 0; start < values.length; start++) {
    if (values[start] < 0.5 || labels[start] > 0) continue;
    areas.push(0);
    boxes.push({ left: width, top: plane.height, right: 0, bottom: 0 });
    enter(start, areas.length);
    while (next < end) enterNeighbours(plane, labels, queue[next++], 0.5, enter);
  }
  for (next = 0; next < end; next++) enterNeighbours(plane, labels, queue[next], FAINTEST, enter);
  return { labels, spots: areas.map((area, i) => ({ area, box: boxes[i] })) };
}

/** Queues the eight neighbours of pixel `i` that have enough ink and no label yet. */
function enterNeighbours(
  { width, height, values }: Plane,
  labels: Int32Array,
  i: number,
  least: number,
  enter: (i: number, label: number) => void,
): void {
  const x = i % width, y = (i - x) / width;
  for (let v = Math.max(0, y - 1); v <= Math.min(height - 1, y + 1); v++) {
    for (let u = Math.max(0, x - 1); u <= Math.min(width - 1, x + 1); u++) {
      const neighbour = v * width + u;
      if (labels[neighbour] === 0 && values[neighbour] >= least) enter(neighbour, labels[i]);
    }
  }
}

/** Returns the bounding box of at least half ink. */
export function boundingBox({ width, height, values }: Plane): Box {
  let left = width, right = 0, top = height, bottom = 0;
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      if (values[i] < 0.5) continue;
      left = Math.min(left, x);
      right = Math.max(right, x + 1);
      top = Math.min(top, y);
      bottom = y + 1;
    }
  }
  return { left, top, right, bottom };
}

/** Crops a plane to a box, with a margin of `margin` pixels of paper. */
export function crop(plane: Plane, { left, top, right, bottom }: Box, margin: number): Plane {
  const part = emptyPlane(right - left + 2 * margin, bottom - top + 2 * margin);
  for (let y = 0, i = 0; y < part.height; y++) {
    for (let x = 0; x < part.width; x++, i++) {
      const fromX = left + x - margin, fromY = top + y - margin;
      const inside = fromX >= 0 && fromX < plane.width && fromY >= 0 && fromY < plane.height;
      part.values[i] = inside ? plane.values[fromY * plane.width + fromX] : 0;
    }
  }
  return part;
}
