import assert from "node:assert/strict";
import { randomStream, shuffleInPlace, STREAMS } from "./random.ts";

Deno.test("a stream depends only on its seed and name", () => {
  const first = (seed: number, name: typeof STREAMS[number]) => randomStream(seed, name).uniform();
  assert.equal(first(7, "shuffle"), first(7, "shuffle"));
  const numbers = [1, 2, 3].flatMap((seed) => STREAMS.map((name) => first(seed, name)));
  assert.equal(new Set(numbers).size, numbers.length);
});

Deno.test("the numbers are pinned: they must never change", () => {
  const random = randomStream(1, "initializer");
  assert.deepEqual([random.uniform(), random.uniform(), random.integer(60_000), random.normal()], [
    0.5516269059277428,
    0.9171766928384073,
    47143,
    0.5701210131189695,
  ]);
});

Deno.test("normal numbers have mean 0, variance 1 and kurtosis 3", () => {
  const random = randomStream(3, "data");
  const n = 200_000;
  const moments = [0, 0, 0, 0];
  for (let i = 0; i < n; i++) {
    const x = random.normal();
    moments.forEach((_, power) => moments[power] += x ** (power + 1) / n);
  }
  // Five standard errors each.
  [0, 1, 0, 3].forEach((expected, power) => {
    const tolerance = 5 * [1, 2, 15, 96][power] ** 0.5 / n ** 0.5;
    assert.ok(Math.abs(moments[power] - expected) < tolerance, `moment ${power + 1}`);
  });
});

Deno.test("shuffling gives every order equally often", () => {
  const random = randomStream(5, "shuffle");
  const counts = new Map<string, number>();
  for (let i = 0; i < 12_000; i++) {
    const items = [0, 1, 2, 3];
    shuffleInPlace(items, random);
    counts.set(items.join(""), (counts.get(items.join("")) ?? 0) + 1);
  }
  assert.equal(counts.size, 24);
  // χ² with 23 degrees of freedom is below 49.7 with probability 0.999.
  const chi = [...counts.values()].reduce((sum, count) => sum + (count - 500) ** 2 / 500, 0);
  assert.ok(chi < 49.7, `χ² = ${chi}`);
});
