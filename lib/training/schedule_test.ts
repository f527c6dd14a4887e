import assert from "node:assert/strict";
import { parseSchedule } from "./schedule.ts";

/** The factors of every step of a training. */
function factors(text: string, steps: number, stepsPerEpoch = steps): number[] {
  const { value } = parseSchedule(text);
  return Array.from(
    { length: steps },
    (_, i) => value({ step: i + 1, steps, stepsPerEpoch, warmup: 0 }),
  );
}

const near = (found: number[], expected: number[]) => {
  assert.equal(found.length, expected.length);
  found.forEach((x, i) => assert.ok(Math.abs(x - expected[i]) < 1e-15, `step ${i + 1}: ${x}`));
};

Deno.test("schedules of epochs change the rate with the first step of an epoch", () => {
  assert.deepEqual(factors("constant", 3), [1, 1, 1]);
  assert.deepEqual(factors("step(0.5, 2)", 6, 3), [1, 1, 1, 0.5, 0.5, 0.5]);
  assert.deepEqual(factors("step(0.1,3,5)", 5, 1), [1, 1, 0.1, 0.1, 0.1 * 0.1]);
  assert.deepEqual(factors("exponential(0.5)", 6, 2), [1, 1, 0.5, 0.5, 0.25, 0.25]);
});

Deno.test("exponential is a product, to the bit, in long trainings too", () => {
  let product = 1;
  for (const factor of factors("exponential(0.99)", 3000, 1)) {
    assert.equal(factor, product);
    product *= 0.99;
  }
});

// PyTorch 2.13: torch.optim.lr_scheduler with a rate of 1, ten steps.
const PYTORCH: Record<string, [string, number[]]> = {
  "cosine": ["CosineAnnealingLR(T_max=10)", [
    1.0,
    0.9755282581475768,
    0.9045084971874737,
    0.7938926261462366,
    0.6545084971874737,
    0.5,
    0.34549150281252633,
    0.2061073738537635,
    0.09549150281252633,
    0.024471741852423234,
  ]],
  "polynomial(0.9)": ["PolynomialLR(total_iters=10, power=0.9)", [
    1.0,
    0.9095325760829622,
    0.8180521460508584,
    0.7254178469372199,
    0.6314458674893553,
    0.5358867312681466,
    0.4383832905540869,
    0.3383834619016498,
    0.23492378861760374,
    0.12589254117941667,
  ]],
  "polynomial(2)": ["PolynomialLR(total_iters=10, power=2)", [
    1.0,
    0.81,
    0.6400000000000001,
    0.48999999999999994,
    0.36000000000000004,
    0.25000000000000006,
    0.16000000000000006,
    0.09000000000000007,
    0.039999999999999994,
    0.009999999999999998,
  ]],
  "oneCycle": ["OneCycleLR(total_steps=10)", [
    0.040000000000000036,
    0.52,
    1.0,
    0.9504846320134737,
    0.8117456539497631,
    0.6112620219362893,
    0.38874197806371075,
    0.18825834605023697,
    0.049519367986526286,
    4e-06,
  ]],
  "oneCycle(0.4, 10, 100)": [
    "OneCycleLR(total_steps=10, pct_start=0.4, div_factor=10, final_div_factor=100)",
    [
      0.09999999999999998,
      0.32499999999999996,
      0.7749999999999999,
      1.0,
      0.9330796891903272,
      0.75025,
      0.5005,
      0.2507500000000001,
      0.06792031080967287,
      0.001,
    ],
  ],
  "cyclical(0.1, 3)": ["CyclicLR(base_lr=0.1, max_lr=1, step_size_up=3)", [
    0.1,
    0.40000000000000013,
    0.6999999999999998,
    1.0,
    0.7000000000000003,
    0.3999999999999998,
    0.1,
    0.4000000000000006,
    0.6999999999999995,
    1.0,
  ]],
  "warmup(4) + cosine": [
    "SequentialLR(LinearLR(start_factor=1/4, total_iters=3), CosineAnnealingLR(T_max=6), at 4)",
    [
      0.25,
      0.5,
      0.75,
      1.0,
      1.0,
      0.9330127018922194,
      0.75,
      0.5,
      0.2500000000000001,
      0.06698729810778065,
    ],
  ],
};

for (const [text, [theirs, expected]] of Object.entries(PYTORCH)) {
  Deno.test(`${text} is PyTorch's ${theirs}`, () => near(factors(text, 10), expected));
}

Deno.test("warm-up rises to the rate; epochs count from the start of the training", () => {
  assert.deepEqual(factors("warmup(2)", 4), [0.5, 1, 1, 1]);
  assert.deepEqual(factors("warmup(2) + step(0.5, 2)", 6, 3), [0.5, 1, 1, 0.5, 0.5, 0.5]);
  // A warm-up longer than the training does not reach the full rate.
  assert.deepEqual(factors("warmup(8) + cosine", 2), [0.125, 0.25]);
});

Deno.test("no schedule fails on a training of one or two steps", () => {
  for (
    const text of ["cosine", "polynomial", "oneCycle", "cyclical(0.1, 5)", "warmup(1)+oneCycle"]
  ) {
    for (const steps of [1, 2]) {
      for (const factor of factors(text, steps)) assert.ok(factor >= 0 && factor <= 1, text);
    }
  }
});

Deno.test("a schedule has one canonical form", () => {
  const forms = { "warmup(5)": "warmup(5) + constant", "polynomial": "polynomial(1)" };
  for (const [text, form] of Object.entries(forms)) assert.equal(parseSchedule(text).text, form);
  assert.equal(parseSchedule(" warmup(5)+step(.5,26)").text, "warmup(5) + step(0.5, 26)");
});

Deno.test("other texts are rejected", () => {
  const wrong = [
    "step",
    "step(0.5)",
    "step(0, 3)",
    "step(2, 3)",
    "step(0.5, 0)",
    "step(0.5, 2.5)",
    "exponential(0.9, 2)",
    "constant(1)",
    "polynomial(0)",
    "oneCycle(1)",
    "oneCycle(0.3, 0.5)",
    "cyclical(2, 5)",
    "cyclical(0.1)",
    "warmup(0)",
    "cosine(1)",
  ];
  for (const text of wrong) {
    assert.throws(() => parseSchedule(text), /^UserError: schedule must be written .*; got "/);
  }
  for (const text of ["linear", "", "warmup(3) + warmup(3)"]) {
    assert.throws(() => parseSchedule(text), /^UserError: schedule must be one of constant, /);
  }
  assert.throws(
    () => parseSchedule("cosine + step(0.5, 3)"),
    /the form warmup\(steps\) \+ schedule/,
  );
});
