import { type ActivationKind, ACTIVATIONS } from "../kernel/activations.ts";
import { plainKernel } from "../kernel/plain.ts";
import type { Matrix } from "../kernel/kernel.ts";
import { type Batch, passOf } from "./batch.ts";
import { createGradients, keepGradients } from "./gradients.ts";
import { modelOf, type Network, networkOf } from "./network.ts";
import { backward, forward, outputError, type Pass } from "./pass.ts";

/** A parameter's gradient, found in two ways. */
export interface GradientPair {
  /** `W1[0][2]`: layer 1, from input 0 to unit 2. `b1[2]`: the bias of unit 2. */
  readonly parameter: string;
  /** What the way back says. */
  readonly backward: number;
  /** (L(w + h) − L(w − h)) / 2h. */
  readonly centralDifference: number;
  /** Their distance, as a part of the larger of the two. */
  readonly relativeError: number;
}

/** What {@linkcode checkGradients} found. */
export interface GradientCheck {
  /** Whether no parameter's relative error is above the tolerance. */
  readonly correct: boolean;
  /** The parameter on which the two ways agree least. */
  readonly worst: GradientPair;
  /** The verdict as a sentence. */
  readonly verdict: string;
  readonly tolerance: number;
  /** All that were compared, layer by layer, weights before biases. */
  readonly pairs: readonly GradientPair[];
  /** Parameters at a kink: within ±h a ReLU goes on or off, so there is no slope to compare with. */
  readonly atKinks: readonly string[];
}

/** How the check is made. */
export interface CheckOptions {
  /** The largest relative error that passes: 10⁻⁶, or 10⁻³ for a network in 32 bits. */
  readonly tolerance?: number;
}

/** Near the cube root of the smallest 64-bit step, where rounding and curvature disturb alike least. */
const STEP = 1e-5;

/**
 * Central differences have about ten digits. A gradient below this part of the largest has fewer than
 * the check needs, and is compared with this part instead.
 */
const FLOOR = 1e-4;

/**
 * Checks a network's way back against the definition of the gradient: change one parameter a little up
 * and a little down and see how much the loss changes, for every parameter.
 *
 * The losses are computed in 64 bits, whatever the network's own precision. It takes two ways forward
 * per parameter: small networks and batches only. The network is left as it was.
 *
 * @throws {UserError} when the batch does not fit the network
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { randomStream } from "../base/random.ts";
 * import { plainKernel } from "../kernel/plain.ts";
 * import { createNetwork, initialize } from "./network.ts";
 * import { checkGradients } from "./check_gradients.ts";
 *
 * const network = createNetwork(plainKernel(64), {
 *   layers: [2, 3, 2], activations: ["tanh", "identity"], loss: "crossEntropy",
 * });
 * initialize(network, "glorotNormal", randomStream(1, "initializer"));
 * const { correct, verdict } = checkGradients(network, { inputs: [[0.5, -1]], targets: [[0, 1]] });
 * assert(correct, verdict);
 * ```
 */
export function checkGradients(
  network: Network,
  batch: Batch,
  options: CheckOptions = {},
): GradientCheck {
  const precise = network.kernel.precision === 64;
  const { tolerance = precise ? 1e-6 : 1e-3 } = options;
  const gradients = gradientsOf(network, batch);
  const reference = precise ? network : networkOf(plainKernel(64), modelOf(network));
  const pass = passOf(reference, batch);
  const found = places(network).map(({ layer, kind, row, column, parameter }) => {
    const { data, stride } = gradients[layer][kind];
    const weight = reference.layers[layer][kind];
    const difference = centralDifference(reference, pass, weight, row, column);
    return { parameter, backward: data[row * stride + column], difference };
  });
  const largest = found.reduce((max, { difference = 0 }) => Math.max(max, Math.abs(difference)), 0);
  const pairs = found.flatMap(({ parameter, backward, difference }) =>
    difference === undefined ? [] : [pair(parameter, backward, difference, largest)]
  );
  const atKinks = found.flatMap((one) => one.difference === undefined ? [one.parameter] : []);
  return { ...judge(pairs, tolerance), tolerance, pairs, atKinks };
}

