import type { Matrix } from "../kernel/kernel.ts";
import type { Network } from "./network.ts";

/**
 * The purpose of a pass: layers may behave differently in training and evaluation, as dropout does, and
 * evaluation needs no memory for the errors of hidden layers.
 */
export type PassMode = "train" | "evaluate";

/** The numbers of a batch in the forward and the backward pass; all matrices have one row per image. */
export interface Pass {
  readonly mode: PassMode;
  /** Number of images. */
  readonly rows: number;
  /** The inputs: rows × layers[0]. */
  readonly x: Matrix;
  /** Layer by layer, the weighted sums z = a·W + b. */
  readonly z: readonly Matrix[];
  /** Layer by layer, the activations a = f(z); the last are the network's outputs. */
  readonly a: readonly Matrix[];
  /**
   * Layer by layer, the errors: first ∂L/∂a, then ∂L/∂z once the backward pass has reached the layer. In
   * evaluation, only the last layer's has rows.
   */
  readonly delta: readonly Matrix[];
  /** The desired outputs: one-hot rows. */
  readonly targets: Matrix;
}

/** Allocates a pass for batches of `rows` images. */
export function createPass(
  { kernel, architecture, layers }: Network,
  rows: number,
  mode: PassMode,
): Pass {
  const sizes = architecture.layers;
  const z = layers.map((_, l) => kernel.matrix(rows, sizes[l + 1]));
  return {
    mode,
    rows,
    x: kernel.matrix(rows, sizes[0]),
    z,
    a: layers.map(({ activation }, l) =>
      activation.name === "identity" ? z[l] : kernel.matrix(rows, sizes[l + 1])
    ),
    delta: layers.map((_, l) =>
      kernel.matrix(mode === "train" || l === layers.length - 1 ? rows : 0, sizes[l + 1])
    ),
    targets: kernel.matrix(rows, sizes[sizes.length - 1]),
  };
}

/** Returns a pass for a smaller batch that shares the memory of the first rows. */
export function firstRows({ kernel }: Network, pass: Pass, rows: number): Pass {
  if (rows === pass.rows) return pass;
  const cut = (matrix: Matrix) => kernel.firstRows(matrix, rows);
  return {
    mode: pass.mode,
    rows,
    x: cut(pass.x),
    z: pass.z.map(cut),
    a: pass.a.map(cut),
    delta: pass.delta.map((delta) => delta.rows === 0 ? delta : cut(delta)),
    targets: cut(pass.targets),
  };
}

/** Writes one-hot targets for the labels at `order[start]`, `order[start + 1]`, …. */
export function loadTargets(
  { targets }: Pass,
  labels: Uint8Array,
  order: Uint32Array,
  start: number,
): void {
  const { rows, stride, data } = targets;
  data.fill(0);
  for (let r = 0; r < rows; r++) data[r * stride + labels[order[start + r]]] = 1;
}

/**
 * The forward pass: x → z₁ → a₁ → … → the outputs, which are returned.
 * (Nielsen, "Neural Networks and Deep Learning", ch. 2, eq. 25.)
 */
export function forward({ kernel, layers }: Network, pass: Pass): Matrix {
  let input = pass.x;
  layers.forEach(({ weights, biases, activation }, l) => {
    const z = pass.z[l], a = pass.a[l];
    kernel.product(input, weights, z);
    kernel.addRow(biases, z);
    if (a !== z) kernel.activate(activation, z, a);
    input = a;
  });
  return input;
}

/**
 * Computes the loss and writes ∂L/∂a, the error of the outputs, to the last delta.
 *
 * @param scale weight of each image in L: 1 / batch size if L is the batch's mean loss
 * @returns the sum, not the mean, of the images' losses
 */
export function outputError({ kernel, architecture }: Network, pass: Pass, scale: number): number {
  const last = pass.a.length - 1;
  const verb = architecture.loss === "crossEntropy" ? kernel.crossEntropy : kernel.squaredError;
  return verb(pass.a[last], pass.targets, scale, pass.delta[last]);
}

/**
 * Receives the factors of a layer's gradient: ∂L/∂W = inputᵀ·delta and ∂L/∂b = the sum of delta's rows.
 * It may store the gradient or apply it to the weights directly.
 */
export type GradientSink = (layer: number, input: Matrix, delta: Matrix) => void;

/**
 * The backward pass: from the outputs' error in the last delta to every layer's gradient, last layer first.
 * (Rumelhart, Hinton & Williams 1986; Nielsen ch. 2, BP1 to BP4.) A layer's weights are not needed any
 * more when its gradient goes to the sink.
 */
export function backward({ kernel, layers }: Network, pass: Pass, sink: GradientSink) {
  if (pass.mode !== "train") throw new Error("the backward pass needs a pass made for training");
  for (let l = layers.length - 1; l >= 0; l--) {
    const { weights, activation } = layers[l];
    const input = l === 0 ? pass.x : pass.a[l - 1];
    const delta = pass.delta[l];
    // ∂L/∂z = ∂L/∂a ⊙ f′(z)
    if (activation.name !== "identity") {
      kernel.activationGradient(activation, pass.z[l], pass.a[l], delta);
    }
    // ∂L/∂a of the layer before = ∂L/∂z · Wᵀ
    if (l > 0) kernel.productNT(delta, weights, pass.delta[l - 1]);
    sink(l, input, delta);
  }
}
