import assert from "node:assert/strict";
import { randomStream } from "../base/random.ts";
import { numberText } from "../base/number_text.ts";
import { plainKernel } from "../kernel/plain.ts";
import { MAZUR_BATCH, MAZUR_MODEL } from "../training/mazur.ts";
import { createNetwork, initialize, modelOf } from "../network/network.ts";
import { traceStep } from "../training/trace.ts";
import { networkDrawings } from "./network_drawing.ts";
import { circlesOf, labelBoxes } from "./testing_drawing.ts";
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
    ["0.03635", "0.0554", "−0.01905"],
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
    /up to 16 units per layer can be drawn, got 784-4-2-2/,
  );
});

/** Pairs of labels that overlap, and labels that a circle's line or the picture's edge cuts. */
function faults({ svg, width }: { svg: string; width: number }): string[] {
  const labels = labelBoxes(svg), circles = circlesOf(svg);
  const overlapping = labels.flatMap((a, i) =>
    labels.slice(i + 1)
      .filter((b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom)
      .map((b) => `${a.text} on ${b.text}`)
  );
  const cut = labels.filter(({ left, right, top, bottom }) =>
    left < 0 || right > width || circles.some(({ x, y, r }) => {
      const nearX = Math.max(left - x, 0, x - right), nearY = Math.max(top - y, 0, y - bottom);
      const farX = Math.max(x - left, right - x), farY = Math.max(y - top, bottom - y);
      return Math.hypot(nearX, nearY) < r && Math.hypot(farX, farY) > r;
    })
  );
  return [...overlapping, ...cut.map(({ text }) => `${text} is cut`)];
}

for (
  const layers of [[2, 2, 2], [2, 3, 2], [1, 6, 1], [3, 4, 2, 2], [4, 4, 4], [5, 3, 6], [6, 6, 6]]
) {
  Deno.test(`no label of ${layers.join("-")} covers another or is cut by a circle`, () => {
    const network = createNetwork(plainKernel(64), {
      layers,
      activations: [...layers.slice(2).map(() => "tanh" as const), "sigmoid"],
      loss: "meanSquareError",
    });
    initialize(network, "heNormal", randomStream(1, "initializer"));
    const random = randomStream(1, "shuffle");
    const numbers = (count: number) => Array.from({ length: count }, () => random.normal());
    const batch = { inputs: [numbers(layers[0])], targets: [numbers(layers.at(-1)!)] };
    const trace = traceStep(modelOf(network), batch, { learningRate: 0.1 });
    for (const picture of networkDrawings(trace)) {
      assert.deepEqual(faults(picture), [], picture.title);
    }
  });
}

const weightNames = [[["w1", "w3"], ["w2", "w4"]], [["w5", "w7"], ["w6", "w8"]]];

Deno.test("named weights: the names are on the edges, and the parts of an error on their paths", () => {
  const pictures = networkDrawings(trace, { names, weightNames });
  const texts = pictures.map(({ svg }) => written(svg));
  assert.ok(texts[0].includes("w7 0.5"));
  assert.ok(texts[7].includes("w5 · ∂L/∂z = 0.0554") && texts[7].includes("w7 · ∂L/∂z = −0.01905"));
  assert.ok(texts[9].includes("∂L/∂w1 0.0004386"));
  assert.ok(texts[10].includes("w5 0.4 → 0.3589"));
  for (const picture of pictures) assert.deepEqual(faults(picture), [], picture.title);
});

Deno.test("batch normalisation, dropout and the optimizer are in the pictures", () => {
  const network = createNetwork(plainKernel(64), {
    layers: [2, 3, 2],
    activations: ["tanh", "sigmoid"],
    loss: "meanSquareError",
    normalizations: ["batch", "none"],
  });
  initialize(network, "heNormal", randomStream(1, "initializer"));
  const batch = { inputs: [[1, 2], [0.5, -1]], targets: [[1, 0], [0, 1]] };
  const options = { learningRate: 0.1, optimizer: "adam", dropout: [0, 0.5], seed: 1 };
  const trace = traceStep(modelOf(network), batch, options);
  const weightNames = [0, 1].map((l) =>
    trace.layers[l].weights.map((row, j) => row.map((_, k) => `w${j}${k}`))
  );
  const pictures = networkDrawings(trace, { weightNames });
  for (const picture of pictures) assert.deepEqual(faults(picture), [], picture.title);
  const [, hidden, , , , , , back] = pictures, last = pictures.at(-1)!;
  assert.match(hidden.subtitle!, /y = γ · \(z − mean\)/);
  const below = written(hidden.svg).filter((text) => /^z .*→/.test(text));
  const isKept = trace.layers[1].mask![0].map((factor) => factor > 0);
  assert.deepEqual(below.map((text) => text.endsWith(", kept · 2")), isKept);
  assert.deepEqual(below.map((text) => text.endsWith(", dropped")), isKept.map((kept) => !kept));
  assert.ok(isKept.includes(true) && isKept.includes(false), "the seed shows both");
  assert.match(back.subtitle!, /Nothing comes back to what was dropped/);
  // Each path's part adds up to the ∂L/∂a that is in the circle.
  const { mask, weights, dZ } = trace.layers[1];
  trace.layers[0].dA[0].forEach((dA, j) => {
    const sum = weights[j].reduce((sum, weight, k) => sum + weight * dZ[0][k] * mask![0][j], 0);
    assert.ok(Math.abs(sum - dA) < 1e-15);
    const factor = mask![0][j], part = numberText(weights[j][0] * dZ[0][0] * factor);
    assert.ok(written(back.svg).includes(`w${j}0 · ∂L/∂z · ${factor} = ${part}`));
  });
  assert.match(last.title, /step 1 of adam\(0.9, 0.999\)/);
});
