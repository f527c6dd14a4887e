import assert from "node:assert/strict";
import { UserError } from "../base/user_error.ts";
import { parseActivation } from "./activations.ts";
import type { Inputs, Kernel, Matrix } from "./kernel.ts";
import { plainKernel } from "./plain.ts";
import { simdKernel } from "./simd.ts";

const relu = parseActivation("relu");
const adam = { name: "adam", numbers: [0.1, 0, 0.1, 0.001, 1, 1e-8] } as const;

/** Every operation, with valid shapes. */
const CALLS: Record<string, { shapes: [number, number][]; run: Verb }> = {
  product: { shapes: [[2, 3], [3, 4], [2, 4]], run: (k, [a, b, out]) => k.product(a, b, out) },
  productTN: {
    shapes: [[3, 2], [3, 4], [2, 4]],
    run: (k, [a, b, out]) => k.productTN(1, a, b, 0, out),
  },
  productNT: { shapes: [[2, 3], [4, 3], [2, 4]], run: (k, [a, b, out]) => k.productNT(a, b, out) },
  columnSums: { shapes: [[2, 3], [1, 3]], run: (k, [a, out]) => k.columnSums(1, a, 0, out) },
  addRow: { shapes: [[1, 3], [2, 3]], run: (k, [bias, out]) => k.addRow(bias, out) },
  combine: { shapes: [[2, 3], [2, 3]], run: (k, [a, out]) => k.combine(1, a, 0, out) },
  update: {
    shapes: [[2, 3], [2, 3], [2, 3], [2, 3]],
    run: (k, [g, w, s, t]) => k.update(adam, g, w, [s, t]),
  },
  updateTN: {
    shapes: [[3, 2], [3, 4], [2, 4], [2, 4], [2, 4]],
    run: (k, [a, b, w, s, t]) => k.updateTN(adam, a, b, w, [s, t]),
  },
  sumOfSquares: { shapes: [[2, 3]], run: (k, [a]) => k.sumOfSquares(a) },
  limitColumns: { shapes: [[2, 3]], run: (k, [out]) => k.limitColumns(1, out) },
  activate: { shapes: [[2, 3], [2, 3]], run: (k, [z, out]) => k.activate(relu, z, out) },
  activationGradient: {
    shapes: [[2, 3], [2, 3], [2, 3]],
    run: (k, [z, a, delta]) => k.activationGradient(relu, z, a, delta),
  },
  softmax: { shapes: [[2, 3], [2, 3]], run: (k, [scores, out]) => k.softmax(scores, out) },
  crossEntropy: {
    shapes: [[2, 3], [2, 3], [2, 3]],
    run: (k, [scores, targets, delta]) => k.crossEntropy(scores, targets, 1, delta),
  },
  squaredError: {
    shapes: [[2, 3], [2, 3], [2, 3]],
    run: (k, [outputs, targets, delta]) => k.squaredError(outputs, targets, 1, delta),
  },
  binaryCrossEntropy: {
    shapes: [[2, 3], [2, 3], [2, 3]],
    run: (k, [scores, targets, delta]) => k.binaryCrossEntropy(scores, targets, 1, delta),
  },
  dropOut: {
    shapes: [[2, 3], [2, 3]],
    run: (k, [a, out]) => k.dropOut({ share: 0.5, key: Uint32Array.of(1, 2) }, a, out),
  },
  moments: {
    shapes: [[2, 3], [1, 3], [1, 3]],
    run: (k, [a, mean, variance]) => k.moments(a, mean, variance),
  },
  standardize: {
    shapes: [[2, 3], [1, 3], [1, 3], [2, 3]],
    run: (k, [a, mean, variance, out]) => k.standardize(a, mean, variance, 1, out),
  },
  scaleShift: {
    shapes: [[2, 3], [1, 3], [1, 3], [2, 3]],
    run: (k, [a, scales, shifts, out]) => k.scaleShift(a, scales, shifts, out),
  },
  standardizeGradient: {
    shapes: [[2, 3], [1, 3], [1, 3], [2, 3], [1, 3], [1, 3]],
    run: (k, [normal, variance, scales, delta, scaleGradient, shiftGradient]) =>
      k.standardizeGradient(normal, variance, 1, scales, delta, scaleGradient, shiftGradient),
  },
};
/** The verbs that accept any number of rows. */
const ANY_ROWS = ["columnSums", "addRow", "moments"];
type Verb = (kernel: Kernel, matrices: Matrix[]) => unknown;

const KERNELS = {
  simd: simdKernel,
  plain32: () => plainKernel(32),
  plain64: () => plainKernel(64),
};

