/**
 * The arithmetic of networks: a few operations on matrices.
 *
 * There are two implementations. {@link plainKernel} is a page of simple loops, in 32 or 64 bits.
 * {@link simdKernel} is WebAssembly with 128-bit vectors. In 32 bits both give the same bits: every element
 * of a product is one sum, from zero, in the order of the summation index, each term added by a fused
 * multiply-add (product and sum are rounded once). Vector lanes hold different elements, never parts of one
 * sum.
 * @module
 */

import type { ActivationCall } from "./activations.ts";
import type { Mask } from "./masks.ts";
import type { UpdateCall } from "./update_rules.ts";

/** A matrix in a kernel's memory, row by row. A vector is a matrix with one row. */
export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  /** Distance between the starts of two rows, in numbers: `columns` or slightly more. */
  readonly stride: number;
  /**
   * The numbers, rows × stride. Read it anew after an operation: a kernel may have put off steps of weights
   * until their numbers are asked for.
   */
  readonly data: Float32Array | Float64Array;
}

/**
 * A batch of images in a kernel's memory, one row each. It has no `data`: a kernel may store images in its
 * own format, so only its operations read them.
 */
export interface Images {
  readonly rows: number;
  /** Pixels per image. */
  readonly columns: number;
  readonly holds: "images";
}

/** The inputs of a network: numbers or images. */
export type Inputs = Matrix | Images;

/**
 * The operations. A matrix of a wrong shape or of another kernel throws a `UserError`
 * (`checked_kernel.ts`).
 */
export interface Kernel {
  /** Bits per number: 32 for training, 64 for gradient checks. */
  readonly precision: 32 | 64;

  /** Allocates a matrix of zeros. */
  matrix(rows: number, columns: number): Matrix;

  /** Allocates a batch of black images. */
  images(rows: number, columns: number): Images;

  /** Returns a view of the first `rows` rows of a matrix or of images. */
  firstRows<M extends Inputs>(matrix: M, rows: number): M;

  /**
   * Copies images to the rows of `x`, scaled from 0…255 to [0, 1]:
   * x[r, i] = pixels[order[start + r] · columns + i] / 255.
   */
  loadPixels(
    x: Images,
    pixels: Uint8Array,
    order: Uint32Array,
    start: number,
  ): void;

  /**
   * Announces that `pixels` will not change and will be loaded again and again: a kernel may keep what it
   * has found in them. Only one such list of images is kept; the last counts.
   */
  keepImages(pixels: Uint8Array): void;

  /** out = a·b. */
  product(a: Inputs, b: Matrix, out: Matrix): void;

  /**
   * out = alpha · aᵀ·b + beta · out. If beta is 0, `out` is not read.
   *
   * If `out` contains −0, the sign of a zero in the result may differ between kernels. Initial weights
   * contain no −0, and only an update that underflows on a weight of zero creates one.
   */
  productTN(
    alpha: number,
    a: Inputs,
    b: Matrix,
    beta: number,
    out: Matrix,
  ): void;

  /** out = a·bᵀ. */
  productNT(a: Matrix, b: Matrix, out: Matrix): void;

  /** out = alpha · (sum of the rows of a) + beta · out, where `out` is one row. */
  columnSums(alpha: number, a: Matrix, beta: number, out: Matrix): void;

  /** Adds the row `bias` to each row of `out`. */
  addRow(bias: Matrix, out: Matrix): void;

  /** out = alpha · a + beta · out, element by element. */
  combine(alpha: number, a: Matrix, beta: number, out: Matrix): void;

  /**
   * Changes every number of `w` by a rule, given the number of `g` in the same place.
   *
   * @param state the matrices that the rule keeps, in the shape of `w`; zeros at first
   */
  update(rule: UpdateCall, g: Matrix, w: Matrix, state: readonly Matrix[]): void;

  /** As `update` with g = aᵀ·b, which need not be stored. */
  updateTN(rule: UpdateCall, a: Inputs, b: Matrix, w: Matrix, state: readonly Matrix[]): void;

  /** The sum of the squares of all numbers, in 64 bits: column by column, and then the columns' sums. */
  sumOfSquares(a: Matrix): number;

  /** Scales each column of `out` whose Euclidean norm is above `most` by most / (norm + 10⁻⁷). */
  limitColumns(most: number, out: Matrix): void;

  /** out = f(z), element by element. */
  activate(activation: ActivationCall, z: Matrix, out: Matrix): void;

  /** delta = delta ⊙ f′(z), given a = f(z); at a kink at 0, f′ is the left-hand derivative. */
  activationGradient(activation: ActivationCall, z: Matrix, a: Matrix, delta: Matrix): void;

  /** Row by row, out = softmax(scores) = e^s / Σ e^s, without overflow. */
  softmax(scores: Matrix, out: Matrix): void;

  /**
   * Softmax with cross-entropy. Sets delta = (softmax(scores) − targets) · scale.
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
   * Half the squared distance. Sets delta = (outputs − targets) · scale.
   *
   * @returns the sum over the rows of ½ Σ (output − target)²
   */
  squaredError(
    outputs: Matrix,
    targets: Matrix,
    scale: number,
    delta: Matrix,
  ): number;

  /**
   * Sigmoid with binary cross-entropy: delta = (σ(scores) − targets) · scale, safe for scores of any size.
   *
   * @returns the sum over the rows of −Σ (target · ln σ(score) + (1 − target) · ln(1 − σ(score)))
   */
  binaryCrossEntropy(
    scores: Matrix,
    targets: Matrix,
    scale: number,
    delta: Matrix,
  ): number;

  /**
   * Inverted dropout: out = a / (1 − share) where the mask keeps a number, 0 where it drops it. `a` may
   * be `out`; both are matrices or both images.
   */
  dropOut<M extends Inputs>(mask: Mask, a: M, out: M): void;

  /** Mean and variance (divided by the number of rows) of each column of `a`; `a` has 1 row or more. */
  moments(a: Matrix, mean: Matrix, variance: Matrix): void;

  /** Column by column, out = (a − mean) / √(variance + epsilon). */
  standardize(a: Matrix, mean: Matrix, variance: Matrix, epsilon: number, out: Matrix): void;

  /** out = a · scales + shifts, each row of `a` element by element. */
  scaleShift(a: Matrix, scales: Matrix, shifts: Matrix, out: Matrix): void;

  /**
   * The backward pass through `scaleShift`, `standardize` and `moments`, where `normal` is what
   * `standardize` made of a batch with its own moments. `delta`, the error of scaleShift's output, becomes
   * that of standardize's input; the sums on the way are the gradients of scales and shifts.
   */
  standardizeGradient(
    normal: Matrix,
    variance: Matrix,
    epsilon: number,
    scales: Matrix,
    delta: Matrix,
    scaleGradient: Matrix,
    shiftGradient: Matrix,
  ): void;
}