function pair(
  parameter: string,
  backward: number,
  centralDifference: number,
  largest: number,
): GradientPair {
  const size = Math.max(Math.abs(backward), Math.abs(centralDifference), FLOOR * largest);
  const distance = Math.abs(backward - centralDifference);
  const relativeError = distance === 0 ? 0 : distance / size;
  return { parameter, backward, centralDifference, relativeError };
}

/** Every parameter of the network, layer by layer, weights before biases. */
function places({ layers }: Network) {
  return layers.flatMap((parameters, layer) =>
    (["weights", "biases"] as const).flatMap((kind) => {
      const { rows, columns } = parameters[kind];
      return Array.from({ length: rows * columns }, (_, i) => {
        const row = Math.floor(i / columns), column = i % columns;
        const parameter = kind === "weights"
          ? `W${layer + 1}[${row}][${column}]`
          : `b${layer + 1}[${column}]`;
        return { layer, kind, row, column, parameter };
      });
    })
  );
}

/** The worst of the pairs and what it means; NaN is worse than anything. */
function judge(pairs: readonly GradientPair[], tolerance: number) {
  const badness = ({ relativeError }: GradientPair) =>
    Number.isNaN(relativeError) ? Infinity : relativeError;
  const none = { parameter: "none", backward: 0, centralDifference: 0, relativeError: 0 };
  const worst = pairs.reduce(
    (worst, pair) => badness(pair) > badness(worst) ? pair : worst,
    pairs[0] ?? none,
  );
  const correct = pairs.length > 0 && badness(worst) <= tolerance;
  const { parameter, backward, centralDifference, relativeError } = worst;
  const verdict = pairs.length === 0
    ? "nothing could be compared: every parameter is at a kink"
    : `${correct ? "correct" : "wrong"}: of ${pairs.length} gradients the worst is ${parameter}, ` +
      `${short(backward)} by the way back, ${short(centralDifference)} by central difference, ` +
      `relative error ${relativeError.toExponential(1)} ` +
      `(${correct ? "at most" : "more than"} ${tolerance})`;
  return { correct, worst, verdict };
}

/** A few digits more than the check needs. */
function short(number: number): string {
  return String(Number(number.toPrecision(9)));
}

function gradientsOf(network: Network, batch: Batch) {
  const pass = passOf(network, batch);
  const gradients = createGradients(network);
  forward(network, pass);
  outputError(network, pass, 1 / pass.rows);
  backward(network, pass, keepGradients(network, gradients).store);
  return gradients;
}

/** Of one parameter; undefined where it would straddle a kink. */
function centralDifference(
  network: Network,
  pass: Pass,
  { data, stride }: Matrix,
  row: number,
  column: number,
): number | undefined {
  const at = row * stride + column;
  const value = data[at];
  const lossAt = (moved: number) => {
    data[at] = moved;
    forward(network, pass);
    return outputError(network, pass, 1 / pass.rows) / pass.rows;
  };
  const step = STEP * Math.max(1, Math.abs(value));
  const above = value + step, below = value - step;
  const lossAbove = lossAt(above);
  const sidesAbove = sidesOfKinks(network, pass);
  const lossBelow = lossAt(below);
  const sidesBelow = sidesOfKinks(network, pass);
  const kink = sidesAbove.some((side, i) => side !== sidesBelow[i]);
  data[at] = value;
  // What was added and taken away, not what was meant to be: rounding makes a difference.
  return kink ? undefined : (lossAbove - lossBelow) / (above - below);
}

/** For every sum that goes into a function with a kink at 0: whether it is above 0. */
function sidesOfKinks({ layers }: Network, pass: Pass): boolean[] {
  return layers.flatMap(({ activation }, l) => {
    const { kink }: ActivationKind = ACTIVATIONS[activation.name];
    if (!kink) return [];
    return Array.from(pass.z[l].data, (z) => z > 0);
  });
}
