import assert from "node:assert/strict";
import { parseSchedule } from "./schedule.ts";
import { readSchedules, recordedText } from "./testing_pytorch.ts";

/** The factors of every step of a training. */
function factors(text: string, steps: number, stepsPerEpoch = steps): number[] {
  const { value } = parseSchedule(text);
  return Array.from(
    { length: steps },
    (_, i) => value({ step: i + 1, steps, stepsPerEpoch, warmup: 0 }),
  );
}

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

for (const { schedule, steps } of readSchedules(await recordedText("schedules"))) {
  Deno.test(`${schedule} has PyTorch's factors, step by step`, () => {
    const { value } = parseSchedule(schedule);
    for (const { step, factor, momentum, stepsPerEpoch, validationLosses } of steps) {
      const moment = { step, steps: steps.length, stepsPerEpoch, warmup: 0, validationLosses };
      const found = value(moment);
      assert.ok(Math.abs(found - factor) < 1e-14, `step ${step}: ${found}, not ${factor}`);
      if (momentum === undefined) assert.equal(value.momentum, undefined);
      else assert.ok(Math.abs(value.momentum!(moment) - momentum) < 1e-14, `step ${step}`);
    }
  });
}

Deno.test("warm-up rises to the rate; epochs count from the start of the training", () => {
  assert.deepEqual(factors("warmup(2)", 4), [0.5, 1, 1, 1]);
  assert.deepEqual(factors("warmup(2) + step(0.5, 2)", 6, 3), [0.5, 1, 1, 0.5, 0.5, 0.5]);
  // A warm-up longer than the training does not reach the full rate.
  assert.deepEqual(factors("warmup(8) + cosine", 2), [0.125, 0.25]);
});

Deno.test("momentum waits at its start until the warm-up is over", () => {
  const { momentum } = parseSchedule("warmup(3) + oneCycle(0.5, 25, 10000, 0.8, 0.9)").value;
  const after = parseSchedule("oneCycle(0.5, 25, 10000, 0.8, 0.9)").value.momentum!;
  const at = (step: number) => momentum!({ step, steps: 9, stepsPerEpoch: 9, warmup: 0 });
  assert.deepEqual([1, 2, 3, 4].map(at), [0.9, 0.9, 0.9, 0.9]);
  for (const step of [5, 6, 7, 8, 9]) {
    assert.equal(at(step), after({ step: step - 3, steps: 6, stepsPerEpoch: 6, warmup: 0 }));
  }
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

Deno.test("a factor of 1 changes nothing; a rise of a single step begins at the peak", () => {
  assert.deepEqual(factors("step(1, 2)", 3, 1), [1, 1, 1]);
  assert.deepEqual(factors("exponential(1)", 3, 1), [1, 1, 1]);
  const [first, ...rest] = factors("oneCycle(0.25, 25, 10000)", 4);
  assert.equal(first, 1);
  assert.ok(rest.every((factor) => factor < 1 && factor >= 0), `${rest}`);
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
