import type { Random } from "../base/random.ts";
import { sha256 } from "../base/sha256.ts";
import { type ActivationCall, parseActivation } from "../kernel/activations.ts";
import type { Kernel, Matrix } from "../kernel/kernel.ts";
import type { Architecture, LayerParameters, Model } from "./architecture.ts";
import { parseInitializer } from "./initializer.ts";
import { createNormalizer, type Normalizer, parseNormalization } from "./normalization.ts";

/**
 * A layer of units: a = f(z), z = input · weights + biases. With batch normalisation a = f(y), where y is
 * input · weights, normalised, scaled, and shifted by the biases.
 */
export interface Layer {
  /** inputs × units: column j holds the weights of unit j. */
  readonly weights: Matrix;
  /** 1 × units. */
  readonly biases: Matrix;
  readonly activation: ActivationCall;
  /** Absent for a layer without batch normalisation. */
  readonly normalizer?: Normalizer;
}

/** A fully connected network whose parameters are in a kernel's memory. */
export interface Network {
  readonly kernel: Kernel;
  readonly architecture: Architecture;
  readonly layers: readonly Layer[];
}

/**
 * Creates a network with all weights and biases zero.
 *
 * @throws {UserError} for an unknown activation or normalisation
 */
export function createNetwork(kernel: Kernel, architecture: Architecture): Network {
  const sizes = architecture.layers;
  const layers = architecture.activations.map((activation, l): Layer => {
    const { value } = parseNormalization(architecture.normalizations?.[l] ?? "none");
    return {
      weights: kernel.matrix(sizes[l], sizes[l + 1]),
      biases: kernel.matrix(1, sizes[l + 1]),
      activation: parseActivation(activation),
      ...(value && { normalizer: createNormalizer(kernel, sizes[l + 1], value) }),
    };
  });
  return { kernel, architecture, layers };
}

/** Distribution of initial biases. */
export interface BiasDrawing {
  /** See {@linkcode parseInitializer}; "inputs" and "units" are those of the biases' layer. */
  readonly initializer: string;
  /** A stream of its own, so that the weights do not depend on how biases are drawn. */
  readonly random: Random;
}

/**
 * Draws all weights, layer by layer, row by row, and sets the biases to zero or draws them too.
 *
 * @param initializer see {@linkcode parseInitializer}
 * @param biasDrawing defaults to zeros
 * @throws {UserError} for an unknown initializer
 */
export function initialize(
  network: Network,
  initializer: string,
  random: Random,
  biasDrawing: BiasDrawing = { initializer: "zeros", random },
): void {
  const { value: draw } = parseInitializer(initializer);
  const { value: drawBias } = parseInitializer(biasDrawing.initializer, "biasInitializer");
  for (const { weights, biases } of network.layers) {
    const { rows, columns, stride, data } = weights;
    for (let r = 0; r < rows; r++) {
      // + 0 turns −0 into 0, on which the kernels' skipping of zeros relies.
      for (let c = 0; c < columns; c++) data[r * stride + c] = draw(random, rows, columns) + 0;
    }
    biases.data.fill(0);
    for (let c = 0; c < columns; c++) {
      biases.data[c] = drawBias(biasDrawing.random, rows, columns) + 0;
    }
  }
}

/**
 * The matrices of a network, layer by layer, in the order in which they are stored: weights, biases, then
 * those of batch normalisation.
 */
export function networkMatrices({ layers }: Network): Matrix[] {
  return layers.flatMap(({ weights, biases, normalizer }) => [
    weights,
    biases,
    ...normalizer ? [normalizer.scales, normalizer.mean, normalizer.variance] : [],
  ]);
}

/** Creates the network of a model, with its parameters copied into the kernel's memory. */
export function networkOf(kernel: Kernel, model: Model): Network {
  const network = createNetwork(kernel, model.architecture);
  const numbers = model.parameters.flatMap(numbersOf);
  networkMatrices(network).forEach((matrix, i) => writeRows(matrix, numbers[i]));
  return network;
}

/** Copies a network to plain data. */
export function modelOf({ architecture, layers }: Network): Model {
  const parameters = layers.map(({ weights, biases, normalizer }): LayerParameters => ({
    weights: readRows(weights),
    biases: readRows(biases),
    ...(normalizer && {
      normalizer: {
        scales: readRows(normalizer.scales),
        mean: readRows(normalizer.mean),
        variance: readRows(normalizer.variance),
      },
    }),
  }));
  return { architecture, parameters };
}

/** The numbers of a layer, in the order of {@linkcode networkMatrices}. */
function numbersOf({ weights, biases, normalizer }: LayerParameters) {
  const more = normalizer ? [normalizer.scales, normalizer.mean, normalizer.variance] : [];
  return [weights, biases, ...more];
}

/** Copies numbers, row by row, into a matrix. */
export function writeRows(matrix: Matrix, numbers: ArrayLike<number>): void {
  const { rows, columns, stride, data } = matrix;
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) data[r * stride + c] = numbers[r * columns + c];
  }
}

/** Copies a matrix's numbers, row by row, without padding. */
export function readRows(matrix: Matrix): Float32Array | Float64Array {
  const { rows, columns, stride, data } = matrix;
  const numbers = data instanceof Float32Array
    ? new Float32Array(rows * columns)
    : new Float64Array(rows * columns);
  for (let r = 0; r < rows; r++) {
    numbers.set(data.subarray(r * stride, r * stride + columns), r * columns);
  }
  return numbers;
}

/** Reports whether all of a model's parameters are finite, unlike after diverged training. */
export function isFiniteModel({ parameters }: Model): boolean {
  return parameters.flatMap(numbersOf).every((numbers) => numbers.every(Number.isFinite));
}

/**
 * Returns the SHA-256 of a model's parameters as little-endian 32-bit floats: W1, b1, W2, b2, …, each row
 * by row; γ, running mean and variance follow the biases of a normalised layer. All NaNs are written alike,
 * as their bits depend on the processor.
 */
export function weightsDigest(model: Model): string {
  const pieces = model.parameters.flatMap(numbersOf).map((numbers) => {
    const floats = Float32Array.from(numbers);
    const words = new Uint32Array(floats.buffer);
    floats.forEach((x, i) => x === x || (words[i] = 0x7fc00000));
    return new Uint8Array(floats.buffer);
  });
  return sha256(...pieces);
}
