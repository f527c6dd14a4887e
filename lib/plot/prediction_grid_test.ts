import assert from "node:assert/strict";
import { syntheticDigits } from "../dataset/synthetic.ts";
import { predictionGrid } from "./prediction_grid.ts";

const digits = syntheticDigits({ train: 0, test: 2 });

Deno.test("a grid of predictions shows the number of errors, and their classes", () => {
  const all = [
    { index: 0, actual: 7, predicted: 7, probability: 0.999 },
    { index: 1, actual: 4, predicted: 9, probability: 0.5 },
  ];
  const { svg } = predictionGrid(digits.test, all);
  assert.match(svg, /1 right, 1 wrong/);
  assert.match(svg, />7, 99 %</);
  assert.match(svg, />4 → 9, 50 %</);
});
