import assert from "node:assert/strict";
import { cos, exp, expm1, log, log1p, pow, sigmoid, sin, tanh } from "./elementary.ts";

/** Compares with the engine's function, which is accurate to one unit in the last place. */
function close(
  own: (x: number) => number,
  engine: (x: number) => number,
  from: number,
  to: number,
  relative: number,
): void {
  for (let i = 0; i <= 20_000; i++) {
    const x = from + (to - from) * i / 20_000;
    const error = Math.abs(own(x) - engine(x));
    assert.ok(error <= relative * Math.abs(engine(x)), `at ${x}: ${own(x)}, not ${engine(x)}`);
  }
}

const EPSILON = Number.EPSILON;

Deno.test("exp, log, tanh and the sigmoid agree with the engine's", () => {
  close(exp, Math.exp, -707.9, 708.9, 2 * EPSILON);
  close(exp, Math.exp, -1, 1, 2 * EPSILON);
  close(log, Math.log, 1e-300, 1e-290, 2 * EPSILON);
  close(log, Math.log, 0.5, 2, 2 * EPSILON);
  close(log, Math.log, 1, 1e300, 2 * EPSILON);
  close(tanh, Math.tanh, -0.1, 0.1, 1e-13);
  close(tanh, Math.tanh, -20, 20, 1e-13);
  close(sigmoid, (x) => 1 / (1 + Math.exp(-x)), -700, 700, 4 * EPSILON);
});

Deno.test("expm1, log1p and powers agree with the engine's", () => {
  close(expm1, Math.expm1, -0.01, 0.01, 1e-13);
  close(expm1, Math.expm1, -700, 700, 1e-13);
  close(log1p, Math.log1p, 0, 1, 2 * EPSILON);
  for (const y of [0, 1, 2, 7, 0.5, 0.9, 2.5, -1.5]) {
    close((x) => pow(x, y), (x) => Math.pow(x, y), 0.001, 3, 1e-14);
  }
  assert.deepEqual([pow(0, 2), pow(0, 0.5), pow(0, 0)], [0, 0, 1]);
});

Deno.test("sine and cosine agree with the engine's", () => {
  for (let i = -20_000; i <= 20_000; i++) {
    assert.ok(Math.abs(sin(i / 100) - Math.sin(i / 100)) < 1e-15);
    assert.ok(Math.abs(cos(i / 100) - Math.cos(i / 100)) < 1e-15);
  }
});

Deno.test("the ends of the range and NaN", () => {
  assert.equal(exp(710), Infinity);
  assert.equal(exp(-709), 0);
  assert.equal(exp(0), 1);
  assert.equal(exp(NaN), NaN);
  assert.equal(log(0), -Infinity);
  assert.equal(log(-1), NaN);
  assert.equal(log(1), 0);
  assert.equal(log(Infinity), Infinity);
  assert.equal(log(5e-324), Math.log(5e-324));
  assert.equal(tanh(-1e3), -1);
  assert.equal(tanh(1e-300), 1e-300);
  assert.equal(sigmoid(-1e3), 0);
});
