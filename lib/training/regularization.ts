import type { Matrix } from "../kernel/kernel.ts";
import type { Gradients } from "../network/gradients.ts";
import type { Network } from "../network/network.ts";
import type { GradientSink } from "../network/pass.ts";
import type { Hyperparameters } from "./hyperparameters.ts";
import { decayed, type Optimizer, type StepSize } from "./optimizer.ts";

/** What is done to the gradients before a step and to the weights before and after it. */
export type Regularization = Pick<
  Hyperparameters,
  "l1" | "weightDecay" | "maxNorm" | "clipValue" | "clipNorm"
>;

/**
 * Adds penalties and limits to an optimizer. A step then takes this order:
 *
 * 1. `clipValue` limits every number of the gradient of the batch's mean loss, biases included.
 * 2. `clipNorm` scales the gradient of all parameters together down to this Euclidean norm: by
 *    c / (norm + 10⁻⁶), as PyTorch's `clip_grad_norm_` (Pascanu, Mikolov & Bengio 2013, On the Difficulty of
 *    Training Recurrent Neural Networks, algorithm 1).
 * 3. `l1`: λ sign w, the gradient of the penalty λ Σ |w|, is added for weights.
 * 4. `weightDecay`: W ← (1 − η decay) W, see {@linkcode decayed}.
 * 5. The optimizer's step, with its `l2`.
 * 6. `maxNorm` scales the weights of each unit, a column of W, down to this Euclidean norm: by
 *    c / (norm + 10⁻⁷), as PyTorch's `renorm` (Srivastava et al. 2014, Dropout, section 5.1).
 *
 * The first three need the gradients stored; a step during the backward pass keeps the others.
 *
 * @param optimizer of the same network
 */
export function regularized(
  network: Network,
  optimizer: Optimizer,
  { l1 = 0, weightDecay = 0, maxNorm = "none", clipValue = "none", clipNorm = "none" }: Partial<
    Regularization
  >,
): Optimizer {
  const { kernel, layers } = network;
  const { state, step, direct } = decayed(network, optimizer, weightDecay);
  const limit = (l: number) => {
    if (maxNorm !== "none") kernel.limitColumns(maxNorm, layers[l].weights);
  };
  const isDirect = l1 === 0 && clipValue === "none" && clipNorm === "none";
  return {
    state,
    step(gradients, size) {
      if (clipValue !== "none") clipByValue(network, gradients, clipValue);
      if (clipNorm !== "none") clipByNorm(network, gradients, clipNorm);
      if (l1 !== 0) addPenalty(network, gradients, l1);
      step(gradients, size);
      layers.forEach((_, l) => limit(l));
    },
    ...direct && isDirect && {
      direct(size: StepSize): GradientSink {
        const sink = direct(size);
        return (l, ...factors) => {
          sink(l, ...factors);
          limit(l);
        };
      },
    },
  };
}

/** The matrices of {@linkcode Gradients}. */
const matricesOf = (gradients: Gradients): Matrix[] =>
  gradients.flatMap(({ weights, biases, scales }) => [weights, biases, ...scales ? [scales] : []]);

function clipByValue({ kernel }: Network, gradients: Gradients, most: number): void {
  const rule = { name: "clip", numbers: [most] } as const;
  for (const gradient of matricesOf(gradients)) kernel.update(rule, gradient, gradient, []);
}

function clipByNorm({ kernel }: Network, gradients: Gradients, most: number): void {
  const all = matricesOf(gradients);
  const squares = all.reduce((sum, gradient) => sum + kernel.sumOfSquares(gradient), 0);
  const factor = most / (Math.sqrt(squares) + 1e-6);
  if (factor < 1) { for (const gradient of all) kernel.combine(factor, gradient, 0, gradient); }
}

function addPenalty({ kernel, layers }: Network, gradients: Gradients, lambda: number): void {
  const rule = { name: "addSign", numbers: [lambda] } as const;
  layers.forEach(({ weights }, l) => kernel.update(rule, weights, gradients[l].weights, []));
}
