import { numberText } from "../base/number_text.ts";
import { usageError } from "../base/user_error.ts";
import type { StepTrace } from "../training/trace.ts";
import { between, GAP, labelWidth, placeLabels, type Point } from "./edge_labels.ts";
import { type Figure, figure, type Panel } from "./figure.ts";
import { type Frame, framesOf } from "./network_frames.ts";
import { displayOnDemand, ON_DEMAND_HINT, onDemandPanel } from "./network_on_demand.ts";
import {
  colorOf,
  type Drawing,
  type Edge,
  edgeLine,
  edgesOf,
  label,
  largestOf,
} from "./network_parts.ts";
import { SERIES, THEME } from "./theme.ts";

/** Options of {@linkcode networkDrawings}. */
export interface NetworkDrawingOptions {
  /** Index of the example in the batch; defaults to 0. */
  readonly example?: number;
  /** Names of the units, layer by layer, inputs first; default to x0, h0, …, o0. */
  readonly names?: readonly (readonly string[])[];
  /**
   * Names of the weights, such as w1: `weightNames[l][i][j]` is the weight from unit i of layer l to unit j of
   * the next; default to none.
   */
  readonly weightNames?: readonly (readonly (readonly string[])[])[];
}

/** Maximum units per layer with legible numbers on the edges, and with labels on demand. */
const MOST_LABELLED = 6, MOST_UNITS = 16;

const BLUE = SERIES[0].light, ORANGE = SERIES[1].light;
// Widths are relative to the largest number of a layer.
const NUMBERS_KEY = [
  { sign: "━", color: BLUE, label: "above 0" },
  { sign: "━", color: ORANGE, label: "below 0" },
  { sign: "━", color: THEME.grid.light, label: "not known yet" },
  { sign: " ", color: THEME.muted.light, label: "the wider, the larger (within a layer)" },
];
const CHANGES_KEY = [
  { sign: "━", color: BLUE, label: "rises" },
  { sign: "━", color: ORANGE, label: "falls" },
  { sign: " ", color: THEME.muted.light, label: "the wider, the farther (within a layer)" },
];

const ROW = 124, RADIUS = 40, SIDE = 56;

/**
 * Draws a training step as a sequence of pictures of the network: forward pass layer by layer, the loss,
 * backward pass layer by layer, the step.
 *
 * Each picture shows the numbers known so far. Edges and rings are blue above 0 and orange below, and wider
 * for larger numbers within a layer; in the last picture, the step, they show the change of each weight, and
 * where an error goes back to a hidden layer, each path's part of it. The current part is in full colour, the
 * rest pale. No label covers another or a circle.
 *
 * With more than six units in a layer the labels appear on demand: those of a unit and its edges when the
 * pointer is on it or Tab has led to it.
 *
 * @throws {UserError} if a layer has more than sixteen units, or there is no such example
 */
export function networkDrawings(trace: StepTrace, options: NetworkDrawingOptions = {}): Figure[] {
  const { example = 0, names = defaultNames(trace) } = options;
  const sizes = trace.architecture.layers;
  if (Math.max(...sizes) > MOST_UNITS) {
    throw usageError(
      `only networks with up to ${MOST_UNITS} units per layer can be drawn, got ${sizes.join("-")}`,
    );
  }
  if (!(example in trace.batch.inputs)) {
    throw usageError(`the batch has examples 0 to ${trace.losses.length - 1}, not ${example}`);
  }
  const frames = framesOf(trace, example);
  const drawing = { sizes, names, weightNames: options.weightNames };
  const isLabelled = Math.max(...sizes) <= MOST_LABELLED;
  const places = isLabelled ? placesOf(drawing, frames) : undefined;
  return frames.map((frame, i) => {
    const heading = {
      title: `${i + 1} of ${frames.length}: ${frame.title}`,
      subtitle: isLabelled ? frame.subtitle : [frame.subtitle, ON_DEMAND_HINT],
      key: frame.shows === "changes" ? CHANGES_KEY : NUMBERS_KEY,
    };
    return places
      ? figure(heading, [networkPanel(drawing, frame, places)])
      : displayOnDemand(figure(heading, [onDemandPanel(drawing, frame, frames)]));
  });
}

function defaultNames({ architecture: { layers } }: StepTrace): string[][] {
  return layers.map((units, l) => {
    const letter = l === 0 ? "x" : l === layers.length - 1 ? "o" : "h";
    const layer = letter === "h" && layers.length > 3 ? `${l}.` : "";
    return Array.from({ length: units }, (_, unit) => `${letter}${layer}${unit}`);
  });
}

/** The places of a drawing's units and of the labels on its edges. */
interface Places {
  readonly width: number;
  readonly height: number;
  readonly unit: (layer: number, unit: number) => Point;
  /** Edge by edge, the layers' edges one after another, in the order of {@linkcode edgesOf}. */
  readonly labels: readonly Point[];
}

/** Distances of the layers to try, in pixels. */
const COLUMNS = [240, 280, 320, 360, 400, 450, 500, 600, 700];

