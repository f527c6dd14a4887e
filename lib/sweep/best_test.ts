import assert from "node:assert/strict";
import { bestSentence, bestSetting, metricNote } from "./best.ts";
import { areLossesComparable, checkMetric, heldOutMeasures } from "./metric.ts";
import type { TrialRow } from "./row.ts";
import { sweepRow as row } from "./testing_row.ts";

const nothing = { trainLoss: null, testLoss: null, testAccuracy: null } as const;

Deno.test("the lowest mean test loss wins, whatever the accuracy and a single lucky seed", () => {
  const best = bestSetting([
    row({ learningRate: 0.1, testLoss: 0.1, testAccuracy: 0.97 }),
    row({ learningRate: 0.1, testLoss: 0.5, testAccuracy: 0.99, seed: 2 }),
    row({ learningRate: 0.2, testLoss: 0.2, testAccuracy: 0.95 }),
    row({ learningRate: 0.2, testLoss: 0.24, testAccuracy: 0.97, seed: 2 }),
  ]);
  assert.deepEqual([best?.row.learningRate, best?.trials, best?.by], [0.2, 2, "testLoss"]);
  assert.ok(
    Math.abs(best!.testLoss! - 0.22) < 1e-12 && Math.abs(best!.testAccuracy! - 0.96) < 1e-12,
  );
});

Deno.test("losses of different kinds are not compared: the accuracy decides", () => {
  const rows = [
    row({ loss: "meanSquareError", testLoss: 0.08, testAccuracy: 0.69 }),
    row({ loss: "crossEntropy", testLoss: 0.34, testAccuracy: 0.9 }),
    row({ loss: "crossEntropy", learningRate: 0.2, testLoss: 0.33, testAccuracy: 0.89 }),
  ];
  assert.equal(areLossesComparable(rows), false);
  const best = bestSetting(rows);
  assert.deepEqual([best?.row, best?.by], [rows[1], "testAccuracy"]);
  assert.equal(areLossesComparable(rows.slice(1)), true);
  assert.equal(bestSetting(rows.slice(1))?.row, rows[2]);
});

Deno.test("nor are losses on different data, and their trials are no seeds of each other", () => {
  const rows = [
    row({ dataset: "fashion", testLoss: 0.05, testAccuracy: 0.6 }),
    row({ dataset: "mnist", testLoss: 0.3, testAccuracy: 0.9 }),
  ];
  const best = bestSetting(rows);
  assert.deepEqual([best?.row, best?.trials, best?.by], [rows[1], 1, "testAccuracy"]);
});

Deno.test("a setting of which one trial diverged is not the best; none may be", () => {
  const diverged = row({ learningRate: 1, seed: 2, status: "diverged", ...nothing });
  const lucky = row({ learningRate: 1, testLoss: 0.01 });
  assert.equal(bestSetting([lucky, diverged, row({ testLoss: 0.2 })])?.testLoss, 0.2);
  assert.equal(bestSetting([lucky, diverged]), undefined);
  assert.equal(bestSetting([]), undefined);
});

Deno.test("a metric can be chosen, and the sentence has all metrics of the best", () => {
  const rows = [
    row({ learningRate: 0.1, trainLoss: 0.3, testLoss: 0.1, testAccuracy: 0.96 }),
    row({ learningRate: 0.2, trainLoss: 0.2, testLoss: 0.3, testAccuracy: 0.97 }),
    row({ learningRate: 0.3, trainLoss: 0.1, testLoss: 0.2, testAccuracy: 0.95 }),
  ];
  const sentence = (metric?: Parameters<typeof bestSentence>[1]) => bestSentence(rows, metric);
  assert.equal(
    sentence(),
    "best: learning rate 0.1: test loss 0.1000, test accuracy 96.00 % (chosen on the test images)",
  );
  assert.equal(
    sentence("testAccuracy"),
    "best: learning rate 0.2: test accuracy 97.00 %, test loss 0.3000 (chosen on the test images)",
  );
  assert.equal(
    sentence("trainLoss"),
    "best: learning rate 0.3: training loss 0.1000, test loss 0.2000, test accuracy 95.00 %",
  );
  assert.equal(metricNote(rows, "trainLoss"), "");
  assert.match(metricNote([...rows, row({ loss: "meanSquareError" })], "trainLoss"), /accuracy/);
});

/** A row of a sweep with a validation set, in which the test set was not read. */
const held = (changes: Partial<TrialRow>) =>
  row({ validation: 0.1, testLoss: null, testAccuracy: null, ...changes });

Deno.test("with a validation set it decides, and the sentence has no test result", () => {
  const rows = [
    held({ learningRate: 0.1, validationLoss: 0.2, validationAccuracy: 0.95 }),
    held({ learningRate: 0.1, validationLoss: 0.4, validationAccuracy: 0.93, seed: 2 }),
    held({ learningRate: 0.2, validationLoss: 0.31, validationAccuracy: 0.96 }),
    held({ learningRate: 0.2, validationLoss: 0.31, validationAccuracy: 0.96, seed: 2 }),
  ];
  assert.equal(
    bestSentence(rows),
    "best: learning rate 0.1: validation loss 0.3000, validation accuracy 94.00 % (means of 2 seeds)",
  );
  assert.equal(bestSetting(rows, "validationAccuracy")?.row.learningRate, 0.2);
  assert.deepEqual([bestSetting(rows)?.testLoss, bestSetting(rows)?.by], [null, "validationLoss"]);
  const losses = rows.map((row, i) => i < 2 ? row : { ...row, loss: "meanSquareError" as const });
  assert.equal(bestSetting(losses)?.by, "validationAccuracy");
  assert.match(metricNote(losses), /^compared by validation accuracy/);
});

Deno.test("a measure that a sweep does not take is refused", () => {
  checkMetric(undefined, "none");
  checkMetric("testLoss", "none");
  checkMetric("trainLoss", 0.1);
  checkMetric("validationLoss", [0.1, "last(10)"]);
  assert.throws(() => checkMetric("testAccuracy", 0.1), /compare by validationAccuracy$/);
  assert.throws(() => checkMetric("validationLoss"), /there is no validation set; add/);
});

Deno.test("where only some rows have a validation set, as in a table put together, it does not decide", () => {
  const mixed = [row({}), held({ validationLoss: 0.01, validationAccuracy: 1 })];
  assert.deepEqual(heldOutMeasures(mixed), { loss: "testLoss", accuracy: "testAccuracy" });
  assert.deepEqual(heldOutMeasures([]), { loss: "testLoss", accuracy: "testAccuracy" });
});
