import assert from "node:assert/strict";
import { checkMetric, comparedBy, METRICS } from "./metric.ts";
import { sweepRow } from "./testing_row.ts";

Deno.test("settings are compared by the loss on the images that were held out, if losses mean the same", () => {
  const [plain, other] = [sweepRow({}), sweepRow({ loss: "meanSquareError" })];
  const [held, otherHeld] = [plain, other].map((row) => ({ ...row, validation: 0.1 }));
  assert.equal(comparedBy([plain]), "testLoss");
  assert.equal(comparedBy([held]), "validationLoss");
  assert.equal(comparedBy([held, plain]), "testLoss");
  assert.equal(comparedBy([plain, other]), "testAccuracy");
  assert.equal(comparedBy([held, otherHeld]), "validationAccuracy");
  // An accuracy, or a loss that is the same for all, is taken as wanted.
  for (const metric of METRICS) assert.equal(comparedBy([held], metric), metric);
  assert.equal(comparedBy([held, otherHeld], "trainLoss"), "validationAccuracy");
  assert.equal(comparedBy([held, otherHeld], "testLoss"), "testAccuracy");
  const elsewhere = { ...held, dataset: "other" };
  assert.equal(comparedBy([held, elsewhere]), "validationAccuracy");
});

Deno.test("a metric on images that a sweep does not look at is refused", () => {
  checkMetric(undefined);
  for (const metric of METRICS) {
    const needsValidation = metric.startsWith("validation"), isOnTest = metric.startsWith("test");
    const without = () => checkMetric(metric, ["none"]);
    if (needsValidation) assert.throws(without, /there is no validation set; add, for example/);
    else without();
    const withSet = () => checkMetric(metric, [0.1]);
    if (isOnTest) assert.throws(withSet, /does not read the test set; compare by validation/);
    else withSet();
  }
});
