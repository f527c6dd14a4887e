import type { Random } from "../base/random.ts";
import type { Images, Inputs, Kernel, Matrix } from "../kernel/kernel.ts";
import type { Mask } from "../kernel/masks.ts";
import { lossOf } from "./loss.ts";
import type { Layer, Network } from "./network.ts";
import {
  createNormalizedBatch,
  type NormalizedBatch,
  type Normalizer,
  updateStatistics,
} from "./normalization.ts";

/**
 * The purpose of a pass. In training, dropout sets numbers to 0 and batch normalisation takes the batch's
 * mean and variance. In evaluation nothing is dropped, the running statistics are taken, and the errors of
 * hidden layers need no memory.
 */
export type PassMode = "train" | "evaluate";

/**
 * The numbers of a batch in the forward and the backward pass; all matrices have one row per image.
 *
 * @typeParam X the inputs: {@linkcode Images} in training and evaluation, a {@linkcode Matrix} where the
 * numbers are read, as in lessons
 */
export interface Pass<X extends Inputs = Inputs> {
  readonly mode: PassMode;
  /** Number of images. */
  readonly rows: number;
  /** The inputs: rows × layers[0]. */
  readonly x: X;
  /** Layer by layer, its input: x or the activations of the layer before, thinned out by dropout. */
  readonly inputs: readonly (X | Matrix)[];
  /** Layer by layer, what dropout does to its input; `undefined` for nothing. */
  readonly masks: readonly (Mask | undefined)[];
  /** Layer by layer, the weighted sums z = input·W + b; with batch normalisation z = input·W. */
  readonly z: readonly Matrix[];
  /** Layer by layer, batch normalisation's numbers in training; `undefined` for a layer without. */
  readonly batches: readonly (NormalizedBatch | undefined)[];
  /** Layer by layer, what goes into the activation: z, or z normalised, scaled and shifted. */
  readonly y: readonly Matrix[];
  /** Layer by layer, the activations a = f(y); the last are the network's outputs. */
  readonly a: readonly Matrix[];
  /**
   * Layer by layer, the errors: first ∂L/∂a, then ∂L/∂z once the backward pass has reached the layer. In
   * evaluation, only the last layer's has rows.
   */
  readonly delta: readonly Matrix[];
  /** The desired outputs: one-hot rows. */
  readonly targets: Matrix;
}

/**
 * Allocates a pass for batches of `rows` images.
 *
 * @param dropout in training, the share of each layer's inputs that is dropped, 0 to below 1; defaults to
 * none. {@linkcode drawMasks} chooses which.
 */
export function createPass(
  network: Network,
  rows: number,
  mode: PassMode,
  dropout: readonly number[] = [],
): Pass<Images> {
  return passWith((...shape) => network.kernel.images(...shape), network, rows, mode, dropout);
}

/** Allocates a pass whose inputs are numbers, see {@linkcode createPass}. */
export function createMatrixPass(
  network: Network,
  rows: number,
  mode: PassMode,
  dropout: readonly number[] = [],
): Pass<Matrix> {
  return passWith((...shape) => network.kernel.matrix(...shape), network, rows, mode, dropout);
}

/** Allocates a pass, its inputs by `inputs`. */
function passWith<X extends Inputs>(
  inputs: (rows: number, columns: number) => X,
  { kernel, architecture, layers }: Network,
  rows: number,
  mode: PassMode,
  dropout: readonly number[],
): Pass<X> {
  const sizes = architecture.layers;
  const isTraining = mode === "train";
  const z = layers.map((_, l) => kernel.matrix(rows, sizes[l + 1]));
  const x = inputs(rows, sizes[0]);
  const y = layers.map(({ normalizer }, l) =>
    normalizer && isTraining ? kernel.matrix(rows, sizes[l + 1]) : z[l]
  );
  const a = layers.map(({ activation }, l) =>
    activation.name === "identity" ? y[l] : kernel.matrix(rows, sizes[l + 1])
  );
  const masks = layers.map((_, l): Mask | undefined =>
    isTraining && dropout[l] > 0 ? { share: dropout[l], key: new Uint32Array(2) } : undefined
  );
  return {
    mode,
    rows,
    x,
    inputs: masks.map((mask, l) => {
      if (l === 0) return mask ? inputs(rows, sizes[0]) : x;
      return mask ? kernel.matrix(rows, sizes[l]) : a[l - 1];
    }),
    masks,
    z,
    batches: layers.map(({ normalizer }, l) =>
      normalizer && isTraining ? createNormalizedBatch(kernel, rows, sizes[l + 1]) : undefined
    ),
    y,
    a,
    delta: layers.map((_, l) =>
      kernel.matrix(isTraining || l === layers.length - 1 ? rows : 0, sizes[l + 1])
    ),
    targets: kernel.matrix(rows, sizes[sizes.length - 1]),
  };
}

/** Returns a pass for a smaller batch that shares the memory of the first rows. */
export function firstRows<X extends Inputs>(
  { kernel }: Network,
  pass: Pass<X>,
  rows: number,
): Pass<X> {
  if (rows === pass.rows) return pass;
  // One view of each matrix: what is the same in the pass is the same in the views.
  const views = new Map<Inputs, Inputs>();
  const cut = <M extends Inputs>(matrix: M): M => {
    if (!views.has(matrix)) views.set(matrix, kernel.firstRows(matrix, rows));
    return views.get(matrix) as M;
  };
  return {
    mode: pass.mode,
    rows,
    x: cut(pass.x),
    inputs: pass.inputs.map(cut),
    masks: pass.masks,
    z: pass.z.map(cut),
    batches: pass.batches.map((batch) => batch && { ...batch, normal: cut(batch.normal) }),
    y: pass.y.map(cut),
    a: pass.a.map(cut),
    delta: pass.delta.map((delta) => delta.rows === 0 ? delta : cut(delta)),
    targets: cut(pass.targets),
  };
}

