import { sum } from "./statistics.ts";

/** An eigenvalue of a symmetric matrix and its eigenvector of length 1. */
export interface EigenPair {
  readonly value: number;
  readonly vector: readonly number[];
}

/** Sweeps over all pairs of rows; the method converges quadratically, and 10 suffice for 100 rows. */
const MOST_SWEEPS = 60;

/**
 * The eigenvalues and eigenvectors of a small symmetric matrix, the largest value first, by rotations of
 * pairs of rows (Jacobi 1846; Golub & Van Loan, Matrix Computations, section 8.5). The largest
 * number of each vector is positive.
 *
 * @param matrix n × n, symmetric, row by row
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { symmetricEigen } from "./eigen.ts";
 * const [first, second] = symmetricEigen([[2, 1], [1, 2]]).map(({ value }) => value.toFixed(9));
 * assert.deepEqual([first, second], ["3.000000000", "1.000000000"]);
 * ```
 */
export function symmetricEigen(matrix: readonly (readonly number[])[]): EigenPair[] {
  const a = matrix.map((row) => [...row]);
  const vectors = a.map((_, i) => a.map((_, j) => Number(i === j)));
  const size = Math.sqrt(sum(a.flat(), (x) => x * x));
  const isDiagonal = () =>
    a.every((row, i) => row.every((x, j) => i === j || Math.abs(x) <= 1e-15 * size));
  for (let sweep = 0; sweep < MOST_SWEEPS && !isDiagonal(); sweep++) {
    for (let p = 0; p < a.length; p++) {
      for (let q = p + 1; q < a.length; q++) rotate(a, vectors, p, q);
    }
  }
  return a.map((row, i) => ({ value: row[i], vector: withSign(vectors.map((row) => row[i])) }))
    .sort((one, other) => other.value - one.value);
}

/** Turns rows and columns p and q so that a[p][q] becomes 0. */
function rotate(a: number[][], vectors: number[][], p: number, q: number): void {
  if (a[p][q] === 0) return;
  const theta = (a[q][q] - a[p][p]) / (2 * a[p][q]);
  const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
  const c = 1 / Math.sqrt(t * t + 1), s = t * c;
  const turn = (x: number, y: number) => [c * x - s * y, s * x + c * y];
  for (const row of a) [row[p], row[q]] = turn(row[p], row[q]);
  for (let k = 0; k < a.length; k++) [a[p][k], a[q][k]] = turn(a[p][k], a[q][k]);
  for (const row of vectors) [row[p], row[q]] = turn(row[p], row[q]);
}

function withSign(vector: number[]): number[] {
  const largest = vector.reduce((best, x) => Math.abs(x) > Math.abs(best) ? x : best, 0);
  return largest < 0 ? vector.map((x) => -x) : vector;
}
