import assert from "node:assert/strict";
import type { TrialRow } from "../sweep/row.ts";
import { DEFAULTS } from "../training/hyperparameters.ts";
import { lossByLearningRate, sweepFigure } from "./loss_by_hyperparameter.ts";

function row(changes: Partial<TrialRow>): TrialRow {
  return {
    ...DEFAULTS,
    layers: "784-32-10",
    activation: "relu",
    dataset: "mnist",
    status: "completed",
    steps: 3750,
    trainLoss: 0.2,
    testLoss: 0.1,
    testAccuracy: 0.97,
    weightsDigest: null,
    ...changes,
  };
}

const nothing = { trainLoss: null, testLoss: null, testAccuracy: null } as const;
const rows = [
  row({ learningRate: 0.01, testLoss: 0.3 }),
  row({ learningRate: 0.01, testLoss: 0.4, seed: 2 }),
  row({ learningRate: 0.1, testLoss: 0.21, testAccuracy: 0.97 }),
  row({ learningRate: 0.1, testLoss: 0.23, testAccuracy: 0.96, seed: 2 }),
  // The least loss of all, at a rate where the other seed diverged: not the best.
  row({ learningRate: 0.5, testLoss: 0.05 }),
  row({ learningRate: 0.5, seed: 2, status: "diverged", ...nothing }),
  row({ learningRate: 1, status: "diverged", ...nothing }),
  row({ learningRate: 1, seed: 2, status: "diverged", ...nothing }),
];

Deno.test("the best rate has the least mean test loss and no diverged trial", () => {
  const { svg } = lossByLearningRate(rows);
  assert.match(svg, />best: 0\.1</);
  assert.match(svg, /test loss 0\.2200, test accuracy 96\.50 % \(means of 2 seeds\)/);
});

Deno.test("diverged trials are counted above the rates where they were", () => {
  const { svg } = lossByLearningRate(rows);
  assert.match(svg, />diverged</);
  assert.match(svg, />1\/2</);
  assert.match(svg, />2\/2</);
  assert.doesNotMatch(lossByLearningRate(rows.slice(0, 4)).svg, /diverged/);
});

Deno.test("a sweep that only diverged is a figure too", () => {
  const { svg } = lossByLearningRate(rows.slice(6));
  assert.match(svg, /no setting completed all its trials/);
  assert.doesNotMatch(svg, /NaN/);
});

Deno.test("other hyperparameters that differ become curves of their own", () => {
  const { svg } = lossByLearningRate([...rows, row({ activation: "tanh", learningRate: 0.01 })]);
  assert.match(svg, /<tspan dx="5">activation relu<\/tspan>/);
  assert.match(svg, /<tspan dx="5">activation tanh<\/tspan>/);
});

Deno.test("a sweep is drawn against what was swept", () => {
  assert.equal(sweepFigure(rows).title, "Loss against learning rate");
  const epochs = [1, 2, 4].map((epochs) => row({ epochs }));
  assert.equal(sweepFigure(epochs).title, "Loss against epochs");
});

Deno.test("among losses of different kinds the accuracy decides, and the figure says so", () => {
  const { svg } = lossByLearningRate([
    row({ loss: "meanSquareError", testLoss: 0.08, testAccuracy: 0.69 }),
    row({ loss: "crossEntropy", testLoss: 0.34, testAccuracy: 0.9 }),
  ]);
  assert.match(
    svg,
    /best: learning rate 0\.1, loss crossEntropy: test accuracy 90\.00 %, the highest, test loss 0\.3400/,
  );
  assert.match(svg, /loss \(different kinds, not comparable\)/);
});
