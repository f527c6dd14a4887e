import assert from "node:assert/strict";
import { randomStream } from "../../base/random.ts";
import { predictionInterval, predictionOf, probabilityOfAtLeast } from "./prediction.ts";
import { printed } from "./printed.ts";
import { studentCdf, studentQuantile } from "./student_t.ts";
import { type Claim, judge } from "./verdict.ts";

const SEED_COUNTS = [3, 5, 10, 20];

/** Part of true reports that are called false: `draw` gives one more training, or its report. */
function falseAlarms(
  seeds: number,
  draws: number,
  draw: () => number,
  claimOf: (value: number) => Claim,
): number {
  let wrong = 0;
  for (let i = 0; i < draws; i++) {
    const claim = claimOf(draw());
    const values = Array.from({ length: seeds }, draw);
    if (judge(claim, values).verdict !== "holds") wrong++;
  }
  return wrong / draws;
}

Deno.test("simulation: a true report is called false in 5 % of cases, printed digits make it fewer", () => {
  const random = randomStream(1, "data");
  const draws = 20_000;
  // Three standard errors of a count of 5 % among so many.
  const chance = 3 * Math.sqrt(0.05 * 0.95 / draws);
  for (const seeds of SEED_COUNTS) {
    const draw = () => 95.6 + 0.8 * random.normal();
    const rate = (digits: number) =>
      falseAlarms(seeds, draws, draw, (value) => ({
        measure: "accuracy",
        report: printed(value.toFixed(digits)),
      }));
    const exact = rate(6);
    assert.ok(Math.abs(exact - 0.05) < chance, `${seeds} seeds: ${exact}`);
    const toTenths = rate(1);
    assert.ok(toTenths <= 0.05 && toTenths > 0.03, `${seeds} seeds, one digit: ${toTenths}`);
    const toOnes = rate(0);
    assert.ok(toOnes <= 0.03, `${seeds} seeds, no digit: ${toOnes}`);
  }
});

Deno.test("simulation: tight and skewed spreads of accuracies keep the error rate", () => {
  const random = randomStream(2, "data");
  const draws = 10_000;
  const spreads = {
    // As D and the papers: a few images' spread, counted in whole images of 10,000.
    tight: () => Math.round(9831 + 3 * random.normal()) / 100,
    // As B: an accuracy that is bounded above, with a longer tail below.
    skewed: () => 100 / (1 + Math.exp(-(2 + 0.2 * random.normal()))),
  };
  for (const [name, draw] of Object.entries(spreads)) {
    for (const seeds of SEED_COUNTS) {
      const rate = falseAlarms(seeds, draws, draw, (value) => ({
        measure: "accuracy",
        report: printed(value.toFixed(1)),
      }));
      assert.ok(rate <= 0.05, `${name}, ${seeds} seeds: ${rate}`);
    }
  }
});

Deno.test("simulation: other test images than the report's are allowed for, and only then", () => {
  const random = randomStream(3, "data");
  const truth = 97.8, draws = 5_000;
  const choiceOf = (images: number) => Math.sqrt(truth * (100 - truth) / images) * random.normal();
  const rate = (seeds: number, spread: number, images?: readonly [number, number]) => {
    let wrong = 0;
    for (let i = 0; i < draws; i++) {
      const here = truth + choiceOf(10_000);
      const report = truth + choiceOf(1000) + spread * random.normal();
      const values = Array.from({ length: seeds }, () => here + spread * random.normal());
      const claim = { measure: "accuracy", report: printed(report.toFixed(3)), images } as const;
      if (judge(claim, values).verdict !== "holds") wrong++;
    }
    return wrong / draws;
  };
  // Three standard errors of a count of 5 % among so many.
  const chance = 3 * Math.sqrt(0.05 * 0.95 / draws);
  for (const spread of [0.05, 0.3, 1]) {
    for (const seeds of SEED_COUNTS) {
      const widened = rate(seeds, spread, [1000, 10_000]);
      assert.ok(widened <= 0.05 + chance, `spread ${spread}, ${seeds} seeds: ${widened}`);
    }
  }
  assert.ok(rate(10, 0.05) > 0.3, "without the allowance true reports are called false");
});

