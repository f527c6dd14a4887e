import assert from "node:assert/strict";
import { randomStream } from "../base/random.ts";
import { haltonPoints } from "./halton.ts";

const BASES = [2, 3, 5, 7, 11];

Deno.test("of the first bᵏ points, each of the bᵏ equal intervals has one", () => {
  const point = haltonPoints(BASES.length, randomStream(3, "search"));
  BASES.forEach((base, d) => {
    for (let count = base; count <= 400; count *= base) {
      const intervals = Array.from({ length: count }, (_, i) => Math.floor(point(i)[d] * count));
      assert.equal(new Set(intervals).size, count, `base ${base}, ${count} points`);
    }
  });
});

Deno.test("coordinates are not correlated, unlike those of the plain sequence in large bases", () => {
  const dimensions = 12, count = 200;
  const point = haltonPoints(dimensions, randomStream(1, "search"));
  const points = Array.from({ length: count }, (_, i) => point(i));
  for (let a = 0; a < dimensions; a++) {
    for (let b = 0; b < a; b++) {
      const covariance = points.reduce((sum, p) => sum + (p[a] - 0.5) * (p[b] - 0.5), 0) / count;
      assert(Math.abs(12 * covariance) < 0.3, `${a}, ${b}: ${12 * covariance}`);
    }
  }
});

Deno.test("another seed gives other points, the same seed the same, in any order", () => {
  const first = haltonPoints(2, randomStream(1, "search"));
  const again = haltonPoints(2, randomStream(1, "search"));
  assert.deepEqual([5, 0, 3].map(again), [5, 0, 3].map(first));
  assert.notDeepEqual(haltonPoints(2, randomStream(2, "search"))(0), first(0));
  // The digits below those of i are drawn, too: points do not lie at the lower ends of the intervals.
  const places = Array.from({ length: 100 }, (_, i) => first(i)[0] * 2 ** 24 % 1);
  assert(Math.max(...places) > 0);
  assert(first(1_000_000).every((u) => u >= 0 && u < 1));
});
