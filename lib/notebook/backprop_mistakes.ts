import type { Model } from "../network/architecture.ts";
import type { Batch } from "../network/batch.ts";
import { type LayerTrace, type Rows, type StepTrace, traceStep } from "../training/trace.ts";
import type { Slopes } from "./check.ts";

/** The gradient of a layer's weights and biases, in the shapes of a {@linkcode LayerTrace}. */
export interface LayerGradient {
  readonly dW: Rows;
  readonly db: readonly number[];
}

/** A mistake in the backward pass. */
interface Mistake {
  readonly hint: string;
  /** The layers whose deltas lack the activation's slope. */
  readonly withoutSlope?: "hidden" | "outputs" | "all";
  /** The factor that is left of a sigmoid's slope a(1 − a), in every layer. */
  readonly halfSlope?: (a: number) => number;
  /** The only path along which an error goes back, or all of them divided by their number. */
  readonly path?: "first" | "last" | "mean";
  /** The weights through which it goes back, if not those of the forward pass. */
  readonly weights?: "transposed" | "updated" | "none";
  /** `true` if the gradients lack what came in along the weight. */
  readonly withoutInput?: true;
}

const ONE_PATH =
  "an error comes back to a hidden unit along one path only; how many lead on from it?";
const HALF_SLOPE = "the slope of a sigmoid has two factors, a and 1 − a; one of them is missing";
const MISTAKES: readonly Mistake[] = [
  { hint: "the slope of the activation is missing in every layer", withoutSlope: "all" },
  { hint: "the slope of the hidden units' activation is missing", withoutSlope: "hidden" },
  { hint: "the slope of the outputs' activation is missing", withoutSlope: "outputs" },
  { hint: HALF_SLOPE, halfSlope: (a) => a },
  { hint: HALF_SLOPE, halfSlope: (a) => 1 - a },
  { hint: ONE_PATH, path: "first" },
  { hint: ONE_PATH, path: "last" },
  { hint: "what comes back along several paths is added up, not averaged", path: "mean" },
  {
    hint: "an error goes back times the weight along which it came; the weights are missing",
    weights: "none",
  },
  {
    hint: "an error goes back along the weight that led forward; yours are transposed",
    weights: "transposed",
  },
  {
    hint: "the error goes back through updated weights; the forward pass had the old ones",
    weights: "updated",
  },
  { hint: "what came in along the weight is missing", withoutInput: true },
];

/**
 * The gradients that result from common mistakes in the backward pass, each with a hint, for
 * {@linkcode check}'s `gradient`.
 *
 * @param modelAt the network with these parameters; no batch normalisation
 * @param batch the examples of the loss
 * @param order lists the gradients in the order of the parameters
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { backpropMistakes } from "./backprop_mistakes.ts";
 * const neuron = ([w]: number[]) => ({
 *   architecture: { layers: [1, 1], activations: ["sigmoid"], loss: "meanSquareError" },
 *   parameters: [{ weights: Float64Array.of(w), biases: Float64Array.of(0) }],
 * } as const);
 * const batch = { inputs: [[2]], targets: [[1]] };
 * const [[slopes, hint]] = backpropMistakes(neuron, batch, ([{ dW }]) => [dW[0][0]]);
 * assert(slopes([0])[0] === (0.5 - 1) * 2); // without the factor ¼
 * assert(hint.includes("slope"));
 * ```
 */
export function backpropMistakes(
  modelAt: (parameters: number[]) => Model,
  batch: Batch,
  order: (gradients: readonly LayerGradient[]) => number[],
): [slopes: Slopes, hint: string][] {
  return MISTAKES.map((mistake) => [
    (parameters) =>
      order(
        mistakenGradients(traceStep(modelAt(parameters), batch, { learningRate: 0.5 }), mistake),
      ),
    mistake.hint,
  ]);
}

/** The backward pass of a recorded step, with a mistake. */
function mistakenGradients({ layers }: StepTrace, mistake: Mistake): LayerGradient[] {
  const gradients: LayerGradient[] = [];
  let after: { layer: LayerTrace; dZ: Rows } | undefined;
  for (const layer of layers.toReversed()) {
    const dA = after === undefined ? layer.dA : backAlong(after.layer, after.dZ, mistake);
    const kind = after === undefined ? "outputs" : "hidden";
    const flat = mistake.withoutSlope === "all" || mistake.withoutSlope === kind;
    const half = layer.activation === "sigmoid" ? mistake.halfSlope : undefined;
    const dZ = dA.map((row, r) =>
      row.map((slope, j) =>
        flat ? slope : slope * (half ? half(layer.a[r][j]) : slopeAt(layer, r, j))
      )
    );
    const sum = (j: number, weight: (r: number) => number) =>
      dZ.reduce((total, row, r) => total + weight(r) * row[j], 0);
    gradients.unshift({
      dW: layer.weights.map((row, i) =>
        row.map((_, j) => sum(j, (r) => mistake.withoutInput ? 1 : layer.input[r][i]))
      ),
      db: layer.biases.map((_, j) => sum(j, () => 1)),
    });
    after = { layer, dZ };
  }
  return gradients;
}

/** ∂L/∂a of the layer before, from ∂L/∂z, with a mistake. */
function backAlong(layer: LayerTrace, dZ: Rows, { path, weights }: Mistake): Rows {
  const last = dZ[0].length - 1;
  const part = path === "mean" ? 1 / (last + 1) : 1;
  const goes = (k: number) =>
    path === undefined || path === "mean" || k === (path === "first" ? 0 : last);
  const weight = (j: number, k: number) => {
    if (weights === "none") return 1;
    if (weights === "transposed") return layer.weights[k]?.[j] ?? NaN;
    return (weights === "updated" ? layer.weightsAfter : layer.weights)[j][k];
  };
  return dZ.map((row) =>
    layer.weights.map((_, j) =>
      row.reduce((total, delta, k) => total + (goes(k) ? part * delta * weight(j, k) : 0), 0)
    )
  );
}

/** f′(z), from the recorded ∂L/∂z = ∂L/∂a · f′(z). */
function slopeAt({ dA, dZ }: LayerTrace, r: number, j: number): number {
  return dA[r][j] === 0 ? 0 : dZ[r][j] / dA[r][j];
}
