import assert from "node:assert/strict";
import { parseSchedule } from "./schedule.ts";

const factors = (text: string, epochs: number[]) => epochs.map(parseSchedule(text));

Deno.test("schedules change the rate from the epochs they name on", () => {
  assert.deepEqual(factors("constant", [1, 100]), [1, 1]);
  assert.deepEqual(factors("step(0.5, 26)", [1, 25, 26, 30]), [1, 1, 0.5, 0.5]);
  assert.deepEqual(factors("step(0.1,3,5)", [2, 3, 4, 5]), [1, 0.1, 0.1, 0.1 * 0.1]);
  assert.deepEqual(factors("exponential(0.5)", [1, 2, 3]), [1, 0.5, 0.25]);
});

Deno.test("other words are refused", () => {
  const wrong = [
    "linear",
    "step",
    "step(0.5)",
    "step(0, 3)",
    "step(2, 3)",
    "step(0.5, 0)",
    "exponential(0.9, 2)",
  ];
  for (const text of [...wrong, "step(0.5, 2.5)", "constant(1)", ""]) {
    assert.throws(() => parseSchedule(text), /^UserError: schedule must be constant, .* got /);
  }
});
