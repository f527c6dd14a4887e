import assert from "node:assert/strict";
import { patchDataset } from "../dataset/testing_samples.ts";
import { checkSweepName, sweepFiles } from "./files.ts";

Deno.test("a sweep's name may begin like another table's, but not be one", () => {
  for (const name of ["speedy", "speeds", "robustness2", "learning-rate"]) checkSweepName(name);
  for (const name of ["speed", "speed-alone", "reported-figures", "robustness"]) {
    assert.throws(() => checkSweepName(name), /reserved for another table/);
  }
});

Deno.test("a sweep's files; those of synthetic digits never have the name of real results", () => {
  const data = patchDataset(1, 1, 4);
  const { name, table, figure, journal } = sweepFiles("rates", data);
  assert.equal(name, "rates");
  assert.match(table, /results.rates\.csv$/);
  assert.match(figure, /results.rates\.svg$/);
  assert.match(journal, /results.\.journal.rates\.jsonl$/);
  const synthetic = sweepFiles("rates", { ...data, name: "synthetic" });
  assert.equal(synthetic.name, "rates-synthetic");
  assert.match(synthetic.table, /results.rates-synthetic\.csv$/);
});
