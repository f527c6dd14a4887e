import assert from "node:assert/strict";
import {
  accuracyText,
  countText,
  durationText,
  lossText,
  numberText,
  percentageText,
  plural,
  progressNumber,
} from "./number_text.ts";

Deno.test("numbers are written short, with powers of ten at the ends", () => {
  assert.deepEqual(
    [0.0017782794100389228, 60000, 97, 999_999.9, 1e9, -2.5e-7, 0, -0.5, 1e-4, 9.99999e-5, 9.9e-5]
      .map((value) => numberText(value)),
    [
      "0.001778",
      "60,000",
      "97",
      "10⁶",
      "10⁹",
      "−2.5·10⁻⁷",
      "0",
      "−0.5",
      "0.0001",
      "0.0001",
      "9.9·10⁻⁵",
    ],
  );
  assert.deepEqual([NaN, Infinity].map((value) => numberText(value)), ["NaN", "∞"]);
});

Deno.test("a number has as many digits as are wanted, and no more than it needs", () => {
  assert.equal(numberText(Math.PI, 9), "3.14159265");
  assert.equal(numberText(0.000123456789, 9), "0.000123456789");
  assert.equal(numberText(0.1, 9), "0.1");
});

Deno.test("accuracies and percentages have two decimals, losses four, counts separators", () => {
  assert.deepEqual([0, 0.9765, 1].map(accuracyText), ["0.00 %", "97.65 %", "100.00 %"]);
  assert.equal(percentageText(97.654), "97.65");
  assert.deepEqual([0.09744, 59_999.5, 4.98899e29].map(lossText), [
    "0.0974",
    "59999.5000",
    "4.9890e+29",
  ]);
  assert.equal(countText(60000), "60,000");
});

Deno.test("one thing is in the singular", () => {
  assert.deepEqual([0, 1, 2].map((count) => plural(count, "trial")), [
    "0 trials",
    "1 trial",
    "2 trials",
  ]);
});

Deno.test("a duration or rate is shown in the unit or with the decimals that its size needs", () => {
  assert.deepEqual(
    [0, 9.94, 9.96, 59.4, 59.5, 3599.4, 3600].map(durationText),
    ["0.0 s", "9.9 s", "10 s", "59 s", "1 min 0 s", "59 min 59 s", "1 h 0 min"],
  );
  assert.deepEqual([0.0044, 0.5, 7, 9.876, 98.76, 987.6].map(progressNumber), [
    ...["0.004", "0.50", "7", "9.88", "98.8", "988"],
  ]);
});
