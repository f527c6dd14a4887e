import assert from "node:assert/strict";
import { randomStream } from "../../base/random.ts";
import {
  CONFIDENCE,
  predictionInterval,
  predictionOf,
  probabilityOfAtLeast,
} from "./prediction.ts";
import { printed } from "./printed.ts";
import { studentCdf, studentQuantile } from "../../base/student_t.ts";
import { type Claim, judge } from "./verdict.ts";

const SEED_COUNTS = [3, 5, 10, 20];

/** Test accuracies of twenty trainings, as an earlier kernel gave them. */
const A_SHUFFLED = "96.16 96.11 95.76 95.76 95.9 95.37 95.04 96.4 95.56 95.79 " +
  "96.45 94.79 96.26 96.07 94.58 93.07 95.37 95.41 96.18 95.66";
const B = "82.8 85.7 82.5 83.6 80.1 85.4 83.4 83.8 86.1 85.2 " +
  "81 77.7 83.6 82.6 86.3 83.4 83.8 85.7 85.7 84.9";

/** Fraction of true reports that are rejected; `draw` returns a result or its report. */
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

Deno.test("simulation: log odds that are normal miss as many true reports as the interval says", () => {
  const random = randomStream(1, "data");
  const draws = 20_000;
  const draw = () => 100 / (1 + Math.exp(-(3 + 0.2 * random.normal())));
  // Three standard errors of a count of 3 % among so many.
  const chance = 3 * Math.sqrt(CONFIDENCE * (1 - CONFIDENCE) / draws);
  for (const seeds of SEED_COUNTS) {
    const rate = (digits: number) =>
      falseAlarms(seeds, draws, draw, (value) => ({
        measure: "accuracy",
        report: printed(value.toFixed(digits)),
      }));
    const exact = rate(6);
    assert.ok(Math.abs(exact - (1 - CONFIDENCE)) < chance, `${seeds} seeds: ${exact}`);
    // A printed report is a range, which makes it true more often.
    const toOnes = rate(0);
    assert.ok(toOnes < exact && toOnes > 0, `${seeds} seeds, no digit: ${toOnes}`);
  }
});

Deno.test("simulation: with spreads as they are, a true report is rejected in at most 5 % of cases", () => {
  const random = randomStream(2, "data");
  const draws = 10_000;
  const from = (values: string) => {
    const all = values.split(" ").map(Number);
    return () => all[random.integer(all.length)];
  };
  const spreads: Record<string, { draw: () => number; digits: number }> = {
    // A few images' spread, counted in whole images of 10,000, as in D and the papers.
    tight: { draw: () => Math.round(9831 + 3 * random.normal()) / 100, digits: 2 },
    // Normal in per cent instead of log odds.
    normal: { draw: () => 95.6 + 0.8 * random.normal(), digits: 1 },
    // The twenty seeds of rows with a long tail of bad runs: A shuffled, and B.
    "a-shuffled": { draw: from(A_SHUFFLED), digits: 1 },
    b: { draw: from(B), digits: 0 },
  };
  for (const [name, { draw, digits }] of Object.entries(spreads)) {
    for (const seeds of SEED_COUNTS) {
      const rate = falseAlarms(seeds, draws, draw, (value) => ({
        measure: "accuracy",
        report: printed(value.toFixed(digits)),
      }));
      assert.ok(rate <= 0.05, `${name}, ${seeds} seeds: ${rate}`);
      assert.ok(rate > 0.005, `${name}, ${seeds} seeds: ${rate} is too lenient`);
    }
  }
});

Deno.test("simulation: other test images than the report's are allowed for, and only then", () => {
  const random = randomStream(3, "data");
  const draws = 5_000;
  const percent = (logOdds: number) => 100 / (1 + Math.exp(-logOdds));
  const truth = 3.8, p = percent(truth) / 100;
  const choiceOf = (images: number) => random.normal() / Math.sqrt(images * p * (1 - p));
  const rate = (seeds: number, spread: number, images?: readonly [number, number]) => {
    let wrong = 0;
    for (let i = 0; i < draws; i++) {
      const here = truth + choiceOf(10_000);
      const report = percent(truth + choiceOf(1000) + spread * random.normal());
      const values = Array.from({ length: seeds }, () => percent(here + spread * random.normal()));
      const claim = { measure: "accuracy", report: printed(report.toFixed(3)), images } as const;
      if (judge(claim, values).verdict !== "holds") wrong++;
    }
    return wrong / draws;
  };
  // Log odds: 0.04, 0.3 and 1 percentage points at 97.8 %.
  for (const spread of [0.02, 0.15, 0.5]) {
    for (const seeds of SEED_COUNTS) {
      const widened = rate(seeds, spread, [1000, 10_000]);
      assert.ok(widened <= 0.05, `spread ${spread}, ${seeds} seeds: ${widened}`);
    }
  }
  assert.ok(rate(10, 0.02) > 0.3, "without the allowance true reports are called false");
});

Deno.test("verdicts: both directions of both measures, and the share of runs as good", () => {
  const values = [97.9, 98.0, 98.1];
  // Student's t for two degrees of freedom is 5.643; in log odds the interval is 97.23 to 98.56 %.
  const verdict = (report: string, more: Partial<Claim> = {}, data = values) =>
    judge({ measure: "accuracy", report: printed(report), ...more }, data).verdict;
  assert.equal(verdict("97.6"), "holds");
  assert.equal(verdict("98.62"), "not reached");
  assert.equal(verdict("97.20"), "exceeded");
  const errors = values.map((value) => 100 - value);
  const rate = { measure: "error rate" } as const;
  assert.equal(verdict("1.38", rate, errors), "not reached");
  assert.equal(verdict("2.80", rate, errors), "exceeded");
  assert.equal(verdict("2.0", rate, errors), "holds");
  const here = { chosenHere: true } as const;
  assert.equal(verdict("98.0", here), "architecture reaches it");
  assert.equal(verdict("90", here), "architecture reaches it");
  assert.equal(verdict("99.0", here), "architecture does not reach it");

  const asGood = (report: string, measure: Claim["measure"], data: readonly number[]) =>
    judge({ measure, report: printed(report) }, data).asGood;
  assert.ok(Math.abs(asGood("98.00", "accuracy", values) - 0.5) < 0.03);
  assert.ok(asGood("98.0", "accuracy", values) > asGood("98.00", "accuracy", values));
  assert.ok(
    Math.abs(asGood("2.0", "error rate", errors) - asGood("98.0", "accuracy", values)) < 1e-9,
  );
});

Deno.test("printed digits count: an accuracy that rounds to the report is not rejected", () => {
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
  assert.ok(low >= 0 && high <= 100);
  assert.throws(() => predictionOf([99]), /two or more values, got 1/);
  const perfect = predictionInterval(predictionOf([100, 100, 0]));
  assert.ok(perfect.low >= 0 && perfect.high <= 100);
  const same = predictionOf([97.2, 97.2, 97.2]);
  const around = predictionInterval(same);
  assert.ok(Math.abs(around.low - 97.2) < 1e-9 && Math.abs(around.high - 97.2) < 1e-9);
  assert.deepEqual([probabilityOfAtLeast(same, 97), probabilityOfAtLeast(same, 98)], [1, 0]);
});
