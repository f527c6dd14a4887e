import { UserError } from "../base/user_error.ts";
import type { Inputs, Kernel, Matrix } from "./kernel.ts";
import { UPDATE_RULES, type UpdateCall } from "./update_rules.ts";

/**
 * Wraps a kernel so that each operation checks its arguments before computing: shapes, matrices of another
 * kernel, image indices. Without these checks, a wrong shape would overwrite other matrices. They take
 * about 10 ns per operation.
 *
 * @param isOwn returns `true` if the kernel created the matrix, with memory for its rows
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { plainKernel } from "./plain.ts";
 * const kernel = plainKernel();
 * const a = kernel.matrix(2, 3), b = kernel.matrix(4, 5), out = kernel.matrix(2, 5);
 * assert.throws(() => kernel.product(a, b, out), {
 *   message: "product: a is 2×3, b is 4×5, out is 2×5; expected a m×k, b k×n, out m×n",
 * });
 * ```
 */
export function checkedKernel(kernel: Kernel, isOwn: (matrix: Inputs) => boolean): Kernel {
  /** Returns `true` if the matrix is the kernel's own and has this shape. */
  const has = (matrix: Inputs, rows: number, columns: number) => {
    // Images have a stride too.
    const { stride } = matrix as Matrix;
    return matrix.rows === rows && matrix.columns === columns && columns <= stride && isOwn(matrix);
  };
  const isWhole = (matrix: Inputs) => has(matrix, matrix.rows, matrix.columns);

  function refuse(verb: string, expected: string, matrices: Record<string, Inputs>): never {
    const entries = Object.entries(matrices);
    const stranger = entries.find(([, matrix]) => !isWhole(matrix));
    if (stranger) {
      throw new UserError(`${verb}: ${stranger[0]} was not created by this kernel`);
    }
    const shapes = entries.map(([name, { rows, columns }]) => `${name} is ${rows}×${columns}`);
    throw new UserError(`${verb}: ${shapes.join(", ")}; expected ${expected}`);
  }

  const isLike = (matrix: Inputs, other: Inputs) => has(other, matrix.rows, matrix.columns);
  const areLike = (matrix: Inputs, others: readonly Inputs[]) => {
    // Faster than `every`, which counts beside a small update.
    for (const other of others) if (!isLike(matrix, other)) return false;
    return true;
  };
  const isRowOf = (matrix: Matrix, row: Matrix) => has(row, 1, matrix.columns);

  return {
    precision: kernel.precision,

    matrix(rows, columns) {
      checkCount("matrix: rows", rows, Infinity);
      checkCount("matrix: columns", columns, Infinity);
      return kernel.matrix(rows, columns);
    },

    images(rows, columns) {
      checkCount("images: rows", rows, Infinity);
      checkCount("images: columns", columns, Infinity);
      return kernel.images(rows, columns);
    },

    firstRows(matrix, rows) {
      if (!isWhole(matrix)) refuse("firstRows", "", { matrix });
      checkCount("firstRows: rows", rows, matrix.rows);
      return kernel.firstRows(matrix, rows);
    },

    loadPixels(x, pixels, order, start) {
      if (!isWhole(x)) refuse("loadPixels", "", { x });
      if (!("holds" in x)) throw new UserError("loadPixels: x is a matrix; expected images");
      checkCount("loadPixels: start + rows", start + x.rows, order.length);
      const last = pixels.length / x.columns - 1;
      for (let r = 0; r < x.rows; r++) {
        if (order[start + r] > last) {
          throw new UserError(
            `loadPixels: order contains image ${order[start + r]}, ` +
              `but there are ${Math.floor(last + 1)} images of ${x.columns} pixels`,
          );
        }
      }
      kernel.loadPixels(x, pixels, order, start);
    },

    keepImages: (pixels) => kernel.keepImages(pixels),

    product(a, b, out) {
      if (!isWhole(a) || !has(b, a.columns, b.columns) || !has(out, a.rows, b.columns)) {
        refuse("product", "a m×k, b k×n, out m×n", { a, b, out });
      }
      kernel.product(a, b, out);
    },

    productTN(alpha, a, b, beta, out) {
      if (!isWhole(a) || !has(b, a.rows, b.columns) || !has(out, a.columns, b.columns)) {
        refuse("productTN", "a k×m, b k×n, out m×n", { a, b, out });
      }
      kernel.productTN(alpha, a, b, beta, out);
    },

    productNT(a, b, out) {
      if (!isWhole(a) || !has(b, b.rows, a.columns) || !has(out, a.rows, b.rows)) {
        refuse("productNT", "a m×k, b n×k, out m×n", { a, b, out });
      }
      kernel.productNT(a, b, out);
    },

    columnSums(alpha, a, beta, out) {
      if (!isWhole(a) || !has(out, 1, a.columns)) {
        refuse("columnSums", "a m×n, out 1×n", { a, out });
      }
      kernel.columnSums(alpha, a, beta, out);
    },

    addRow(bias, out) {
      if (!isWhole(out) || !has(bias, 1, out.columns)) {
        refuse("addRow", "bias 1×n, out m×n", { bias, out });
      }
      kernel.addRow(bias, out);
    },

    combine(alpha, a, beta, out) {
      if (!isWhole(a) || !isLike(a, out)) refuse("combine", "equal shapes", { a, out });
      kernel.combine(alpha, a, beta, out);
    },

    update(rule, g, w, state) {
      checkRule(rule, state);
      if (!isWhole(w) || !isLike(w, g) || !areLike(w, state)) {
        refuse("update", "equal shapes", { g, w, ...named(state) });
      }
      kernel.update(rule, g, w, state);
    },

    updateTN(rule, a, b, w, state) {
      checkRule(rule, state);
      const fits = isWhole(a) && has(b, a.rows, b.columns) && has(w, a.columns, b.columns);
      if (!fits || !areLike(w, state)) {
        refuse("updateTN", "a k×m, b k×n, w and all others m×n", { a, b, w, ...named(state) });
      }
      kernel.updateTN(rule, a, b, w, state);
    },

    sumOfSquares(a) {
      if (!isWhole(a)) refuse("sumOfSquares", "", { a });
      return kernel.sumOfSquares(a);
    },

    limitColumns(most, out) {
      if (!isWhole(out)) refuse("limitColumns", "", { out });
      kernel.limitColumns(most, out);
    },

    activate(activation, z, out) {
      if (!isWhole(z) || !isLike(z, out)) refuse("activate", "equal shapes", { z, out });
      kernel.activate(activation, z, out);
    },

    activationGradient(activation, z, a, delta) {
      if (!isWhole(z) || !isLike(z, a) || !isLike(z, delta)) {
        refuse("activationGradient", "equal shapes", { z, a, delta });
      }
      kernel.activationGradient(activation, z, a, delta);
    },

    softmax(scores, out) {
      if (!isWhole(scores) || !isLike(scores, out)) {
        refuse("softmax", "equal shapes", { scores, out });
      }
      kernel.softmax(scores, out);
    },

    crossEntropy(scores, targets, scale, delta) {
      if (!isWhole(scores) || !isLike(scores, targets) || !isLike(scores, delta)) {
        refuse("crossEntropy", "equal shapes", { scores, targets, delta });
      }
      return kernel.crossEntropy(scores, targets, scale, delta);
    },

    squaredError(outputs, targets, scale, delta) {
      if (!isWhole(outputs) || !isLike(outputs, targets) || !isLike(outputs, delta)) {
        refuse("squaredError", "equal shapes", { outputs, targets, delta });
      }
      return kernel.squaredError(outputs, targets, scale, delta);
    },

    binaryCrossEntropy(scores, targets, scale, delta) {
      if (!isWhole(scores) || !isLike(scores, targets) || !isLike(scores, delta)) {
        refuse("binaryCrossEntropy", "equal shapes", { scores, targets, delta });
      }
      return kernel.binaryCrossEntropy(scores, targets, scale, delta);
    },

    dropOut(mask, a, out) {
      if (!isWhole(a) || !isLike(a, out)) refuse("dropOut", "equal shapes", { a, out });
      if (("holds" in a) !== ("holds" in out)) {
        throw new UserError("dropOut: one of a and out is a matrix, the other images");
      }
      kernel.dropOut(mask, a, out);
    },

    moments(a, mean, variance) {
      if (!isWhole(a) || !isRowOf(a, mean) || !isRowOf(a, variance)) {
        refuse("moments", "a m×n, mean 1×n, variance 1×n", { a, mean, variance });
      }
      kernel.moments(a, mean, variance);
    },

    standardize(a, mean, variance, epsilon, out) {
      if (!isWhole(a) || !isRowOf(a, mean) || !isRowOf(a, variance) || !isLike(a, out)) {
        const expected = "a m×n, mean 1×n, variance 1×n, out m×n";
        refuse("standardize", expected, { a, mean, variance, out });
      }
      kernel.standardize(a, mean, variance, epsilon, out);
    },

    scaleShift(a, scales, shifts, out) {
      if (!isWhole(a) || !isRowOf(a, scales) || !isRowOf(a, shifts) || !isLike(a, out)) {
        const expected = "a m×n, scales 1×n, shifts 1×n, out m×n";
        refuse("scaleShift", expected, { a, scales, shifts, out });
      }
      kernel.scaleShift(a, scales, shifts, out);
    },

    standardizeGradient(normal, variance, epsilon, scales, delta, scaleGradient, shiftGradient) {
      const rows = { variance, scales, scaleGradient, shiftGradient };
      const fit = Object.values(rows).every((row) => isRowOf(normal, row));
      if (!isWhole(normal) || !isLike(normal, delta) || !fit) {
        refuse("standardizeGradient", "normal and delta m×n, the others 1×n", {
          normal,
          delta,
          ...rows,
        });
      }
      kernel.standardizeGradient(
        normal,
        variance,
        epsilon,
        scales,
        delta,
        scaleGradient,
        shiftGradient,
      );
    },
  };
}

/** The matrices that a rule keeps, with the names of the assembly. */
const named = (state: readonly Matrix[]): Record<string, Matrix> =>
  Object.fromEntries(state.map((matrix, i) => [["s", "t"][i], matrix]));

/** Refuses a rule with too many or too few numbers or matrices. */
function checkRule({ name, numbers }: UpdateCall, state: readonly Matrix[]): void {
  const rule = UPDATE_RULES[name];
  if (numbers.length === rule.numbers.length && state.length === rule.states) return;
  throw new UserError(
    `${name}: ${numbers.length} numbers and ${state.length} matrices; expected ` +
      `${rule.numbers.length} (${rule.numbers.join(", ")}) and ${rule.states}`,
  );
}

function checkCount(name: string, value: number, most: number): void {
  if (Number.isInteger(value) && value >= 0 && value <= most) return;
  const range = most === Infinity ? "0 or more" : `0 to ${most}`;
  throw new UserError(`${name} is ${value}; expected a whole number, ${range}`);
}
