import { type Kind, makeFrom } from "../base/call_syntax.ts";
import { parseActivation } from "../kernel/activations.ts";
import type { Kernel, Matrix } from "../kernel/kernel.ts";

/** A loss function: one of a kernel's verbs, and a factor on it. */
export interface LossFunction {
  readonly verb: "crossEntropy" | "binaryCrossEntropy" | "squaredError";
  /** The factor on the verb's loss and gradient, for a network with so many outputs. */
  factor(outputs: number): number;
  /** The loss of one image, in words and signs. */
  readonly formula: string;
}

/** An entry of {@linkcode LOSSES}. */
interface LossKind extends Kind<LossFunction> {
  /** The unit of its values, for axes; absent if they have none. */
  readonly unit?: "nats";
}

const loss = (
  verb: LossFunction["verb"],
  formula: string,
  factor: LossFunction["factor"] = () => 1,
): (...args: number[]) => LossFunction | undefined => {
  const made = { verb, factor, formula };
  return (...args) => args.length === 0 ? made : undefined;
};

const NIELSEN = "Nielsen 2015, Neural Networks and Deep Learning, ";

/**
 * The loss functions, each averaged over the images of a batch. They differ in a factor, and so do the
 * learning rates that suit them: with ten outputs, a rate for `squaredErrorMean` is five times that for
 * `meanSquareError`.
 */
export const LOSSES = {
  crossEntropy: {
    form: "crossEntropy",
    help: "−Σ target · ln softmax(outputs)",
    source: NIELSEN + "chapter 3, section Softmax",
    unit: "nats",
    make: loss("crossEntropy", "−ln of the softmax of the right output"),
  },
  binaryCrossEntropy: {
    form: "binaryCrossEntropy",
    help: "−Σ (target · ln σ(output) + (1 − target) · ln (1 − σ(output)))",
    source: NIELSEN + "chapter 3, eq. 63",
    unit: "nats",
    make: loss(
      "binaryCrossEntropy",
      "−Σ (target · ln σ(output) + (1 − target) · ln (1 − σ(output)))",
    ),
  },
  binaryCrossEntropyMean: {
    form: "binaryCrossEntropyMean",
    help: "the same divided by the number of outputs: PyTorch's BCEWithLogitsLoss",
    unit: "nats",
    make: loss(
      "binaryCrossEntropy",
      "−mean of target · ln σ(output) + (1 − target) · ln (1 − σ(output))",
      (outputs) => 1 / outputs,
    ),
  },
  meanSquareError: {
    form: "meanSquareError",
    help: "½ Σ (output − target)²; another name of it is squaredErrorHalf",
    source: NIELSEN + "chapter 1, eq. 6",
    make: loss("squaredError", "½ Σ (output − target)²"),
  },
  squaredErrorSum: {
    form: "squaredErrorSum",
    help: "Σ (output − target)²",
    make: loss("squaredError", "Σ (output − target)²", () => 2),
  },
  squaredErrorMean: {
    form: "squaredErrorMean",
    help: "Σ (output − target)² divided by the number of outputs: PyTorch's MSELoss",
    make: loss("squaredError", "mean of (output − target)²", (outputs) => 2 / outputs),
  },
} as const satisfies Readonly<Record<string, LossKind>>;

/** The name of one of the {@linkcode LOSSES}. */
export type Loss = keyof typeof LOSSES;

/** Other names of losses. */
const ALSO: Readonly<Record<string, Loss>> = { squaredErrorHalf: "meanSquareError" };

/**
 * Parses the name of a loss.
 *
 * @param what names the place, for messages
 * @throws {UserError} for an unknown name
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseLoss } from "./loss.ts";
 * assert.equal(parseLoss("squaredErrorHalf").text, "meanSquareError");
 * ```
 */
export function parseLoss(text: string, what = "loss"): { text: Loss; value: LossFunction } {
  const name = Object.hasOwn(ALSO, text) ? ALSO[text] : text;
  const { text: canonical, value } = makeFrom(what, LOSSES, name);
  return { text: canonical as Loss, value };
}

/** The unit of a loss's values; `undefined` if they have none or it is none of the {@linkcode LOSSES}. */
export function lossUnit(loss: unknown): string | undefined {
  const kinds: Readonly<Record<string, LossKind>> = LOSSES;
  return typeof loss === "string" && Object.hasOwn(kinds, loss) ? kinds[loss].unit : undefined;
}

/**
 * Computes the loss of a batch and writes ∂L/∂output to `delta`.
 *
 * @param scale weight of each image in L: 1 / batch size if L is the batch's mean loss
 * @returns the sum, not the mean, of the images' losses
 */
export function lossOf(
  kernel: Kernel,
  loss: Loss,
  outputs: Matrix,
  targets: Matrix,
  scale: number,
  delta: Matrix,
): number {
  const { verb, factor } = LOSSES[loss].make()!;
  const by = factor(outputs.columns);
  return by * kernel[verb](outputs, targets, by * scale, delta);
}

const SIGMOID = parseActivation("sigmoid");

/**
 * Returns what the loss compares with the targets: the softmax or the sigmoid of the outputs, written to
 * `out`, or the outputs themselves.
 */
export function answersOf(kernel: Kernel, loss: Loss, outputs: Matrix, out: Matrix): Matrix {
  const { verb } = LOSSES[loss].make()!;
  if (verb === "squaredError") return outputs;
  if (verb === "crossEntropy") kernel.softmax(outputs, out);
  else kernel.activate(SIGMOID, outputs, out);
  return out;
}
