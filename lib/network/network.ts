import type { Random } from "../base/random.ts";
import { sha256 } from "../base/sha256.ts";
import { type ActivationCall, parseActivation } from "../kernel/activations.ts";
import type { Kernel, Matrix } from "../kernel/kernel.ts";
import type { Architecture, Model } from "./architecture.ts";
import { parseInitializer } from "./initializer.ts";

/** A layer of units: a = f(z), z = input · weights + biases. */
export interface Layer {
  /** inputs × units: column j holds the weights of unit j. */
  readonly weights: Matrix;
  /** 1 × units. */
  readonly biases: Matrix;
  readonly activation: ActivationCall;
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
 * @throws {UserError} for an unknown activation
 */
export function createNetwork(kernel: Kernel, architecture: Architecture): Network {
  const sizes = architecture.layers;
  const layers = architecture.activations.map((activation, l): Layer => ({
    weights: kernel.matrix(sizes[l], sizes[l + 1]),
    biases: kernel.matrix(1, sizes[l + 1]),
    activation: parseActivation(activation),
  }));
  return { kernel, architecture, layers };
}

/**
 * Draws all weights, layer by layer, row by row, and sets the biases to zero.
 *
 * @param initializer see {@linkcode parseInitializer}
 * @throws {UserError} for an unknown initializer
 */
export function initialize(network: Network, initializer: string, random: Random): void {
  const { value: draw } = parseInitializer(initializer);
  for (const { weights, biases } of network.layers) {
    const { rows, columns, stride, data } = weights;
    for (let r = 0; r < rows; r++) {
      // + 0 turns −0 into 0, on which the kernels' skipping of zeros relies.
      for (let c = 0; c < columns; c++) data[r * stride + c] = draw(random, rows, columns) + 0;
    }
    biases.data.fill(0);
  }
}

/** Creates the network of a model, with its parameters copied into the kernel's memory. */
export function networkOf(kernel: Kernel, model: Model): Network {
  const network = createNetwork(kernel, model.architecture);
  network.layers.forEach((layer, l) => {
    writeRows(layer.weights, model.parameters[l].weights);
    writeRows(layer.biases, model.parameters[l].biases);
  });
  return network;
}

/** Copies a network to plain data. */
export function modelOf({ architecture, layers }: Network): Model {
  const parameters = layers.map(({ weights, biases }) => ({
    weights: readRows(weights),
    biases: readRows(biases),
  }));
  return { architecture, parameters };
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
  return parameters.every(({ weights, biases }) =>
    weights.every(Number.isFinite) && biases.every(Number.isFinite)
  );
}

/**
 * Returns the SHA-256 of a model's parameters as little-endian 32-bit floats: W1, b1, W2, b2, …, each row
 * by row. All NaNs are written alike, as their bits depend on the processor.
 */
export function weightsDigest(model: Model): string {
  const pieces = model.parameters.flatMap(({ weights, biases }) =>
    [weights, biases].map((numbers) => {
      const floats = Float32Array.from(numbers, (x) => x === x ? x : NaN);
      const words = new Uint32Array(floats.buffer);
      floats.forEach((x, i) => x === x || (words[i] = 0x7fc00000));
      return new Uint8Array(floats.buffer);
    })
  );
  return sha256(...pieces);
}
