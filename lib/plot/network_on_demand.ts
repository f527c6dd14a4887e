/**
 * Drawings of networks with too many edges for a label on each: a unit's labels appear when it is pointed at
 * or has the focus.
 * @module
 */
import { numberText } from "../base/number_text.ts";
import { between, GAP, labelWidth, type Point } from "./edge_labels.ts";
import { escapeXml, type Figure, jupyterDisplay, type Panel } from "./figure.ts";
import type { Frame } from "./network_frames.ts";
import { colorOf, type Drawing, edgeLine, edgesOf, label, largestOf } from "./network_parts.ts";
import { THEME } from "./theme.ts";

/** The line of a picture's subtitle that says how its labels are seen. */
export const ON_DEMAND_HINT =
  "Point at a unit, or go from unit to unit with Tab: its numbers appear here, its edges' on them.";

const ROW = 46, RADIUS = 19, TOP = 26;

/** The least distance of two layers, in radii of a label's room beside a unit. */
const ROOMS = 3;

/** Without these rules the labels stay hidden, and the titles of units and edges say the same. */
const STYLE = `.unit{cursor:pointer;outline:none}.more{pointer-events:none}` +
  `.unit:is(:hover,:focus)>.more{visibility:visible}` +
  `.unit:is(:hover,:focus)>circle{stroke:${THEME.text.light};stroke-width:3}` +
  `@media(prefers-color-scheme:dark){.unit:is(:hover,:focus)>circle{stroke:${THEME.text.dark}}}` +
  // One unit at a time: the pointer has precedence over the focus.
  `svg:has(.unit:hover) .unit:focus:not(:hover)>.more{visibility:hidden}` +
  `svg:has(.unit:is(:hover,:focus)) .edges{opacity:.2}`;

/**
 * Draws a picture of a network of up to 16 units a layer.
 *
 * @param frames all pictures of the step, whose places are the same
 */
export function onDemandPanel(
  drawing: Drawing,
  frame: Frame,
  frames: readonly Frame[],
): Panel {
  const { sizes, names } = drawing;
  const edges = edgesOf(drawing, frame);
  const widest = Math.max(
    ...frames.flatMap((one) => edgesOf(drawing, one)).map(({ text }) => labelWidth(text)),
  );
  // From a unit's centre to the centres of the labels beside it.
  const beside = RADIUS + GAP + widest / 2;
  const column = Math.max(240, ROOMS * beside);
  const height = TOP + ROW * Math.max(...sizes);
  const unitAt = (layer: number, unit: number): Point => ({
    x: RADIUS + 4 + layer * column,
    y: TOP + (height - TOP) / 2 + (unit - (sizes[layer] - 1) / 2) * ROW,
  });
  const ends = edges.map(({ layer, from, to }) => ({
    from: unitAt(layer, from),
    to: unitAt(layer + 1, to),
  }));
  const nameOf = (layer: number, unit: number) => names[layer][unit];

  const lines = edges.map(({ layer, from, to, number, text }, i) => {
    const { numbers, pale } = frame.edges[layer];
    const faded = pale && number !== undefined ? ` opacity="0.35"` : "";
    const [start, end] = outside(ends[i]);
    const line = edgeLine(start, end, number, largestOf(numbers?.flat() ?? []), faded);
    const title = `${nameOf(layer, from)} to ${nameOf(layer + 1, to)}: ${text || "not known yet"}`;
    return line.replace("<line", `<line id="edge${i}"`)
      .replace("/>", `><title>${escapeXml(title)}</title></line>`);
  });

  /** The labels of a unit: its own numbers above the drawing, those of its edges at their far ends. */
  const more = (layer: number, unit: number, words: string) => {
    const own = edges.flatMap((edge, i) => {
      const isIn = edge.layer === layer - 1 && edge.to === unit;
      const isOut = edge.layer === layer && edge.from === unit;
      if (!isIn && !isOut) return [];
      const part = isIn ? beside / column : 1 - beside / column;
      const { x, y } = between(ends[i].from, ends[i].to, part);
      return [{ line: `<use href="#edge${i}"/>`, text: label(x, y + 4, edge.text, {}) }];
    });
    const drawn = [...own.map(({ line }) => line), ...own.map(({ text }) => text)].join("");
    // The stroke around the letters hides the lines behind them.
    return `<g class="more" visibility="hidden" paint-order="stroke" stroke-width="5" ` +
      `stroke="${THEME.background.light}">${label(0, 14, words, { anchor: "start", bold: true })}` +
      `${drawn}</g>`;
  };

  const units = frame.nodes.flatMap(({ numbers, above, below, pale }, layer) =>
    names[layer].map((name, unit) => {
      const { x, y } = unitAt(layer, unit), number = numbers?.[unit];
      const target = layer === sizes.length - 1 ? frame.targets[unit] : "";
      const told = [
        number === undefined ? "not known yet" : numberText(number, 6),
        above?.[unit],
        below?.[unit],
        target,
      ].filter(Boolean);
      const words = `${name}: ${told.join(", ")}`;
      const color = number === undefined ? THEME.muted.light : colorOf(number);
      const share = number === undefined ? 0 : Math.abs(number) / largestOf(numbers ?? []);
      const dashes = number === undefined ? ` stroke-dasharray="4 3"` : "";
      return `<g class="unit" tabindex="0" role="img" aria-label="${escapeXml(words)}">` +
        `<title>${escapeXml(words)}</title>` +
        `<circle cx="${x}" cy="${y}" r="${RADIUS}" fill="${THEME.background.light}" ` +
        `stroke="${color}" stroke-width="${(1 + 4 * share).toFixed(2)}"${dashes}` +
        `${pale ? ` stroke-opacity="0.35"` : ""}/>` +
        label(x, y + 4, name, { color: THEME.muted.light }) + more(layer, unit, words) + "</g>";
    })
  );
  return {
    width: Math.max(unitAt(sizes.length - 1, 0).x + RADIUS + 4, 640),
    height,
    body: `<style>${STYLE}</style><g class="edges">${lines.join("")}</g>\n${units.join("\n")}`,
  };
}

/** The ends of an edge where its units' circles end. */
function outside({ from, to }: { from: Point; to: Point }): [Point, Point] {
  const part = RADIUS / Math.hypot(to.x - from.x, to.y - from.y);
  const at = (part: number) => {
    const { x, y } = between(from, to, part);
    return { x: Number(x.toFixed(1)), y: Number(y.toFixed(1)) };
  };
  return [at(part), at(1 - part)];
}

/**
 * Displays a figure in a frame, in which its rules apply to it alone and it can have the focus; in an image it
 * could not.
 */
export function displayOnDemand(drawn: Figure): Figure {
  const { title, width, height } = drawn;
  // Within an image there would be no units for a screen reader.
  const svg = drawn.svg.replace(`role="img"`, `role="group"`);
  const page = `<!doctype html><meta name="color-scheme" content="light dark">` +
    `<title>${escapeXml(title)}</title><style>body{margin:0}</style>${svg}`;
  return {
    ...drawn,
    svg,
    [jupyterDisplay]: () => ({
      "text/html": `<iframe title="${escapeXml(title)}" sandbox="" width="${width}" ` +
        `height="${height}" style="border:0;max-width:100%" srcdoc="${escapeXml(page)}">` +
        `Run the cell to see this drawing.</iframe>`,
      "text/plain": `Figure: ${title}`,
    }),
  };
}
