import assert from "node:assert/strict";
import { symmetricEigen } from "./eigen.ts";

/** The n × n matrix of second differences, whose eigenvalues are known: 2 − 2 cos(πk / (n + 1)). */
const differences = (n: number) =>
  Array.from(
    { length: n },
    (_, i) => Array.from({ length: n }, (_, j) => i === j ? 2 : Math.abs(i - j) === 1 ? -1 : 0),
  );

Deno.test("eigenvalues of second differences are as the formula says, the largest first", () => {
  const n = 30;
  const pairs = symmetricEigen(differences(n));
  pairs.forEach(({ value }, i) => {
    const expected = 2 - 2 * Math.cos(Math.PI * (n - i) / (n + 1));
    assert.ok(Math.abs(value - expected) < 1e-12, `${i}: ${value}, ${expected}`);
  });
});

Deno.test("each vector has length 1, is mapped to a multiple of itself, and has its sign fixed", () => {
  const matrix = [[4, -2, 0.5], [-2, 1, 3], [0.5, 3, -7]];
  for (const { value, vector } of symmetricEigen(matrix)) {
    assert.ok(Math.abs(Math.hypot(...vector) - 1) < 1e-14);
    matrix.forEach((row, i) => {
      const image = row.reduce((sum, x, j) => sum + x * vector[j], 0);
      assert.ok(Math.abs(image - value * vector[i]) < 1e-12);
    });
    assert.equal(Math.max(...vector), Math.max(...vector.map(Math.abs)));
  }
});

Deno.test("a matrix of zeros has the eigenvalues 0", () => {
  assert.deepEqual(symmetricEigen([[0, 0], [0, 0]]).map(({ value }) => value), [0, 0]);
});
