import { exp, log, log1p, sigmoid } from "../base/elementary.ts";
import { checkedKernel } from "./checked_kernel.ts";
import { fusedMultiplyAdd } from "./fused_multiply_add.ts";
import { activationFunction } from "./activations.ts";
import type { Inputs, Kernel, Matrix } from "./kernel.ts";
import { keeps, keptScale } from "./masks.ts";
import { type Arithmetic, UPDATE_RULES, type UpdateRule } from "./update_rules.ts";

/**
 * The reference kernel: every operation as plain loops.
 *
 * @param precision 64 for gradient checks and traces; 32 rounds after every operation (a multiply-add
 * counts as one) and gives the same bits as the SIMD kernel
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { plainKernel } from "./plain.ts";
 * const kernel = plainKernel(64);
 * const a = kernel.matrix(1, 2), b = kernel.matrix(2, 1), out = kernel.matrix(1, 1);
 * a.data.set([3, 4]);
 * b.data.set([5, 6]);
 * kernel.product(a, b, out);
 * assert(out.data[0] === 39);
 * ```
 */
export function plainKernel(precision: 32 | 64 = 64): Kernel {
  const round = precision === 32 ? Math.fround : (x: number) => x;
  const multiplyAdd = precision === 32
    ? fusedMultiplyAdd
    : (a: number, b: number, c: number) => a * b + c;

  /** alpha · sum + beta · old. If beta is 0, `old` is ignored and −0 becomes 0. */
  const blend = (alpha: number, sum: number, beta: number, old: number) =>
    multiplyAdd(alpha, sum, beta === 0 ? 0 : round(beta * old));

  const arithmetic: Arithmetic = {
    add: (a, b) => round(a + b),
    subtract: (a, b) => round(a - b),
    multiply: (a, b) => round(a * b),
    divide: (a, b) => round(a / b),
    squareRoot: (a) => round(Math.sqrt(a)),
    multiplyAdd,
  };

  const kernel: Kernel = {
    precision,

    matrix(rows, columns) {
      const data = precision === 32
        ? new Float32Array(rows * columns)
        : new Float64Array(rows * columns);
      return { rows, columns, stride: columns, data };
    },

    images(rows, columns) {
      return { ...kernel.matrix(rows, columns), holds: "images" };
    },

    firstRows: (matrix, rows) => ({ ...matrix, rows }),

    loadPixels(images, pixels, order, start) {
      const x = numbersOf(images);
      for (let r = 0; r < x.rows; r++) {
        const image = order[start + r] * x.columns;
        for (let i = 0; i < x.columns; i++) x.data[r * x.stride + i] = pixels[image + i] / 255;
      }
    },

    keepImages() {},

    product(inputs, b, out) {
      const a = numbersOf(inputs);
      for (let r = 0; r < out.rows; r++) {
        for (let c = 0; c < out.columns; c++) {
          let sum = 0;
          for (let k = 0; k < b.rows; k++) {
            sum = multiplyAdd(a.data[r * a.stride + k], b.data[k * b.stride + c], sum);
          }
          out.data[r * out.stride + c] = blend(1, sum, 0, 0);
        }
      }
    },

    productTN(alpha, inputs, b, beta, out) {
      const a = numbersOf(inputs);
      alpha = round(alpha);
      beta = round(beta);
      for (let r = 0; r < out.rows; r++) {
        for (let c = 0; c < out.columns; c++) {
          let sum = 0;
          for (let k = 0; k < b.rows; k++) {
            sum = multiplyAdd(a.data[k * a.stride + r], b.data[k * b.stride + c], sum);
          }
          const at = r * out.stride + c;
          out.data[at] = blend(alpha, sum, beta, out.data[at]);
        }
      }
    },

    productNT(a, b, out) {
      for (let r = 0; r < out.rows; r++) {
        for (let c = 0; c < out.columns; c++) {
          let sum = 0;
          for (let k = 0; k < b.columns; k++) {
            sum = multiplyAdd(a.data[r * a.stride + k], b.data[c * b.stride + k], sum);
          }
          out.data[r * out.stride + c] = blend(1, sum, 0, 0);
        }
      }
    },

    columnSums(alpha, a, beta, out) {
      alpha = round(alpha);
      beta = round(beta);
      for (let c = 0; c < out.columns; c++) {
        let sum = 0;
        for (let r = 0; r < a.rows; r++) sum = round(sum + a.data[r * a.stride + c]);
        out.data[c] = blend(alpha, sum, beta, out.data[c]);
      }
    },

    addRow(bias, out) {
      forEach(out, (at, _, c) => out.data[at] += bias.data[c]);
    },

    combine(alpha, a, beta, out) {
      alpha = round(alpha);
      beta = round(beta);
      forEach(out, (at) => out.data[at] = blend(alpha, a.data[at], beta, out.data[at]));
    },

    update({ name, numbers }, g, w, state) {
      const { apply }: UpdateRule = UPDATE_RULES[name];
      const rounded = numbers.map(round);
      forEach(w, (at) => {
        const own = state.map(({ data }) => data[at]);
        w.data[at] = apply(arithmetic, rounded, g.data[at], w.data[at], own);
        own.forEach((number, i) => state[i].data[at] = number);
      });
    },

    updateTN(rule, a, b, w, state) {
      const g = kernel.matrix(w.rows, w.columns);
      kernel.productTN(1, a, b, 0, g);
      kernel.update(rule, g, w, state);
    },

    sumOfSquares: (a) => squaresOfColumns(a).reduce((sum, squares) => sum + squares, 0),

    limitColumns(most, out) {
      const factors = squaresOfColumns(out).map((squares) => {
        const norm = Math.sqrt(squares);
        return norm > most ? round(most / (norm + 1e-7)) : 1;
      });
      forEach(out, (at, _, c) => out.data[at] *= factors[c]);
    },

    activate(activation, z, out) {
      const { value } = activationFunction(activation, round);
      forEach(out, (at) => out.data[at] = value(z.data[at]));
    },

    activationGradient(activation, z, a, delta) {
      const { slope } = activationFunction(activation, round);
      forEach(delta, (at) => delta.data[at] *= round(slope(z.data[at], a.data[at], round)));
    },

    softmax(scores, out) {
      for (let r = 0; r < scores.rows; r++) {
        const { exponentials, sum } = exponentialsOfRow(scores, r);
        exponentials.forEach((e, c) => out.data[r * out.stride + c] = e / sum);
      }
    },

    crossEntropy(scores, targets, scale, delta) {
      let total = 0;
      for (let r = 0; r < scores.rows; r++) {
        const { largest, exponentials, sum } = exponentialsOfRow(scores, r);
        const logSum = log(sum);
        let loss = 0;
        for (let c = 0; c < scores.columns; c++) {
          const target = targets.data[r * targets.stride + c];
          const logProbability = scores.data[r * scores.stride + c] - largest - logSum;
          // A target of 0 is skipped, as 0 · −∞ would be NaN.
          if (target !== 0) loss -= target * logProbability;
          delta.data[r * delta.stride + c] = (exponentials[c] / sum - target) * scale;
        }
        total += loss;
      }
      return total;
    },

    squaredError(outputs, targets, scale, delta) {
      let total = 0;
      for (let r = 0; r < outputs.rows; r++) {
        let loss = 0;
        for (let c = 0; c < outputs.columns; c++) {
          const error = outputs.data[r * outputs.stride + c] - targets.data[r * targets.stride + c];
          loss += error * error;
          delta.data[r * delta.stride + c] = error * scale;
        }
        total += 0.5 * loss;
      }
      return total;
    },

    binaryCrossEntropy(scores, targets, scale, delta) {
      let total = 0;
      for (let r = 0; r < scores.rows; r++) {
        let loss = 0;
        for (let c = 0; c < scores.columns; c++) {
          const score = scores.data[r * scores.stride + c];
          const target = targets.data[r * targets.stride + c];
          // −t ln σ(s) − (1 − t) ln(1 − σ(s)), written so that nothing overflows.
          loss += Math.max(score, 0) - score * target + log1p(exp(-Math.abs(score)));
          delta.data[r * delta.stride + c] = (sigmoid(score) - target) * scale;
        }
        total += loss;
      }
      return total;
    },

    dropOut(mask, from, to) {
      const a = numbersOf(from), out = numbersOf(to);
      const isKept = keeps(mask), scale = round(keptScale(mask));
      forEach(out, (at, r, c) => out.data[at] = isKept(r * a.columns + c) ? a.data[at] * scale : 0);
    },

    moments(a, mean, variance) {
      for (let c = 0; c < a.columns; c++) {
        let sum = 0, squares = 0;
        for (let r = 0; r < a.rows; r++) sum += a.data[r * a.stride + c];
        const centre = sum / a.rows;
        for (let r = 0; r < a.rows; r++) {
          const distance = a.data[r * a.stride + c] - centre;
          squares += distance * distance;
        }
        mean.data[c] = centre;
        variance.data[c] = squares / a.rows;
      }
    },

    standardize(a, mean, variance, epsilon, out) {
      const inverse = inverseDeviations(variance, epsilon);
      forEach(a, (at, _, c) => out.data[at] = (a.data[at] - mean.data[c]) * inverse[c]);
    },

    scaleShift(a, scales, shifts, out) {
      forEach(a, (at, _, c) => {
        out.data[at] = multiplyAdd(a.data[at], scales.data[c], shifts.data[c]);
      });
    },

    standardizeGradient(normal, variance, epsilon, scales, delta, scaleGradient, shiftGradient) {
      const inverse = inverseDeviations(variance, epsilon), { rows } = delta;
      for (let c = 0; c < delta.columns; c++) {
        let sum = 0, products = 0;
        for (let r = 0; r < rows; r++) {
          const error = delta.data[r * delta.stride + c];
          sum += error;
          products += error * normal.data[r * normal.stride + c];
        }
        shiftGradient.data[c] = sum;
        scaleGradient.data[c] = products;
      }
      forEach(delta, (at, _, c) => {
        const centred = delta.data[at] - shiftGradient.data[c] / rows;
        const rest = normal.data[at] * (scaleGradient.data[c] / rows);
        delta.data[at] = (scales.data[c] * inverse[c]) * (centred - rest);
      });
    },
  };
  return checkedKernel(kernel, (inputs) => {
    const { rows, stride, data } = numbersOf(inputs);
    return data.BYTES_PER_ELEMENT * 8 === precision && rows * stride <= data.length;
  });
}

