import { numberText } from "../base/number_text.ts";
import { usageError } from "../base/user_error.ts";
import type { StepTrace } from "../network/trace.ts";
import { escapeXml, type Figure, figure, type Panel } from "./figure.ts";
import { type Frame, framesOf } from "./network_frames.ts";
import { SERIES, THEME } from "./theme.ts";

/** Options of {@linkcode networkDrawings}. */
export interface NetworkDrawingOptions {
  /** Index of the example in the batch; defaults to 0. */
  readonly example?: number;
  /** Names of the units, layer by layer, inputs first; default to x0, h0, …, o0. */
  readonly names?: readonly (readonly string[])[];
}

/** Maximum units per layer with legible numbers on the edges. */
const MOST_UNITS = 6;

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

const COLUMN = 240, ROW = 124, RADIUS = 37, SIDE = 56;

/**
 * Draws a training step as a sequence of pictures of the network: forward pass layer by layer, the loss,
 * backward pass layer by layer, the step.
 *
 * Each picture shows the numbers known so far. Edges and rings are blue above 0 and orange below, and wider
 * for larger numbers within a layer; in the last picture, the step, they show the change of each weight. The
 * current part is in full colour, the rest pale.
 *
 * @throws {UserError} if a layer has more than six units, or there is no such example
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
  return frames.map((frame, i) =>
    figure({
      title: `${i + 1} of ${frames.length}: ${frame.title}`,
      subtitle: frame.subtitle,
      key: frame.shows === "changes" ? CHANGES_KEY : NUMBERS_KEY,
    }, [networkPanel(sizes, frame, names)])
  );
}

function defaultNames({ architecture: { layers } }: StepTrace): string[][] {
  return layers.map((units, l) => {
    const letter = l === 0 ? "x" : l === layers.length - 1 ? "o" : "h";
    const layer = letter === "h" && layers.length > 3 ? `${l}.` : "";
    return Array.from({ length: units }, (_, unit) => `${letter}${layer}${unit}`);
  });
}

function networkPanel(
  sizes: readonly number[],
  frame: Frame,
  names: readonly (readonly string[])[],
): Panel {
  const height = ROW * Math.max(...sizes);
  const place = (layer: number, unit: number) => ({
    x: SIDE + layer * COLUMN,
    y: height / 2 + (unit - (sizes[layer] - 1) / 2) * ROW,
  });
  const edges = frame.edges.flatMap((edge, l) => {
    const largest = largestOf(edge.numbers?.flat() ?? []);
    return Array.from({ length: sizes[l] * sizes[l + 1] }, (_, i) => {
      const from = Math.floor(i / sizes[l + 1]), to = i % sizes[l + 1];
      const number = edge.numbers?.[from][to];
      const text = edge.texts?.[from][to] ?? (number === undefined ? "" : numberText(number));
      // At this fraction of their edges, labels of crossing edges do not overlap.
      const along = 1 / (sizes[l + 1] + 1);
      const ends = { from: place(l, from), to: place(l + 1, to), along };
      return drawEdge(ends, number, largest, { text, pale: edge.pale });
    });
  });
  const nodes = frame.nodes.flatMap((node, l) =>
    names[l].map((name, unit) =>
      drawNode(place(l, unit), name, {
        number: node.numbers?.[unit],
        largest: largestOf(node.numbers ?? []),
        pale: node.pale,
        above: node.above?.[unit],
        below: node.below?.[unit],
      })
    )
  );
  const targets = frame.targets.map((text, unit) => {
    const { x, y } = place(sizes.length - 1, unit);
    return label(x + RADIUS + 12, y + 4, text, { anchor: "start", color: THEME.muted.light });
  });
  return {
    width: Math.max(2 * SIDE + (sizes.length - 1) * COLUMN + 90, 640),
    height,
    body: [...edges.map(({ line }) => line), ...edges.map(({ text }) => text), ...nodes, ...targets]
      .join("\n"),
  };
}

interface Place {
  readonly x: number;
  readonly y: number;
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
  { from, to, along }: { from: Place; to: Place; along: number },
  number: number | undefined,
  largest: number,
  { text, pale }: { text: string; pale: boolean },
): { line: string; text: string } {
  const color = number === undefined ? THEME.grid.light : colorOf(number);
  const width = number === undefined ? 1 : 1 + 6 * Math.abs(number) / largest;
  const faded = pale && number !== undefined ? ` opacity="0.35"` : "";
  const line = `<line x1="${from.x}" y1="${from.y}" x2="${to.x}" y2="${to.y}" ` +
    `stroke="${color}" stroke-width="${width.toFixed(2)}"${faded}/>`;
  if (text === "") return { line, text };
  // Between the circles, not between their centres.
  const inner = RADIUS / COLUMN;
  const part = inner + (1 - 2 * inner) * along;
  const x = from.x + (to.x - from.x) * part;
  const y = from.y + (to.y - from.y) * part + 4;
  return { line, text: label(x, y, text, { boxed: true, pale }) };
}

function drawNode({ x, y }: Place, name: string, node: Node): string {
  const { number, largest, above = "", below = "", pale } = node;
  const color = number === undefined ? THEME.muted.light : colorOf(number);
  const width = number === undefined ? 1 : 1.5 + 4 * Math.abs(number) / largest;
  const dashes = number === undefined ? ` stroke-dasharray="4 3"` : "";
  const muted = { color: THEME.muted.light };
  return `<circle cx="${x}" cy="${y}" r="${RADIUS}" fill="${THEME.background.light}"/>` +
    `<circle cx="${x}" cy="${y}" r="${RADIUS}" fill="none" stroke="${color}" ` +
    `stroke-width="${width.toFixed(2)}"${dashes}${pale ? ` opacity="0.35"` : ""}/>` +
    label(x, number === undefined ? y + 4 : y - 10, name, muted) +
    (number === undefined ? "" : label(x, y + 8, numberText(number), { pale, bold: !pale })) +
    label(x, y - RADIUS - 7, above, { ...muted, boxed: true }) +
    label(x, y + RADIUS + 17, below, { ...muted, boxed: true });
}

interface LabelLook {
  readonly anchor?: "start" | "middle";
  readonly color?: string;
  readonly bold?: boolean;
  readonly pale?: boolean;
  /** `true` for a background box, so that no line crosses the text. */
  readonly boxed?: boolean;
}

function label(x: number, y: number, text: string, look: LabelLook): string {
  if (text === "") return "";
  const { anchor = "middle", pale, bold, boxed } = look;
  const color = look.color ?? (pale ? THEME.muted.light : THEME.text.light);
  const width = 7 * text.length + 4;
  const box = boxed
    ? `<rect x="${(x - width / 2).toFixed(1)}" y="${(y - 12).toFixed(1)}" width="${width}" ` +
      `height="16" rx="4" fill="${THEME.background.light}"/>`
    : "";
  return `${box}<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" text-anchor="${anchor}" ` +
    `fill="${color}"${bold ? ` font-weight="700"` : ""}>${escapeXml(text)}</text>`;
}

function colorOf(number: number): string {
  return number === 0 ? THEME.muted.light : SERIES[number < 0 ? 1 : 0].light;
}

function largestOf(numbers: readonly number[]): number {
  return Math.max(...numbers.map(Math.abs), 0) || 1;
}
