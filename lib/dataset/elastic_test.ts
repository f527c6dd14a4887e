import assert from "node:assert/strict";
import { type Random, randomStream } from "../base/random.ts";
import { elasticField } from "./elastic.ts";

const SIDE = 28;

/** The field as defined in the paper: a uniform number per pixel and one convolution, in plain loops. */
function fieldByDefinition(sigma: number, alpha: number, random: Random): Float64Array {
  const reach = Math.ceil(4 * sigma), wide = SIDE + 2 * reach;
  const noise = Float64Array.from({ length: 2 * wide * wide }, () => 2 * random.uniform() - 1);
  const gaussian = Array.from(
    { length: 2 * reach + 1 },
    (_, i) => Math.exp(-((i - reach) ** 2) / (2 * sigma ** 2)) / (sigma * Math.sqrt(2 * Math.PI)),
  );
  const across = new Float64Array(2 * SIDE * wide), field = new Float64Array(2 * SIDE * SIDE);
  for (let y = 0; y < wide; y++) {
    for (let x = 0; x < SIDE; x++) {
      for (let c = 0; c < 2; c++) {
        gaussian.forEach((w, k) =>
          across[2 * (y * SIDE + x) + c] += w * noise[2 * (y * wide + x + k) + c]
        );
      }
    }
  }
  for (let i = 0; i < field.length; i++) {
    gaussian.forEach((w, k) => field[i] += alpha * w * across[i + 2 * SIDE * k]);
  }
  return field;
}

/** Computes moments of Δx over some fields: mean, deviation, kurtosis, and autocorrelation by distance. */
function statistics(fields: Float64Array[]) {
  let sum = 0, square = 0, fourth = 0, count = 0;
  const products = new Float64Array(16), pairs = new Float64Array(16);
  for (const field of fields) {
    for (let y = 0; y < SIDE; y++) {
      for (let x = 0; x < SIDE; x++) {
        const value = field[2 * (y * SIDE + x)];
        sum += value;
        square += value ** 2;
        fourth += value ** 4;
        count++;
        for (let d = 0; x + d < SIDE && d < 16; d++) {
          products[d] += value * field[2 * (y * SIDE + x + d)];
          pairs[d]++;
        }
      }
    }
  }
  const variance = square / count;
  return {
    mean: sum / count,
    deviation: Math.sqrt(variance),
    kurtosis: fourth / count / variance ** 2,
    correlation: Array.from(products, (product, d) => product / pairs[d] / variance),
  };
}

Deno.test("the field of a wide image is as strong on the right as on the left", () => {
  const width = 600;
  const field = new Float64Array(2 * width);
  const [sigma, alpha] = [1, 34].map((value) => ({ from: value, to: value }));
  elasticField({ sigma, alpha }, width, 1, randomStream(1, "augment"))(field);
  const strength = (from: number) => Math.hypot(...field.subarray(2 * from, 2 * (from + 100)));
  assert.ok(strength(500) > strength(0) / 2, `${strength(500)} by ${strength(0)}`);
});

for (const [sigma, alpha] of [[4, 34], [5.5, 37]]) {
  Deno.test(`the elastic field of σ = ${sigma}, α = ${alpha} has the statistics of its definition`, () => {
    const random = randomStream(1, "augment");
    const draw = elasticField(
      { sigma: { from: sigma, to: sigma }, alpha: { from: alpha, to: alpha } },
      SIDE,
      SIDE,
      random,
    );
    const fields = Array.from({ length: 3000 }, () => {
      const field = new Float64Array(2 * SIDE * SIDE);
      draw(field);
      return field;
    });
    const fast = statistics(fields);
    const plain = statistics(
      Array.from({ length: 300 }, () => fieldByDefinition(sigma, alpha, random)),
    );
    const theory = alpha / (2 * sigma * Math.sqrt(3 * Math.PI));
    assert.ok(
      Math.abs(fast.deviation / theory - 1) < 0.02,
      `deviation ${fast.deviation}, ${theory}`,
    );
    assert.ok(Math.abs(plain.deviation / theory - 1) < 0.06, `plain deviation ${plain.deviation}`);
    assert.ok(Math.abs(fast.mean) < 0.03 * theory, `mean ${fast.mean}`);
    assert.ok(Math.abs(fast.kurtosis - 3) < 0.25, `kurtosis ${fast.kurtosis}`);
    for (let d = 0; d < 16; d++) {
      const expected = Math.exp(-(d ** 2) / (4 * sigma ** 2));
      assert.ok(Math.abs(fast.correlation[d] - expected) < 0.03, `${d}: ${fast.correlation[d]}`);
      assert.ok(Math.abs(plain.correlation[d] - expected) < 0.12, `${d}: ${plain.correlation[d]}`);
    }
  });
}

Deno.test("the field is as strong at the edge, at a node and between nodes as in the centre", () => {
  const draw = elasticField(
    { sigma: { from: 4, to: 4 }, alpha: { from: 34, to: 34 } },
    SIDE,
    SIDE,
    randomStream(2, "augment"),
  );
  const field = new Float64Array(2 * SIDE * SIDE), squares = new Float64Array(2 * SIDE * SIDE);
  const count = 20_000;
  for (let n = 0; n < count; n++) {
    draw(field);
    for (let i = 0; i < field.length; i++) squares[i] += field[i] ** 2;
  }
  for (let i = 0; i < field.length; i++) {
    const deviation = Math.sqrt(squares[i] / count);
    assert.ok(Math.abs(deviation / 1.3844 - 1) < 0.03, `place ${i}: ${deviation}`);
  }
});
