import assert from "node:assert/strict";
import { jupyterDisplay } from "../plot/figure.ts";
import { check } from "./check.ts";

Deno.test("a number is right within a part in a thousand, wrong beyond, open while it is NaN", () => {
  assert.equal(check.value(0.33333, 1 / 3).status, "right");
  assert.equal(check.value(0.334, 1 / 3).status, "wrong");
  assert.equal(check.value(NaN, 1 / 3).status, "open");
  assert.equal(check.value(0.0001, 0).status, "right");
  assert.equal(check.value(0.334, 1 / 3, { tolerance: 0.01 }).status, "right");
});

Deno.test("a known mistake gets its own hint, an unknown one the exercise's", () => {
  const exercise = { hint: "use the chain rule", mistakes: [[5, "that is the input"]] } as const;
  assert.equal(check.value(5, 10, exercise).message, "✘ Not yet. That is the input.");
  assert.equal(check.value(7, 10, exercise).message, "✘ Not yet. Use the chain rule.");
  assert.match(check.value(-10, 10).message, /sign/);
  assert.match(check.value(20, 10).message, /½/);
  assert.equal(check.value(10, 10, { praise: "indeed!" }).message, "✔ Right. Indeed!");
  assert.equal(
    check.value(1, 10, { hint: "w7 leads to o2" }).message,
    "✘ Not yet. w7 leads to o2.",
  );
});

const loss = ([w, b]: number[]) => 0.5 * (1 / (1 + Math.exp(-(w * 2 + b))) - 1) ** 2;
const slope = ([w, b]: number[]) => {
  const a = 1 / (1 + Math.exp(-(w * 2 + b)));
  const delta = (a - 1) * a * (1 - a);
  return [delta * 2, delta];
};
const places = [[0.3, 0.1], [-1, 2]];

Deno.test("a right gradient passes", () => {
  assert.equal(check.gradient(slope, loss, places).status, "right");
});

Deno.test("a wrong gradient is found, with the slope, the place and a hint", () => {
  const at = (wrong: (slopes: number[]) => number[]) =>
    check.gradient((p) => wrong(slope(p)), loss, places, { hint: "chain rule" }).message;
  assert.match(at(([w, b]) => [w, -b]), /at \(0\.3, 0\.1\) slope 1 is .*sign is turned round/i);
  assert.match(at(([w, b]) => [w / 2, b]), /half as large/);
  assert.match(at(([w, b]) => [w * 3, b]), /chain rule/);
  assert.match(at(([w]) => [w]), /each of the 2 parameters, yours has 1/);
  // Right at the first place, wrong at the second.
  assert.equal(
    check.gradient((p) => p[0] > 0 ? slope(p) : [1, 1], loss, places).status,
    "wrong",
  );
});

Deno.test("unfinished, NaN by a slip, not returned: each has its own words", () => {
  const message = (wrong: unknown) =>
    check.gradient(wrong as typeof slope, loss, places, { names: ["w", "b"] }).message;
  assert.equal(message(() => [NaN, NaN]), "✎ Your turn.");
  assert.match(
    message((p: number[]) => [slope(p)[0], NaN]),
    /what is there is right; still open: .*b/i,
  );
  assert.match(message(() => [1, NaN]), /the slope of w is .*yours 1/);
  const zero = 0;
  assert.match(message(() => [zero / zero, zero / zero]), /not a number: .*out of its range/);
  assert.match(message(() => {}), /returns nothing: is there a `return`/i);
  assert.match(
    message(() => [1, undefined]),
    /slope of b is undefined: a forgotten `return`/i,
  );
  assert.match(message(() => [1, "2"]), /slope of b is a string, not a number/i);
  assert.match(message(() => 1), /returns a number, not a list of 2 slopes/i);
  assert.match(
    message(() => {
      throw new ReferenceError("h3 is not defined");
    }),
    /stops with an error: h3 is not defined/,
  );
  assert.match(check.value(undefined as unknown as number, 1).message, /the answer is undefined/i);
});

Deno.test("mistakes of the whole gradient are recognised: order, sign, mean instead of sum", () => {
  const message = (wrong: (slopes: number[]) => number[]) =>
    check.gradient((p) => wrong(slope(p)), loss, places).message;
  assert.match(message(([w, b]) => [b, w]), /transposed/);
  assert.match(message((slopes) => slopes.map((s) => -s)), /all signs/);
  assert.match(message((slopes) => slopes.map((s) => s / 32)), /32 times too small: a mean/);
  assert.match(message((slopes) => slopes.map((s) => s * 32)), /32 times too large: a sum/);
  const forgotten = ([w, b]: number[]) => {
    const a = 1 / (1 + Math.exp(-(w * 2 + b)));
    return [(a - 1) * 2, a - 1];
  };
  const exercise = { mistakes: [[forgotten, "the slope of the sigmoid is missing"]] } as const;
  assert.match(check.gradient(forgotten, loss, places, exercise).message, /sigmoid is missing/);
  const unfinished = (p: number[]) => [forgotten(p)[0], NaN];
  assert.match(check.gradient(unfinished, loss, places, exercise).message, /sigmoid is missing/);
});

Deno.test("a verdict shows itself, its text safe in HTML", () => {
  assert.deepEqual(check.that(false, { hint: "is a < b?" })[jupyterDisplay](), {
    "text/html": "<p>✘ Not yet. Is a &lt; b?</p>",
    "text/plain": "✘ Not yet. Is a < b?",
  });
  assert.deepEqual([check.that(true).status, check.that(undefined).status], ["right", "open"]);
});