Deno.test("verdicts: both directions of both measures, and the share of runs as good", () => {
  const values = [97.9, 98.0, 98.1];
  // 4.302653 · 0.1 · √(1 + 1/3) = 0.4968: from 97.503 to 98.497.
  const verdict = (report: string, more: Partial<Claim> = {}, data = values) =>
    judge({ measure: "accuracy", report: printed(report), ...more }, data).verdict;
  assert.equal(verdict("97.6"), "holds");
  assert.equal(verdict("98.545"), "not reached");
  assert.equal(verdict("97.45"), "exceeded");
  const errors = values.map((value) => 100 - value);
  const rate = { measure: "error rate" } as const;
  assert.equal(verdict("1.455", rate, errors), "not reached");
  assert.equal(verdict("2.55", rate, errors), "exceeded");
  assert.equal(verdict("2.0", rate, errors), "holds");
  const here = { chosenHere: true } as const;
  assert.equal(verdict("98.0", here), "architecture reaches it");
  assert.equal(verdict("90", here), "architecture reaches it");
  assert.equal(verdict("99", here), "architecture does not reach it");

  const asGood = (report: string, measure: Claim["measure"], data: readonly number[]) =>
    judge({ measure, report: printed(report) }, data).asGood;
  assert.ok(Math.abs(asGood("98.00", "accuracy", values) - 0.5) < 0.03);
  assert.ok(asGood("98.0", "accuracy", values) > asGood("98.00", "accuracy", values));
  assert.ok(
    Math.abs(asGood("2.0", "error rate", errors) - asGood("98.0", "accuracy", values)) < 1e-9,
  );
});

Deno.test("printed digits count: an accuracy that would be printed as reported is not false", () => {
  const at = (report: string) =>
    judge({ measure: "error rate", report: printed(report) }, [1.66, 1.66, 1.66]).verdict;
  assert.equal(at("1.6"), "not reached"); // 1.55 to 1.65
  assert.equal(at("1.7"), "holds"); // 1.65 to 1.75
  assert.equal(at("about 1.6"), "holds"); // 1.5 to 1.7
  assert.deepEqual(printed("about 85"), {
    text: "about 85",
    value: 85,
    decimals: 0,
    approximate: true,
    low: 84,
    high: 86,
  });
  assert.deepEqual([printed("0.511301270").decimals, printed("-0.019").low], [9, -0.0195]);
  for (const text of ["", "85 %", "about", "1e5", ".5"]) {
    assert.throws(() => printed(text), TypeError);
  }
});

Deno.test("Student's t: quantiles of printed tables, and their inverse", () => {
  // Table of the t distribution, 97.5 %: 2, 4, 9 and 19 degrees of freedom.
  for (const [degrees, t] of [[2, 4.303], [4, 2.776], [9, 2.262], [19, 2.093]]) {
    assert.equal(studentQuantile(0.975, degrees).toFixed(3), t.toFixed(3));
    assert.ok(Math.abs(studentCdf(t, degrees) - 0.975) < 1e-4);
    assert.ok(Math.abs(studentCdf(-t, degrees) - 0.025) < 1e-4);
  }
});

Deno.test("a prediction stays within 0 to 100 %, and takes two values", () => {
  const { low, high } = predictionInterval(predictionOf([99, 99.9]));
  assert.ok(low >= 0 && high === 100);
  assert.throws(() => predictionOf([99]), /two or more values, got 1/);
  const same = predictionOf([97.2, 97.2, 97.2]);
  assert.deepEqual(predictionInterval(same), { low: same.mean, high: same.mean });
  assert.deepEqual([probabilityOfAtLeast(same, 97), probabilityOfAtLeast(same, 98)], [1, 0]);
});
