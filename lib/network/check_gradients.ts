import { centralDifference } from "../base/central_difference.ts";
import { numberText } from "../base/number_text.ts";
import { randomStream } from "../base/random.ts";
import { type ActivationKind, ACTIVATIONS } from "../kernel/activations.ts";
import { plainKernel } from "../kernel/plain.ts";
import type { Matrix } from "../kernel/kernel.ts";
import { type Batch, passOf } from "./batch.ts";
import { createGradients, type Gradients, keepGradients } from "./gradients.ts";
import { modelOf, type Network, networkOf } from "./network.ts";
import { backward, drawMasks, forward, outputError, type Pass } from "./pass.ts";

/** A parameter's gradient, computed in two ways. */
export interface GradientPair {
  /**
   * `W1[0][2]`: layer 1, from input 0 to unit 2. `b1[2]`: the bias of unit 2. `γ1[2]`: the scale of its
   * batch normalisation.
   */
  readonly parameter: string;
  /** The result of the backward pass. */
  readonly backward: number;
  /** (L(w + h) − L(w − h)) / 2h. */
  readonly centralDifference: number;
  /** Their difference, relative to the larger of the two in magnitude. */
  readonly relativeError: number;
}

/** Result of {@linkcode checkGradients}. */
export interface GradientCheck {
  /** `true` if no relative error is above the tolerance and at least one gradient was compared. */
  readonly correct: boolean;
  /** The pair with the largest relative error. */
  readonly worst: GradientPair;
  /** The verdict as a sentence. */
  readonly verdict: string;
  readonly tolerance: number;
  /** All pairs, layer by layer, weights before biases. */
  readonly pairs: readonly GradientPair[];
  /** Parameters skipped because a ReLU switches on or off within ±h, so the slope is undefined. */
  readonly atKinks: readonly string[];
}

/** Options of {@linkcode checkGradients}. */
export interface CheckOptions {
  /** Maximum relative error; defaults to 10⁻⁶, or 10⁻³ for a network in 32 bits. */
  readonly tolerance?: number;
  /** The share of each layer's inputs that dropout sets to 0, inputs first; defaults to none. */
  readonly dropout?: readonly number[];
}

/**
 * Central differences have about ten digits. Gradients below this fraction of the largest have too few,
 * so their error is measured relative to this fraction instead.
 */
const FLOOR = 1e-4;

/**
 * Checks a network's backward pass against central differences of the loss, for every parameter.
 *
 * The losses are computed in 64 bits, whatever the network's own precision. This takes two forward passes
 * per parameter, so it is meant for small networks and batches. The network is not changed.
 *
 * @throws {UserError} if the batch does not fit the network
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
  const { tolerance = precise ? 1e-6 : 1e-3, dropout } = options;
  const gradients = gradientsOf(network, maskedPass(network, batch, dropout));
  const reference = precise ? network : networkOf(plainKernel(64), modelOf(network));
  const pass = maskedPass(reference, batch, dropout);
  const found = places(reference, gradients).map((place) => {
    const { parameter, weight, gradient, row, column } = place;
    const difference = differenceAt(reference, pass, weight, row, column);
    return { parameter, backward: gradient.data[row * gradient.stride + column], difference };
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

/** Returns a pass of the batch with the masks of dropout, the same for every network. */
function maskedPass(network: Network, batch: Batch, dropout?: readonly number[]): Pass<Matrix> {
  const pass = passOf(network, batch, dropout);
  drawMasks(pass, randomStream(1, "dropout"));
  return pass;
}

/** Every parameter of the network with its gradient, layer by layer: weights, biases, scales. */
function places({ layers }: Network, gradients: Gradients) {
  return layers.flatMap(({ weights, biases, normalizer }, l) => {
    const { weights: dW, biases: db, scales } = gradients[l];
    const matrices = [
      { name: `W${l + 1}`, weight: weights, gradient: dW },
      { name: `b${l + 1}`, weight: biases, gradient: db },
      ...normalizer ? [{ name: `γ${l + 1}`, weight: normalizer.scales, gradient: scales! }] : [],
    ];
    return matrices.flatMap(({ name, weight, gradient }) => {
      const { rows, columns } = weight;
      return Array.from({ length: rows * columns }, (_, i) => {
        const row = Math.floor(i / columns), column = i % columns;
        const parameter = weight === weights ? `${name}[${row}][${column}]` : `${name}[${column}]`;
        return { parameter, weight, gradient, row, column };
      });
    });
  });
}

/** Returns the worst pair and the verdict; NaN is worse than any number. */
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
      `${numberText(backward, 9)} by the backward pass, ` +
      `${numberText(centralDifference, 9)} by central difference, ` +
      `relative error ${numberText(relativeError, 2)} ` +
      `(${correct ? "at most" : "more than"} ${numberText(tolerance)})`;
  return { correct, worst, verdict };
}

function gradientsOf(network: Network, pass: Pass<Matrix>): Gradients {
  const gradients = createGradients(network);
  forward(network, pass);
  outputError(network, pass, 1 / pass.rows);
  backward(network, pass, keepGradients(network, gradients).store);
  return gradients;
}

/** The central difference of the loss by one parameter; `undefined` if it straddles a kink. */
function differenceAt(
  network: Network,
  pass: Pass<Matrix>,
  { data, stride }: Matrix,
  row: number,
  column: number,
): number | undefined {
  const at = row * stride + column;
  const value = data[at];
  const sides: boolean[][] = [];
  const difference = centralDifference((moved) => {
    data[at] = moved;
    forward(network, pass);
    sides.push(sidesOfKinks(network, pass));
    return outputError(network, pass, 1 / pass.rows) / pass.rows;
  }, value);
  data[at] = value;
  const [above, below] = sides;
  return above.some((side, i) => side !== below[i]) ? undefined : difference;
}

/** For every z of a layer whose activation has a kink at 0: `true` if z is above 0. */
function sidesOfKinks({ layers }: Network, pass: Pass<Matrix>): boolean[] {
  return layers.flatMap(({ activation }, l) => {
    const { kink }: ActivationKind = ACTIVATIONS[activation.name];
    if (!kink) return [];
    return Array.from(pass.y[l].data, (z) => z > 0);
  });
}
