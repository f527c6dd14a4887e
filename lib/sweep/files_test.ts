import assert from "node:assert/strict";
import { checkSweepName } from "./files.ts";

Deno.test("a sweep's name may begin like another table's, but not be one", () => {
  for (const name of ["speedy", "speeds", "robustness2", "learning-rate"]) checkSweepName(name);
  for (const name of ["speed", "speed-alone", "reported-figures", "robustness"]) {
    assert.throws(() => checkSweepName(name), /reserved for another table/);
  }
});
