import assert from "node:assert/strict";
import { suggestRates, valley } from "./suggest_rate.ts";

/** A hundred points from 1e-7 to 10 with the given losses. */
const curve = (lossOf: (i: number) => number) =>
  Array.from({ length: 100 }, (_, i) => ({
    step: i + 1,
    learningRate: 1e-7 * 10 ** (8 * i / 100),
    loss: 0,
    smoothedLoss: lossOf(i),
  }));
const logistic = (x: number) => 1 / (1 + Math.exp(-x));

// Recorded from the functions steep, minimum and valley of fastai 2.7 (callback/schedule.py), which
// lr_find gives the points from the 11th to the 6th last: places among these.
const RECORDED: [string, (i: number) => number, [number, number, number]][] = [
  [
    "a clean curve",
    (i) => 2.3 - 1.9 * logistic((i - 55) / 5) + (i > 80 ? 0.02 * (i - 80) ** 2 : 0),
    [
      45,
      70,
      33,
    ],
  ],
  [
    "a rough one",
    (i) =>
      2.3 - 1.5 * logistic((i - 60) / 8) + 0.03 * Math.sin(1.7 * i) +
      (i > 85 ? 0.01 * (i - 85) ** 2 : 0),
    [47, 74, 52],
  ],
  ["waves", (i) => 1 + 0.3 * Math.sin(0.37 * i) + 0.2 * Math.cos(1.1 * i), [48, 4, 65]],
];

for (const [name, lossOf, [steepest, minimum, longest]] of RECORDED) {
  Deno.test(`the suggestions are those of fastai: ${name}`, () => {
    const points = curve(lossOf);
    const rate = (place: number) => points[10 + place].learningRate;
    assert.deepEqual(suggestRates(points), {
      steepest: rate(steepest),
      minimumTenth: rate(minimum) / 10,
      valley: rate(longest),
    });
  });
}

Deno.test("the valley of a curve that only falls is in its middle; of one that only rises at its start", () => {
  // fastai: 41 of 85 places.
  assert.equal(valley(Array.from({ length: 85 }, (_, i) => 3 - 0.01 * i)), 41);
  assert.equal(valley([1, 2, 3]), 0);
  assert.equal(valley([2, 1]), 0);
  // Equal losses are no fall: 3, 2, 1 ends at the sixth place.
  assert.equal(valley([3, 3, 3, 3, 2, 1]), 3);
});

Deno.test("a loss that does not fall, or too few points, give no suggestion", () => {
  assert.equal(suggestRates(curve((i) => 2 + i)), undefined);
  assert.equal(suggestRates(curve(() => 2)), undefined);
  assert.equal(suggestRates(curve((i) => 3 - i / 100).slice(0, 16)), undefined);
});