/** Returns the numbers of inputs: this kernel stores images as numbers too. */
function numbersOf(inputs: Inputs): Matrix {
  return inputs as Matrix;
}

/** Calls `visit` with the index in `data`, the row and the column of every element. */
function forEach(matrix: Matrix, visit: (at: number, row: number, column: number) => void): void {
  for (let r = 0; r < matrix.rows; r++) {
    for (let c = 0; c < matrix.columns; c++) visit(r * matrix.stride + c, r, c);
  }
}

/** 1 / √(variance + epsilon) of each column, in 64 bits. */
function inverseDeviations({ data, columns }: Matrix, epsilon: number): Float64Array {
  return Float64Array.from(
    data.subarray(0, columns),
    (variance) => 1 / Math.sqrt(variance + epsilon),
  );
}

/** The sum of the squares of each column, from the first row to the last. */
function squaresOfColumns(a: Matrix): Float64Array {
  const sums = new Float64Array(a.columns);
  forEach(a, (at, _, c) => sums[c] += a.data[at] * a.data[at]);
  return sums;
}

/** Computes e^(s − max) for the scores of a row, and their sum; the maximum prevents overflow. */
function exponentialsOfRow(scores: Matrix, row: number) {
  const values = scores.data.subarray(row * scores.stride, row * scores.stride + scores.columns);
  let largest = -Infinity;
  for (const value of values) largest = Math.max(largest, value);
  const exponentials = Array.from(values, (value) => exp(value - largest));
  let sum = 0;
  for (const e of exponentials) sum += e;
  return { largest, exponentials, sum };
}
