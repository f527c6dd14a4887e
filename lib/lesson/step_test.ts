import assert from "node:assert/strict";
import {
  contributions,
  FIRST_NUMBERS,
  gradientOf,
  lossAlong,
  momentsOf,
  numbersAfter,
  stepOf,
  WEIGHTS,
} from "./step.ts";

const close = (actual: number, expected: number, tolerance = 5e-9) =>
  assert.ok(Math.abs(actual - expected) <= tolerance, `${actual} is not ${expected}`);

Deno.test("Mazur's numbers come out: the loss, both paths, and his weights after the step", () => {
  const step = stepOf(FIRST_NUMBERS, 0.5, "all together");
  close(step.loss, 0.298371109);
  const [first, second] = contributions(step, 0, "all together");
  close(first, 0.055399425, 1e-8);
  close(second, -0.019049119, 1e-8);
  const after = numbersAfter(FIRST_NUMBERS, step);
  close(after.w1, 0.149780716);
  close(after.w2, 0.19956143);
  close(after.w5, 0.35891648);
  close(after.w6, 0.408666186);
  close(after.w7, 0.51130127);
  close(after.w8, 0.561370121);
});

Deno.test("with weights already updated the error after a step is Mazur's, which is wrong", () => {
  const error = (order: "all together" | "output weights first") => {
    const after = numbersAfter(FIRST_NUMBERS, stepOf(FIRST_NUMBERS, 0.5, order));
    return stepOf(after, 0.5, order).loss;
  };
  close(error("output weights first"), 0.291027924, 5e-10);
  assert.notEqual(error("all together").toFixed(9), "0.291027924");
});

Deno.test("gradients are the slopes of the loss along each weight", () => {
  const step = stepOf(FIRST_NUMBERS, 0.5, "all together");
  for (const name of WEIGHTS) {
    const loss = (h: number) =>
      stepOf({ ...FIRST_NUMBERS, [name]: FIRST_NUMBERS[name] + h }, 0, "all together").loss;
    close(gradientOf(step, name), (loss(1e-5) - loss(-1e-5)) / 2e-5, 1e-9);
    const curve = lossAlong(FIRST_NUMBERS, name);
    close(curve[20].x, FIRST_NUMBERS[name], 1e-12);
    close(curve[20].y, step.loss, 1e-12);
  }
});

Deno.test("every moment's formulas show the numbers of the step", () => {
  const step = stepOf(FIRST_NUMBERS, 0.5, "all together");
  const moments = momentsOf(FIRST_NUMBERS, 0.5, step, "all together");
  const all = moments.flatMap(({ lines }) => lines).join("\n");
  assert.equal(moments.length, 6);
  for (const known of ["0.3775", "0.59327", "0.75137", "0.29837", "0.13850", "0.082167"]) {
    assert.ok(all.includes(known.replace(/0$/, "")), `${known} is shown`);
  }
  const late = stepOf(FIRST_NUMBERS, 0.5, "output weights first");
  const wrong = momentsOf(FIRST_NUMBERS, 0.5, late, "output weights first")[4].lines;
  assert.ok(
    wrong.some((line) => line.includes("w5⁺")) && wrong.at(-1)!.includes("not the gradient"),
  );
});
