/**
 * The arithmetic that a network is made of: a few verbs on matrices.
 *
 * There are two implementations. {@link plainKernel} is a page of loops anyone can read, in 32 or 64
 * bits. {@link simdKernel} is WebAssembly with 128-bit vectors. In 32 bits both give the same bits:
 * every element of a product is one sum, from zero, in the order of the index that is summed over, each
 * term added by a fused multiply-add (product and sum are rounded once). Vector lanes hold different
 * elements, never parts of one sum.
 * @module
 */

import type { ActivationCall } from "./activations.ts";

/** A matrix in a kernel's memory, row by row. A vector is a matrix with one row. */
export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  /** Numbers from the start of one row to the start of the next; columns or a little more. */
  readonly stride: number;
  /** The numbers, rows × stride. */
  readonly data: Float32Array | Float64Array;
}

/** The verbs. Matrices of wrong shapes, or of another kernel, are refused (`checked_kernel.ts`). */
export interface Kernel {
  /** Bits of a number: 32 in training, 64 where gradients are checked. */
  readonly precision: 32 | 64;

  /** A new matrix of zeros. */
  matrix(rows: number, columns: number): Matrix;

  /** The first `rows` rows of a matrix: a view. */
  firstRows(matrix: Matrix, rows: number): Matrix;

  /**
   * Images into the rows of `x`, scaled from 0…255 to [0, 1]:
   * x[r, i] = pixels[order[start + r] · columns + i] / 255. A matrix that has held images is to hold
   * nothing else, and is to be read by the verbs alone: a kernel may keep images in a form of its own.
   */
  loadPixels(
    x: Matrix,
    pixels: Uint8Array,
    order: Uint32Array,
    start: number,
  ): void;

  /** out = a·b. */
  product(a: Matrix, b: Matrix, out: Matrix): void;

  /**
   * out = alpha · aᵀ·b + beta · out. With beta = 0 the old numbers are not read.
   *
   * Where `out` holds −0, the sign of a zero in the result may differ between kernels. Weights start
   * without −0, and only an update that underflows on a weight of zero makes one.
   */
  productTN(
    alpha: number,
    a: Matrix,
    b: Matrix,
    beta: number,
    out: Matrix,
  ): void;

  /** out = a·bᵀ. */
  productNT(a: Matrix, b: Matrix, out: Matrix): void;

  /** out = alpha · (sum of the rows of a) + beta · out, out being one row. */
  columnSums(alpha: number, a: Matrix, beta: number, out: Matrix): void;

  /** Adds the row `bias` to each row of `out`. */
  addRow(bias: Matrix, out: Matrix): void;

  /** out = alpha · a + beta · out, element by element. */
  combine(alpha: number, a: Matrix, beta: number, out: Matrix): void;

  /** out = f(z), element by element. */
  activate(activation: ActivationCall, z: Matrix, out: Matrix): void;

  /** delta = delta ⊙ f′(z), given a = f(z) as well; the slope of a kink at 0 is that of its left side. */
  activationGradient(activation: ActivationCall, z: Matrix, a: Matrix, delta: Matrix): void;

  /** Each row of `out` = softmax of the row of scores: e^s / Σ e^s, safe for scores of any size. */
  softmax(scores: Matrix, out: Matrix): void;

  /**
   * Softmax with cross-entropy: delta = (softmax(scores) − targets) · scale.
   *
   * @returns the sum over the rows of −Σ target · ln softmax(score)
   */
  crossEntropy(
    scores: Matrix,
    targets: Matrix,
    scale: number,
    delta: Matrix,
  ): number;

  /**
   * Half the squared distance: delta = (outputs − targets) · scale.
   *
   * @returns the sum over the rows of ½ Σ (output − target)²
   */
  squaredError(
    outputs: Matrix,
    targets: Matrix,
    scale: number,
    delta: Matrix,
  ): number;
}