/**
 * Writes one-hot targets for the labels at `order[start]`, `order[start + 1]`, ….
 *
 * @param smoothing ε of label smoothing, from 0 to below 1: targets become (1 − ε) target + ε / classes
 * (Szegedy et al. 2016, Rethinking the Inception Architecture, section 7); defaults to 0
 */
export function loadTargets(
  { targets }: Pass,
  labels: Uint8Array,
  order: Uint32Array,
  start: number,
  smoothing = 0,
): void {
  const { rows, columns, stride, data } = targets;
  const rest = smoothing / columns;
  data.fill(rest);
  for (let r = 0; r < rows; r++) data[r * stride + labels[order[start + r]]] = 1 - smoothing + rest;
}

/** Draws anew which inputs of each layer dropout sets to 0. */
export function drawMasks({ masks }: Pass, random: Random): void {
  for (const mask of masks) mask?.key.forEach((_, i) => mask.key[i] = random.integer(2 ** 31));
}

/**
 * The forward pass: x → z₁ → a₁ → … → the outputs, which are returned.
 * (Nielsen, "Neural Networks and Deep Learning", ch. 2, eq. 25.)
 */
export function forward({ kernel, layers }: Network, pass: Pass): Matrix {
  layers.forEach((layer, l) => {
    const input = pass.inputs[l], z = pass.z[l], y = pass.y[l], a = pass.a[l], mask = pass.masks[l];
    if (mask) kernel.dropOut(mask, l === 0 ? pass.x : pass.a[l - 1], input);
    kernel.product(input, layer.weights, z);
    if (layer.normalizer) normalize(kernel, layer, z, pass.batches[l], y);
    else kernel.addRow(layer.biases, z);
    if (a !== y) kernel.activate(layer.activation, y, a);
  });
  return pass.a[pass.a.length - 1];
}

/** y = γ (z − mean) / √(variance + ε) + b, with the statistics of the batch or the running ones. */
function normalize(
  kernel: Kernel,
  { normalizer, biases }: Layer,
  z: Matrix,
  batch: NormalizedBatch | undefined,
  y: Matrix,
): void {
  const { mean, variance, epsilon, scales } = { ...normalizer!, ...batch };
  const normal = batch?.normal ?? y;
  if (batch) kernel.moments(z, mean, variance);
  kernel.standardize(z, mean, variance, epsilon, normal);
  kernel.scaleShift(normal, scales, biases, y);
}

/** Moves the running statistics of batch normalisation towards those of the pass's batch. */
export function updateRunningStatistics({ kernel, layers }: Network, { batches }: Pass): void {
  batches.forEach((batch, l) => batch && updateStatistics(kernel, layers[l].normalizer!, batch));
}

/**
 * Computes the loss and writes ∂L/∂a, the error of the outputs, to the last delta.
 *
 * @param scale weight of each image in L: 1 / batch size if L is the batch's mean loss
 * @returns the sum, not the mean, of the images' losses
 */
export function outputError({ kernel, architecture }: Network, pass: Pass, scale: number): number {
  const last = pass.a.length - 1;
  return lossOf(kernel, architecture.loss, pass.a[last], pass.targets, scale, pass.delta[last]);
}

/**
 * Receives the factors of a layer's gradient: ∂L/∂W = inputᵀ·delta and ∂L/∂b = the sum of delta's rows.
 * It may store the gradient or apply it to the weights directly. For a layer with batch normalisation, the
 * gradients of its biases and scales are in `batch`.
 */
export type GradientSink = (
  layer: number,
  input: Inputs,
  delta: Matrix,
  batch?: NormalizedBatch,
) => void;

/**
 * The backward pass: from the outputs' error in the last delta to every layer's gradient, last layer first.
 * (Rumelhart, Hinton & Williams 1986; Nielsen ch. 2, BP1 to BP4.) A layer's weights are not needed any
 * more when its gradient goes to the sink.
 */
export function backward({ kernel, layers }: Network, pass: Pass, sink: GradientSink) {
  if (pass.mode !== "train") throw new Error("the backward pass needs a pass made for training");
  for (let l = layers.length - 1; l >= 0; l--) {
    const { weights, activation, normalizer } = layers[l];
    const delta = pass.delta[l], batch = pass.batches[l], mask = pass.masks[l];
    // ∂L/∂y = ∂L/∂a ⊙ f′(y)
    if (activation.name !== "identity") {
      kernel.activationGradient(activation, pass.y[l], pass.a[l], delta);
    }
    if (normalizer && batch) denormalize(kernel, normalizer, batch, delta);
    if (l > 0) {
      // ∂L/∂a of the layer before = ∂L/∂z · Wᵀ, less what was dropped
      kernel.productNT(delta, weights, pass.delta[l - 1]);
      if (mask) kernel.dropOut(mask, pass.delta[l - 1], pass.delta[l - 1]);
    }
    sink(l, pass.inputs[l], delta, batch);
  }
}

/** ∂L/∂z from ∂L/∂y, in place, and the gradients of scales and biases. */
function denormalize(
  kernel: Kernel,
  { epsilon, scales }: Normalizer,
  { normal, variance, scaleGradient, biasGradient }: NormalizedBatch,
  delta: Matrix,
): void {
  kernel.standardizeGradient(
    normal,
    variance,
    epsilon,
    scales,
    delta,
    scaleGradient,
    biasGradient,
  );
}
