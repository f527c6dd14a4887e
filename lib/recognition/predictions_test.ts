import assert from "node:assert/strict";
import { syntheticDigits } from "../dataset/synthetic.ts";
import { networkOf } from "../network/network.ts";
import { simdKernel } from "../kernel/simd.ts";
import { classScores } from "../training/class_scores.ts";
import { evaluate } from "../training/evaluate.ts";
import { trainModel } from "../training/trial.ts";
import { mostConfidentMistakes, predictions } from "./predictions.ts";

const digits = syntheticDigits({ train: 500, test: 200 });
const { model } = await trainModel({ layers: [784, 16, 10], epochs: 3 }, digits);

Deno.test("predictions agree with the evaluation", () => {
  const all = predictions(model, digits.test);
  const evaluation = evaluate(networkOf(simdKernel(), model), digits.test);
  assert.deepEqual(all.map(({ predicted }) => predicted), [...evaluation.predictions]);
  assert.ok(all.every(({ probability }) => probability >= 0.1 && probability <= 1));
  const recalls = classScores(evaluation.confusion);
  for (const { label, recall, precision } of recalls) {
    const of = all.filter(({ actual }) => actual === label);
    const as = all.filter(({ predicted }) => predicted === label);
    const right = of.filter(({ predicted }) => predicted === label).length;
    assert.equal(recall, right / of.length);
    assert.equal(precision, as.length > 0 ? right / as.length : null);
  }
});

Deno.test("the most confident mistakes come first, and are mistakes", () => {
  const all = predictions(model, digits.test);
  const wrong = all.filter(({ actual, predicted }) => actual !== predicted);
  const worst = mostConfidentMistakes(all, 5);
  assert.equal(worst.length, 5);
  assert.equal(worst[0].probability, Math.max(...wrong.map(({ probability }) => probability)));
  assert.ok(worst.every(({ actual, predicted }) => actual !== predicted));
  assert.deepEqual(mostConfidentMistakes(all, 1000).length, wrong.length);
});

Deno.test("a class that was never predicted has no precision, one without images no recall", () => {
  assert.deepEqual(
    classScores([[5, 0], [0, 0]]).map(({ precision, recall }) => [precision, recall]),
    [
      [1, 1],
      [null, null],
    ],
  );
});