for (const [name, make] of Object.entries(KERNELS)) {
  Deno.test(`${name}: every operation rejects a matrix of another shape or kernel, and writes nothing`, () => {
    const kernel = make(), stranger = name === "plain32" ? plainKernel(64) : plainKernel(32);
    for (const [verb, { shapes, run }] of Object.entries(CALLS)) {
      // Memory is allocated in order: a write outside a matrix ends up in the next one.
      const before = kernel.matrix(8, 8);
      const fitting = shapes.map(([rows, columns]) => kernel.matrix(rows, columns));
      const after = kernel.matrix(64, 64);
      for (const matrix of [before, after, ...fitting]) matrix.data.fill(7);
      const refuses = (matrices: Matrix[], message: RegExp) => {
        assert.throws(() => run(kernel, matrices), (error: unknown) => {
          assert(error instanceof UserError, `${verb}: ${error}`);
          assert.match(error.message, message);
          assert(error.message.startsWith(`${verb}: `), error.message);
          return true;
        });
        for (const { data } of [before, after, ...fitting]) {
          assert(data.every((x) => x === 7), verb);
        }
      };
      shapes.forEach(([rows, columns], i) => {
        // An operation on a single matrix accepts any shape.
        const wrong = shapes.length === 1
          ? []
          : [[rows, columns + 1], [rows, columns + 40], [50, 50]];
        if (shapes.length > 1 && (!ANY_ROWS.includes(verb) || rows === 1)) {
          wrong.push([rows + 1, columns]);
        }
        for (const [r, c] of wrong) {
          refuses(fitting.with(i, kernel.matrix(r, c)), new RegExp(`is ${r}×${c}.*; expected `));
        }
        refuses(
          fitting.with(i, stranger.matrix(rows, columns)),
          /was not created by this kernel/,
        );
        // A copy with more rows or columns than its data, for every argument.
        refuses(
          fitting.map((matrix) => ({ ...matrix, rows: 40, columns: 40 })),
          /was not created by this kernel|expected/,
        );
      });
      run(kernel, fitting);
    }
  });

  Deno.test(`${name}: invalid counts and missing images are rejected`, () => {
    const kernel = make();
    const refused = (run: () => unknown, message: RegExp) =>
      assert.throws(run, { name: "UserError", message });
    for (const count of [-1, 1.5, NaN, Infinity]) {
      refused(() => kernel.matrix(count, 2), /^matrix: rows is .*; expected a whole number/);
      refused(() => kernel.matrix(2, count), /^matrix: columns is/);
    }
    const w = kernel.matrix(2, 3), message = /^adam: 6 numbers and 1 .*expected 6 \(rate.*\) and 2/;
    refused(() => kernel.update(adam, w, w, [w]), message);
    refused(() => kernel.updateTN({ ...adam, numbers: [1] }, w, w, w, [w, w]), /^adam: 1 numbers/);
    const x = kernel.images(3, 4), pixels = new Uint8Array(20), order = Uint32Array.of(0, 1, 4, 5);
    refused(() => kernel.firstRows(x, 4), /^firstRows: rows is 4; expected a whole number, 0 to 3/);
    refused(() => kernel.loadPixels(x, pixels, order, 2), /start \+ rows is 5.*0 to 4/);
    refused(
      () => kernel.loadPixels(x, pixels, order, 1),
      /contains image 5, but there are 5 images of 4/,
    );
    kernel.loadPixels(x, pixels, order, 0);
  });

  Deno.test(`${name}: images cannot be read as numbers, nor images loaded into a matrix`, () => {
    const kernel = make(), images = kernel.images(1, 2), matrix = kernel.matrix(1, 2);
    // @ts-expect-error: data would be stale where the kernel stores images in its own format.
    images.data;
    const refused = (run: () => unknown, message: RegExp) =>
      assert.throws(run, { name: "UserError", message });
    const load = (x: Inputs) =>
      // @ts-expect-error: as JavaScript could.
      kernel.loadPixels(x, new Uint8Array(2), Uint32Array.of(0), 0);
    refused(() => load(matrix), /^loadPixels: x is a matrix; expected images$/);
    const mask = { share: 0.5, key: Uint32Array.of(1, 2) };
    refused(() => kernel.dropOut<Inputs>(mask, images, matrix), /^dropOut: one of a and out is/);
    refused(() => kernel.images(1.5, 2), /^images: rows is 1\.5/);
    load(kernel.firstRows(images, 1));
  });
}

Deno.test("a SIMD kernel rejects matrices of another SIMD kernel", () => {
  const kernel = simdKernel(), other = simdKernel();
  const mine = kernel.matrix(2, 3), theirs = other.matrix(2, 3);
  assert.throws(
    () => kernel.combine(1, theirs, 0, mine),
    /a was not created by this kernel/,
  );
  assert.throws(() => kernel.combine(1, mine, 0, theirs), /out was not created by this kernel/);
});
