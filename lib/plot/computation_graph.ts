import { numberText } from "../base/number_text.ts";
import { max, mean } from "../base/statistics.ts";
import { escapeXml, type Figure, figure, type Heading, type KeyEntry } from "./figure.ts";
import { SERIES, THEME } from "./theme.ts";

/** A node of a computation: a number, and the nodes from which it was computed. */
export interface ComputationNode {
  /** The operation, or the name of a number that is given. */
  readonly name: string;
  readonly value: number;
  /** The derivative of the last node's value with respect to this one's. */
  readonly gradient: number;
  /** The inputs of the operation; none for a number that is given. */
  readonly inputs: readonly { readonly node: ComputationNode }[];
}

const BOX = { width: 96, height: 52 }, COLUMN = 134, ROW = 66;

/** Sweeps over the columns that move each node next to its neighbours. */
const SWEEPS = 8;

const KEY: KeyEntry[] = [
  { sign: "∂", color: SERIES[0].light, label: "gradient above 0" },
  { sign: "∂", color: SERIES[1].light, label: "gradient below 0" },
];

/**
 * Draws a computation as a graph, from the given numbers on the left to the result on the right. Each box has
 * the node's name, its value and, after "∂", its gradient.
 *
 * @param result the last node; all nodes that lead to it are drawn
 */
export function computationGraph(result: ComputationNode, heading: Heading): Figure {
  const columns = columnsOf(result);
  const height = ROW * (max(columns, ({ length }) => length) ?? 0);
  const places = new Map<ComputationNode, { x: number; y: number }>();
  columns.forEach((nodes, column) =>
    nodes.forEach((node, row) =>
      places.set(node, {
        x: column * COLUMN + BOX.width / 2,
        y: height / 2 + (row - (nodes.length - 1) / 2) * ROW,
      })
    )
  );
  const lines = [...places].flatMap(([node, to]) =>
    node.inputs.map((input) => {
      const from = places.get(input.node)!;
      return `<line x1="${from.x + BOX.width / 2}" y1="${from.y}" x2="${to.x - BOX.width / 2}" ` +
        `y2="${to.y}" stroke="${THEME.muted.light}"/>`;
    })
  );
  const boxes = [...places].map(([node, place]) => drawBox(node, place));
  const panel = {
    width: (columns.length - 1) * COLUMN + BOX.width,
    height,
    body: [...lines, ...boxes].join("\n"),
  };
  return figure({ key: KEY, ...heading }, [panel]);
}

function drawBox(
  { name, value, gradient, inputs }: ComputationNode,
  { x, y }: { x: number; y: number },
): string {
  const color = gradient === 0 ? THEME.muted.light : SERIES[gradient < 0 ? 1 : 0].light;
  const line = (dy: number, text: string, look: string) =>
    `<text x="${x}" y="${y + dy}" text-anchor="middle" ${look}>${escapeXml(text)}</text>`;
  const dashes = inputs.length === 0 ? ` stroke-dasharray="4 3"` : "";
  return `<rect x="${x - BOX.width / 2}" y="${y - BOX.height / 2}" width="${BOX.width}" ` +
    `height="${BOX.height}" rx="6" fill="${THEME.background.light}" ` +
    `stroke="${THEME.muted.light}"${dashes}/>` +
    line(-11, name, `fill="${THEME.muted.light}"`) +
    line(5, numberText(value), `fill="${THEME.text.light}" font-weight="700"`) +
    line(20, `∂ ${numberText(gradient)}`, `fill="${color}"`);
}

/**
 * The nodes column by column. An operation is right of its inputs, a given number directly left of the first
 * operation that uses it. In each column, nodes are in the order of the mean place of their neighbours
 * (Sugiyama, Tagawa & Toda 1981).
 */
function columnsOf(result: ComputationNode): ComputationNode[][] {
  const users = usersOf(result);
  const depths = new Map<ComputationNode, number>();
  for (const node of users.keys()) {
    depths.set(node, 1 + Math.max(-1, ...node.inputs.map((input) => depths.get(input.node)!)));
  }
  for (const [node, by] of users) {
    if (node.inputs.length === 0 && by.length > 0) {
      depths.set(node, Math.min(...by.map((user) => depths.get(user)!)) - 1);
    }
  }
  const columns = Array.from(
    { length: depths.get(result)! + 1 },
    (_, column) => [...users.keys()].filter((node) => depths.get(node) === column),
  );
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    const leftward = sweep % 2 === 0;
    for (const nodes of leftward ? columns.toReversed() : columns) {
      const rows = rowsOf(columns);
      const wish = (node: ComputationNode) => {
        const near = leftward ? users.get(node)! : node.inputs.map((input) => input.node);
        return mean(near, (other) => rows.get(other)!) ?? rows.get(node)!;
      };
      const wishes = new Map(nodes.map((node) => [node, wish(node)]));
      nodes.sort((a, b) => wishes.get(a)! - wishes.get(b)!);
    }
  }
  return columns;
}

/** Each node's place in its column, 0 in the middle. */
function rowsOf(columns: readonly ComputationNode[][]): Map<ComputationNode, number> {
  return new Map(
    columns.flatMap((nodes) =>
      nodes.map((node, row) => [node, row - (nodes.length - 1) / 2] as const)
    ),
  );
}

/** All nodes that lead to `result`, each after its inputs, with the nodes that use it. */
function usersOf(result: ComputationNode): Map<ComputationNode, ComputationNode[]> {
  const users = new Map<ComputationNode, ComputationNode[]>();
  const visit = (node: ComputationNode) => {
    if (users.has(node)) return;
    for (const input of node.inputs) visit(input.node);
    users.set(node, []);
    for (const input of node.inputs) users.get(input.node)!.push(node);
  };
  visit(result);
  return users;
}
