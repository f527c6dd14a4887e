import assert from "node:assert/strict";
import { explainedShare } from "./explained.ts";
import type { TrialRow } from "./row.ts";
import { sweepRow as row } from "./testing_row.ts";

const accuracies = (values: [Partial<TrialRow>, number][]) =>
  values.map(([changes, testAccuracy]) => row({ ...changes, testAccuracy }));

Deno.test("η² of a published example", () => {
  // https://en.wikipedia.org/wiki/Correlation_ratio: algebra, geometry and statistics; η² = 6780/9640.
  const scores = {
    relu: [45, 70, 29, 15, 21],
    tanh: [40, 20, 30, 42],
    elu: [65, 95, 80, 70, 85, 73],
  };
  const rows = (["relu", "tanh", "elu"] as const).flatMap((activation) =>
    scores[activation].map((score, i) => row({ activation, l2: i, testAccuracy: score / 100 }))
  );
  assert.ok(Math.abs(explainedShare(rows, "activation", "testAccuracy") - 6780 / 9640) < 1e-9);
  // Losses count by their logarithm.
  const losses = rows.map((row) => ({ ...row, testLoss: Math.exp(row.testAccuracy!) }));
  assert.ok(Math.abs(explainedShare(losses, "activation", "testLoss") - 6780 / 9640) < 1e-9);
});

Deno.test("a factor explains all, or nothing", () => {
  const rows = accuracies([
    [{ activation: "relu", l2: 0 }, 0.8],
    [{ activation: "relu", l2: 1 }, 0.8],
    [{ activation: "tanh", l2: 0 }, 0.9],
    [{ activation: "tanh", l2: 1 }, 0.9],
  ]);
  assert.equal(explainedShare(rows, "activation", "testAccuracy"), 1);
  assert.ok(explainedShare(rows, "l2", "testAccuracy") < 1e-12);
  assert.equal(explainedShare(rows, "activation", "testLoss"), 0);
  assert.equal(explainedShare([], "activation", "testLoss"), 0);
});

Deno.test("numbers that come twice each are groups of their own; more different ones are put together", () => {
  // Each rate has one accuracy: it explains all.
  const pairs = [1, 2, 3, 4, 1, 2, 3, 4].map((learningRate, i) =>
    row({ learningRate, l2: i, testAccuracy: [0.1, 0.9, 0.2, 0.8][learningRate - 1] })
  );
  assert.ok(Math.abs(explainedShare(pairs, "learningRate", "testAccuracy") - 1) < 1e-12);
  // Nine different numbers are three groups of three, by thirds: 1 to 3, 4 to 6, 7 to 9.
  const nine = Array.from({ length: 9 }, (_, i) => {
    const group = Math.floor(i / 3);
    return row({ learningRate: i + 1, testAccuracy: [0.2, 0.9, 0.4][group] });
  });
  assert.ok(Math.abs(explainedShare(nine, "learningRate", "testAccuracy") - 1) < 1e-12);
});

Deno.test("numbers that are nearly all different are grouped: noise does not explain itself", () => {
  const rows = Array.from({ length: 64 }, (_, i) => {
    const noise = (i * 37 % 64) / 64;
    return row({ l2: noise, learningRate: 1 + i, testLoss: 1 + i, testAccuracy: noise });
  });
  assert.ok(explainedShare(rows, "learningRate", "testLoss") > 0.9);
  assert.ok(explainedShare(rows, "l2", "testLoss") < 0.3);
});
