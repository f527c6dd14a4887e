/**
 * What all drawings of networks consist of: edges, labels, colours.
 * @module
 */
import { numberText } from "../base/number_text.ts";
import { LABEL_HEIGHT, labelWidth, type Point } from "./edge_labels.ts";
import { escapeXml } from "./figure.ts";
import type { Frame } from "./network_frames.ts";
import { SERIES, THEME } from "./theme.ts";

/** What is drawn in all pictures of a step. */
export interface Drawing {
  readonly sizes: readonly number[];
  readonly names: readonly (readonly string[])[];
  readonly weightNames: readonly (readonly (readonly string[])[])[] | undefined;
}

/** An edge and its label in one picture. */
export interface Edge {
  readonly layer: number;
  readonly from: number;
  readonly to: number;
  readonly number: number | undefined;
  readonly text: string;
}

/** The edges of one picture, the layers' edges one after another. */
export function edgesOf({ sizes, weightNames }: Drawing, { edges }: Frame): Edge[] {
  return edges.flatMap((edge, layer) =>
    Array.from({ length: sizes[layer] * sizes[layer + 1] }, (_, i) => {
      const from = Math.floor(i / sizes[layer + 1]), to = i % sizes[layer + 1];
      const number = edge.numbers?.[from][to];
      const value = edge.texts?.[from][to] ?? (number === undefined ? "" : numberText(number));
      const name = weightNames?.[layer]?.[from]?.[to];
      const before = name === undefined || value === ""
        ? ""
        : (edge.before?.(name, from) ?? name) + " ";
      return { layer, from, to, number, text: before + value };
    })
  );
}

/** The line of an edge: its colour is the number's sign, its width its share of the layer's largest number. */
export function edgeLine(
  from: Point,
  to: Point,
  number: number | undefined,
  largest: number,
  attributes = "",
): string {
  const color = number === undefined ? THEME.grid.light : colorOf(number);
  const width = number === undefined ? 1 : 1 + 6 * Math.abs(number) / largest;
  return `<line x1="${from.x}" y1="${from.y}" x2="${to.x}" y2="${to.y}" ` +
    `stroke="${color}" stroke-width="${width.toFixed(2)}"${attributes}/>`;
}

/** How a label looks. */
export interface LabelLook {
  readonly anchor?: "start" | "middle";
  readonly color?: string;
  readonly bold?: boolean;
  readonly pale?: boolean;
  /** `true` for a background box, so that no line crosses the text. */
  readonly boxed?: boolean;
}

/** A text of a drawing, as SVG. */
export function label(x: number, y: number, text: string, look: LabelLook): string {
  if (text === "") return "";
  const { anchor = "middle", pale, bold, boxed } = look;
  const color = look.color ?? (pale ? THEME.muted.light : THEME.text.light);
  const width = labelWidth(text);
  const box = boxed
    ? `<rect x="${(x - width / 2).toFixed(1)}" y="${(y - 12).toFixed(1)}" width="${width}" ` +
      `height="${LABEL_HEIGHT}" rx="4" fill="${THEME.background.light}"/>`
    : "";
  return `${box}<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" text-anchor="${anchor}" ` +
    `fill="${color}"${bold ? ` font-weight="700"` : ""}>${escapeXml(text)}</text>`;
}

/** The colour of a number's sign. */
export function colorOf(number: number): string {
  return number === 0 ? THEME.muted.light : SERIES[number < 0 ? 1 : 0].light;
}

/** The largest magnitude, or 1 if all are 0. */
export function largestOf(numbers: readonly number[]): number {
  return Math.max(...numbers.map(Math.abs), 0) || 1;
}
