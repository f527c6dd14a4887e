import type { Random } from "../base/random.ts";
import { sha256 } from "../base/sha256.ts";
import { type ActivationCall, parseActivation } from "../kernel/activations.ts";
import type { Kernel, Matrix } from "../kernel/kernel.ts";
import type { Architecture, Model } from "./architecture.ts";
import { parseInitializer } from "./initializer.ts";

/** A layer of units: a = f(z), z = input · weights + biases. */
export interface Layer {
  /** inputs × units: column j holds what unit j multiplies its inputs with. */
  readonly weights: Matrix;
  /** 1 × units. */
  readonly biases: Matrix;
  readonly activation: ActivationCall;
}

/** A fully connected network whose numbers lie in a kernel's memory. */
export interface Network {
  readonly kernel: Kernel;
  readonly architecture: Architecture;
  readonly layers: readonly Layer[];
}

/**
 * A network with all weights and biases zero.
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
 * Draws the weights anew, layer by layer, row by row, and sets the biases to zero.
 *
 * @param initializer see {@linkcode parseInitializer}
 */
export function initialize(network: Network, initializer: string, random: Random): void {
  const { value: draw } = parseInitializer(initializer);
  for (const { weights, biases } of network.layers) {
    const { rows, columns, stride, data } = weights;
    for (let r = 0; r < rows; r++) {
      // + 0 turns −0 into 0, which the kernels' zero-skipping takes for granted.
      for (let c = 0; c < columns; c++) data[r * stride + c] = draw(random, rows, columns) + 0;
    }
    biases.data.fill(0);
  }
}

/** The network of a model, its numbers copied into the kernel's memory. */
export function networkOf(kernel: Kernel, model: Model): Network {
  const network = createNetwork(kernel, model.architecture);
  network.layers.forEach((layer, l) => {
    writeRows(layer.weights, model.parameters[l].weights);
    writeRows(layer.biases, model.parameters[l].biases);
  });
  return network;
}

/** A copy of the network as plain data. */
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

/** A copy of a matrix's numbers, row by row, without what may lie between the rows. */
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

/** Whether all of a model's numbers are finite: those of one that diverged in training are not. */
export function isFiniteModel({ parameters }: Model): boolean {
  return parameters.every(({ weights, biases }) =>
    weights.every(Number.isFinite) && biases.every(Number.isFinite)
  );
}

/**
 * The SHA-256 of a model's numbers as little-endian 32-bit floats: W1, b1, W2, b2, …, each row by row.
 * Every NaN counts as the same one, for its bits are the processor's choice.
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
