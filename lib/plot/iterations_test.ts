import assert from "node:assert/strict";
import { accuracyByIteration, type IterationRow, lossByIteration } from "./iterations.ts";

const rows = ["full batch", "mini-batch"].flatMap((series) =>
  [1, 10, 100].map((iteration): IterationRow => ({
    series,
    iteration,
    images: iteration * (series === "full batch" ? 60000 : 512),
    trainLoss: 2 / iteration,
    testLoss: 2.1 / iteration,
    trainAccuracy: 0.5,
    testAccuracy: 0.6,
  }))
);

Deno.test("losses by iteration: a curve for each training, on logarithmic axes", () => {
  const { svg } = lossByIteration(rows, "iteration");
  assert.match(svg, />full batch<.*>mini-batch</s);
  assert.match(svg, />iterations \(steps\)</);
  for (const tick of ["1", "10", "100"]) assert.match(svg, new RegExp(`>${tick}<`));
});

Deno.test("by work, images are counted in thousands", () => {
  const { svg } = lossByIteration(rows, "images");
  assert.match(svg, />training images gone through \(thousands\)</);
  assert.match(svg, />5,000</);
  assert.doesNotMatch(svg, />5,000,000</);
});

Deno.test("accuracies on the training and test images of each training, in per cent", () => {
  const { svg } = accuracyByIteration(rows, "iteration");
  for (const part of ["full batch, training", "mini-batch, test"]) assert.ok(svg.includes(part));
  assert.match(svg, />50</);
});