/**
 * Places units and labels, the same in all pictures of a step. The layers are as far apart as the widest labels
 * need.
 */
function placesOf(drawing: Drawing, frames: readonly Frame[]): Places {
  const { sizes } = drawing;
  const height = ROW * Math.max(...sizes);
  const all = frames.map((frame) => edgesOf(drawing, frame));
  const widths = all[0].map((_, i) => Math.max(...all.map((edges) => labelWidth(edges[i].text))));
  const beside = Math.max(...frames.flatMap(({ targets }) => targets.map(labelWidth)));
  const around = frames.flatMap(({ nodes }) => nodes)
    .flatMap(({ above = [], below = [] }) => [...above, ...below]);
  const aside = Math.max(RADIUS, ...around.map((text) => labelWidth(text) / 2)) + GAP;
  for (const column of COLUMNS) {
    const unit = (layer: number, unit: number) => ({
      x: Math.max(SIDE, aside) + layer * column,
      y: height / 2 + (unit - (sizes[layer] - 1) / 2) * ROW,
    });
    const lines = all[0].map(({ layer, from, to }, i) => ({
      ...{ from: unit(layer, from), to: unit(layer + 1, to), width: widths[i] },
    }));
    const labels = placeLabels(lines, aside);
    if (labels === undefined && column < COLUMNS.at(-1)!) continue;
    const last = unit(sizes.length - 1, 0).x;
    return {
      width: Math.max(last + Math.max(aside, RADIUS + 12 + beside), 640),
      height,
      unit,
      labels: labels ?? lines.map(({ from, to }) => between(from, to, 0.5)),
    };
  }
  throw new Error("no distance of the layers was tried");
}

function networkPanel(drawing: Drawing, frame: Frame, places: Places): Panel {
  const edges = edgesOf(drawing, frame);
  const drawn = edges.map((edge, i) => {
    const { numbers, pale } = frame.edges[edge.layer];
    const ends = {
      from: places.unit(edge.layer, edge.from),
      to: places.unit(edge.layer + 1, edge.to),
    };
    return drawEdge(
      ends,
      edge,
      { largest: largestOf(numbers?.flat() ?? []), pale },
      places.labels[i],
    );
  });
  const nodes = frame.nodes.flatMap((node, l) =>
    drawing.names[l].map((name, unit) =>
      drawNode(places.unit(l, unit), name, {
        number: node.numbers?.[unit],
        largest: largestOf(node.numbers ?? []),
        pale: node.pale,
        above: node.above?.[unit],
        below: node.below?.[unit],
      })
    )
  );
  const targets = frame.targets.map((text, unit) => {
    const { x, y } = places.unit(drawing.sizes.length - 1, unit);
    return label(x + RADIUS + 12, y + 4, text, { anchor: "start", color: THEME.muted.light });
  });
  const { width, height } = places;
  const lines = drawn.map(({ line }) => line), texts = drawn.map(({ text }) => text);
  return { width, height, body: [...lines, ...texts, ...nodes, ...targets].join("\n") };
}

interface Node {
  readonly number: number | undefined;
  /** The largest number in its layer. */
  readonly largest: number;
  readonly above?: string;
  readonly below?: string;
  readonly pale: boolean;
}

/** The line of an edge, and its label, which is drawn later so that no line crosses it. */
function drawEdge(
  { from, to }: { from: Point; to: Point },
  { number, text }: Edge,
  { largest, pale }: { largest: number; pale: boolean },
  at: Point,
): { line: string; text: string } {
  const faded = pale && number !== undefined ? ` opacity="0.35"` : "";
  return {
    line: edgeLine(from, to, number, largest, faded),
    text: label(at.x, at.y + 4, text, { boxed: true, pale }),
  };
}

function drawNode({ x, y }: Point, name: string, node: Node): string {
  const { number, largest, above = "", below = "", pale } = node;
  const color = number === undefined ? THEME.muted.light : colorOf(number);
  const width = number === undefined ? 1 : 1.5 + 4 * Math.abs(number) / largest;
  const dashes = number === undefined ? ` stroke-dasharray="4 3"` : "";
  const muted = { color: THEME.muted.light };
  return `<circle cx="${x}" cy="${y}" r="${RADIUS}" fill="${THEME.background.light}"/>` +
    `<circle cx="${x}" cy="${y}" r="${RADIUS}" fill="none" stroke="${color}" ` +
    `stroke-width="${width.toFixed(2)}"${dashes}${pale ? ` opacity="0.35"` : ""}/>` +
    label(x, number === undefined ? y + 4 : y - 10, name, muted) +
    (number === undefined ? "" : label(x, y + 8, circleText(number), { pale, bold: !pale })) +
    label(x, y - RADIUS - 7, above, { ...muted, boxed: true }) +
    label(x, y + RADIUS + 17, below, { ...muted, boxed: true });
}

/** A number with as many digits, up to four, as there is room for in a circle. */
function circleText(number: number): string {
  const texts = [4, 3, 2].map((digits) => numberText(number, digits));
  return texts.find((text) => text.length <= 8) ?? texts[2];
}
