import assert from "node:assert/strict";
import { randomStream } from "../base/random.ts";
import { parseInitializer } from "./initializer.ts";

/** Mean and standard deviation of many weights of a layer with 784 inputs and 128 units. */
function moments(text: string): [number, number] {
  const { value: draw } = parseInitializer(text), random = randomStream(1, "initializer");
  const weights = Array.from({ length: 100_000 }, () => draw(random, 784, 128));
  const mean = weights.reduce((sum, w) => sum + w, 0) / weights.length;
  const variance = weights.reduce((sum, w) => sum + (w - mean) ** 2, 0) / weights.length;
  return [mean, Math.sqrt(variance)];
}

const DEVIATIONS: [string, number][] = [
  ["heNormal", Math.sqrt(2 / 784)],
  ["heUniform", Math.sqrt(2 / 784)],
  ["glorotNormal", Math.sqrt(2 / 912)],
  ["glorotUniform", Math.sqrt(2 / 912)],
  ["normal(0.01)", 0.01],
  ["uniform(0.3)", 0.3 / Math.sqrt(3)],
];

for (const [text, expected] of DEVIATIONS) {
  Deno.test(`${text} has the standard deviation of its definition`, () => {
    const [mean, deviation] = moments(text);
    assert.ok(Math.abs(mean) < 0.02 * expected);
    assert.ok(Math.abs(deviation / expected - 1) < 0.01);
  });
}

Deno.test("zeros are zeros; other texts are rejected", () => {
  assert.deepEqual(moments("zeros"), [0, 0]);
  for (const text of ["he", "constructor", ""]) {
    assert.throws(
      () => parseInitializer(text),
      /^UserError: initializer must be one of heNormal, .*, got "/,
    );
  }
  for (const text of ["normal", "normal(-1)", "normal(a)", "heNormal(1)"]) {
    assert.throws(
      () => parseInitializer(text),
      /^UserError: initializer must be written .*; got "/,
    );
  }
});
