import assert from "node:assert/strict";
import { computationGraph, type ComputationNode } from "./computation_graph.ts";

const node = (name: string, value: number, gradient: number, ...inputs: ComputationNode[]) => ({
  ...{ name, value, gradient },
  inputs: inputs.map((node) => ({ node })),
});

// L = (w · x + b)².
const w = node("w", 2, 30), x = node("x", 3, 20), b = node("b", -1, -10);
const scaled = node("w·x", 6, 10, w, x);
const sum = node("+", 5, 10, scaled, b);
const { svg } = computationGraph(node("L < ²", 25, 1, sum), { title: "t" });

/** The boxes' left edges and tops, by the text of their first line. */
const boxes = new Map(
  [...svg.matchAll(/<rect x="([-\d.]+)" y="([-\d.]+)" width="96"[^>]*><?\/?>?<text[^>]*>([^<]*)</g)]
    .map(([, x, y, name]) => [name, { x: Number(x), y: Number(y) }]),
);

Deno.test("every node is drawn once, right of its inputs; a given number next to its first use", () => {
  const left = (name: string) => boxes.get(name)!.x;
  assert.deepEqual([...boxes.keys()].sort(), ["+", "L &lt; ²", "b", "w", "w·x", "x"]);
  assert.equal(left("w"), left("x"));
  assert.ok(left("w") < left("w·x") && left("w·x") < left("+") && left("+") < left("L &lt; ²"));
  assert.equal(left("b"), left("w·x"));
  assert.equal([...svg.matchAll(/<line /g)].length, 5);
});

Deno.test("no box is on another", () => {
  const all = [...boxes.values()];
  for (const [i, a] of all.entries()) {
    for (const b of all.slice(i + 1)) {
      assert.ok(Math.abs(a.x - b.x) >= 96 || Math.abs(a.y - b.y) >= 52);
    }
  }
});

Deno.test("values and gradients are in the boxes", () => {
  for (const text of [">25<", ">∂ 1<", ">∂ −10<", ">∂ 30<"]) assert.ok(svg.includes(text), text);
});
