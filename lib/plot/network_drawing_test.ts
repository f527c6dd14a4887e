import assert from "node:assert/strict";
import { randomStream } from "../base/random.ts";
import { plainKernel } from "../kernel/plain.ts";
import { MAZUR_BATCH, MAZUR_MODEL } from "../network/mazur.ts";
import { createNetwork, initialize, modelOf } from "../network/network.ts";
import { traceStep } from "../network/trace.ts";
import { networkDrawings } from "./network_drawing.ts";
import { SERIES, THEME } from "./theme.ts";

const trace = traceStep(MAZUR_MODEL, MAZUR_BATCH, { learningRate: 0.5, updateBiases: false });
const names = [["i1", "i2"], ["h1", "h2"], ["o1", "o2"]];

/** Returns the texts of a drawing. */
const written = (svg: string) => [...svg.matchAll(/<text[^>]*>([^<]*)/g)].map(([, text]) => text);

Deno.test("each picture of Mazur's step has the numbers of his page at that point", () => {
  const pictures = networkDrawings(trace, { names }).map(({ svg }) => written(svg));
  const expected = [
    ["i1", "0.05", "0.1", "0.15", "0.55", "b 0.35", "b 0.6"],
    ["z 0.3775", "0.5933", "0.5969"],
    ["z 1.106", "0.7514", "0.7729"],
    ["target 0.01", "target 0.99"],
    ["∂L/∂a", "0.7414", "−0.2171"],
    ["∂L/∂z", "0.1385", "−0.0381"],
    ["0.08217"],
    ["0.03635"],
    ["0.008771"],
    ["0.0004386"],
    ["0.4 → 0.3589", "0.15 → 0.1498"],
  ];
  assert.equal(pictures.length, expected.length);
  expected.forEach((texts, i) =>
    texts.forEach((text) => assert.ok(pictures[i].includes(text), `${text} on picture ${i + 1}`))
  );
});

Deno.test("unknown numbers are not shown", () => {
  const [first, second] = networkDrawings(trace).map(({ svg }) => written(svg));
  assert.ok(!first.includes("0.5933") && !second.includes("0.7514"));
});

Deno.test("the key of the step is about changes, all others about numbers", () => {
  const pictures = networkDrawings(trace).map(({ svg }) => svg);
  const step = pictures.pop()!;
  assert.match(step, /rises.*falls.*the farther \(within a layer\)/s);
  assert.doesNotMatch(step, /(above|below) 0/);
  for (const svg of pictures) assert.match(svg, /above 0.*below 0.*\(within a layer\)/s);
});

Deno.test("all pictures of a step have the same size, so that only the numbers change", () => {
  const sizes = networkDrawings(trace).map(({ width, height }) => `${width}×${height}`);
  assert.equal(new Set(sizes).size, 1);
});

Deno.test("the largest number of a layer is the widest, its sign gives the colour", () => {
  const svg = networkDrawings(trace)[6].svg;
  const lines = [...svg.matchAll(/<line [^>]*stroke="(#\w+)" stroke-width="([\d.]+)"/g)];
  const gradients = lines.slice(4).map(([, color, width]) => [color, Number(width)]);
  assert.deepEqual(gradients.map(([color]) => color), [
    SERIES[0].light,
    SERIES[1].light,
    SERIES[0].light,
    SERIES[1].light,
  ]);
  assert.equal(Math.max(...gradients.map(([, width]) => Number(width))), gradients[2][1]);
  assert.deepEqual(lines.slice(0, 4).map(([, color]) => color), Array(4).fill(THEME.grid.light));
});

Deno.test("any depth, any example of a batch; large layers are rejected", () => {
  const network = createNetwork(plainKernel(64), {
    layers: [3, 4, 2, 2],
    activations: ["relu", "tanh", "identity"],
    loss: "crossEntropy",
  });
  initialize(network, "heNormal", randomStream(1, "initializer"));
  const batch = { inputs: [[1, 2, 3], [0, 0.123, 0]], targets: [[1, 0], [0, 1]] };
  const trace = traceStep(modelOf(network), batch, { learningRate: 0.1 });
  const pictures = networkDrawings(trace, { example: 1 });
  assert.equal(pictures.length, 1 + 3 + 1 + 9 + 1);
  assert.ok(written(pictures[0].svg).includes("0.123"));
  assert.throws(() => networkDrawings(trace, { example: 2 }), /examples 0 to 1, not 2/);
  const large = { ...trace, architecture: { ...trace.architecture, layers: [784, 4, 2, 2] } };
  assert.throws(
    () => networkDrawings(large),
    /up to 6 units per layer can be drawn, got 784-4-2-2/,
  );
});
