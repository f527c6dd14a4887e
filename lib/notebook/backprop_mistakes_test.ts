import assert from "node:assert/strict";
import { MAZUR_BATCH, MAZUR_MODEL, mazurStep } from "../training/mazur.ts";
import { traceStep } from "../training/trace.ts";
import { backpropMistakes, type LayerGradient } from "./backprop_mistakes.ts";
import { check } from "./check.ts";

const modelAt = (w: number[]) => ({
  ...MAZUR_MODEL,
  parameters: [
    { ...MAZUR_MODEL.parameters[0], weights: Float64Array.from(w.slice(0, 4)) },
    { ...MAZUR_MODEL.parameters[1], weights: Float64Array.from(w.slice(4)) },
  ],
});
const order = (gradients: readonly LayerGradient[]) => gradients.flatMap(({ dW }) => dW.flat());
const mistakes = backpropMistakes(modelAt, MAZUR_BATCH, order);
const weights = MAZUR_MODEL.parameters.flatMap(({ weights }) => [...weights]);
const loss = (w: number[]) => traceStep(modelAt(w), MAZUR_BATCH, { learningRate: 0 }).loss;

/** The backward pass of a student, written out, with its mistakes. */
function student(
  w: number[],
  { hidden = 1, output = 1, paths = [1, 1], sigmoidSlope = (a: number) => a * (1 - a) },
): number[] {
  const { layers: [h, o] } = traceStep(modelAt(w), MAZUR_BATCH, { learningRate: 0 });
  const slope = (a: number, on: number) => on ? sigmoidSlope(a) : 1;
  const delta = o.dA[0].map((error, k) => error * slope(o.a[0][k], output));
  const back = h.a[0].map((a, j) =>
    (delta[0] * o.weights[j][0] * paths[0] + delta[1] * o.weights[j][1] * paths[1]) *
    slope(a, hidden)
  );
  const [i1, i2] = MAZUR_BATCH.inputs[0], [h1, h2] = h.a[0];
  return [
    ...[i1 * back[0], i1 * back[1], i2 * back[0], i2 * back[1]],
    ...[h1 * delta[0], h1 * delta[1], h2 * delta[0], h2 * delta[1]],
  ];
}

Deno.test("a student's mistakes get the words for them", () => {
  const words = (how: Parameters<typeof student>[1]) =>
    check.gradient((w) => student(w, how), loss, [weights], { mistakes }).message;
  assert.match(words({}), /Right/);
  assert.match(words({ hidden: 0 }), /slope of the hidden units' activation is missing/);
  assert.match(words({ output: 0 }), /slope of the outputs' activation is missing/);
  assert.match(words({ hidden: 0, output: 0 }), /missing in every layer/);
  assert.match(words({ paths: [1, 0] }), /one path only/);
  assert.match(words({ paths: [0, 1] }), /one path only/);
  assert.match(words({ paths: [0.5, 0.5] }), /added up, not averaged/);
  assert.match(words({ sigmoidSlope: (a) => a }), /two factors/);
  assert.match(words({ sigmoidSlope: (a) => 1 - a }), /two factors/);
  const [[w5, w7], [w6, w8]] = traceStep(MAZUR_MODEL, MAZUR_BATCH, { learningRate: 0 })
    .layers[1].weights;
  const right = student(weights, {}), both = student(weights, { paths: [1 / w5, 1 / w7] });
  const other = student(weights, { paths: [1 / w6, 1 / w8] });
  const without = right.map((slope, i) => i === 0 || i === 2 ? both[i] : i < 4 ? other[i] : slope);
  assert.match(
    check.gradient(() => without, loss, [weights], { mistakes }).message,
    /weights are missing/,
  );
});

Deno.test("updated weights: the gradients of Mazur's order", () => {
  const first = mazurStep(MAZUR_MODEL, "output weights first").layers;
  const [slopes] = mistakes.find(([, hint]) => hint.includes("updated"))!;
  const expected = first.flatMap(({ dW }) => dW.flat());
  slopes(weights).forEach((slope, i) => assert.ok(Math.abs(slope - expected[i]) < 1e-15));
});

Deno.test("no mistake gives the right gradient", () => {
  const right = student(weights, {});
  for (const [slopes, hint] of mistakes) {
    const distance = Math.max(...slopes(weights).map((slope, i) => Math.abs(slope - right[i])));
    assert.ok(distance > 1e-6, hint);
  }
});
