/**
 * Places the labels on the edges of a drawn network so that none covers another or a unit.
 * @module
 */

/** A point of a drawing, in pixels. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** An edge from one unit's centre to another's, to its right, and the width of its label. */
export interface LabelledEdge {
  readonly from: Point;
  readonly to: Point;
  readonly width: number;
}

/** Height of a label, and least distance of two, in pixels. */
export const LABEL_HEIGHT = 16, GAP = 3;

/** Width of a label, in pixels; wide enough for every font of the figures. */
export function labelWidth(text: string): number {
  return 7 * text.length + 4;
}

/** The point at a part of the way from one point to another. */
export function between(from: Point, to: Point, part: number): Point {
  return { x: from.x + (to.x - from.x) * part, y: from.y + (to.y - from.y) * part };
}

/** Positions to try along each edge, and rounds of moving labels that overlap. */
const CANDIDATES = 41, ROUNDS = 60;

/** Edges often cross half way: no label is so near to it, as a part of the edge. */
const CROSSING = 0.07;

/**
 * Returns the centre of each edge's label, on its edge, or `undefined` if no arrangement without overlap was
 * found.
 *
 * Each label begins at that part of its edge at which evenly spaced edges have evenly spaced labels. Then each
 * in turn moves to the position with the fewest overlaps, until there are none (min-conflicts, Minton et al.
 * 1992).
 *
 * @param aside half the width that units and their own labels need, in pixels
 */
export function placeLabels(
  edges: readonly LabelledEdge[],
  aside: number,
): Point[] | undefined {
  const positions = edges.map((edge) => positionsOf(edge, aside));
  if (positions.some((points) => points.length === 0)) return undefined;
  const chosen = positions.map((points) => points[0]);
  const overlaps = (i: number, point: Point) =>
    edges.reduce((count, { width }, k) => {
      if (k === i) return count;
      const apart = Math.abs(chosen[k].x - point.x) >= (width + edges[i].width) / 2 + GAP ||
        Math.abs(chosen[k].y - point.y) >= LABEL_HEIGHT + GAP;
      return apart ? count : count + 1;
    }, 0);
  for (let round = 0; round < ROUNDS; round++) {
    let overlapping = 0;
    edges.forEach((_, i) => {
      const before = overlaps(i, chosen[i]);
      if (before === 0) return;
      overlapping++;
      // Of equally good positions another one each round, lest two labels wait for each other.
      const turned = positions[i].map((_, k) => positions[i][(k + round) % positions[i].length]);
      const counts = turned.map((point) => overlaps(i, point));
      chosen[i] = turned[counts.indexOf(Math.min(...counts))];
    });
    if (overlapping === 0) return chosen;
  }
  return undefined;
}

/** The positions of a label between the units, the preferred one first. */
function positionsOf({ from, to, width }: LabelledEdge, aside: number): Point[] {
  const length = to.x - from.x;
  const least = (aside + width / 2 + GAP) / length;
  if (least > 0.5) return [];
  const preferred = Math.max(least, 1 / 3);
  const parts = Array.from(
    { length: CANDIDATES },
    (_, k) => least + (1 - 2 * least) * k / (CANDIDATES - 1),
  );
  return parts
    .filter((part) => from.y === to.y || Math.abs(part - 0.5) > CROSSING)
    .sort((a, b) => Math.abs(a - preferred) - Math.abs(b - preferred))
    .map((part) => between(from, to, part));
}
