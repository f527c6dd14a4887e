import type { Matrix } from "../kernel/kernel.ts";
import { type Network, networkMatrices, readRows, writeRows } from "../network/network.ts";
import type { Optimizer } from "./optimizer.ts";
import type { EpochRecord } from "./trial_result.ts";

/** State of a training after some epochs, from which it resumes with the same bits. */
export interface Checkpoint {
  /** Steps made. */
  readonly steps: number;
  /** One record per finished epoch. */
  readonly history: readonly EpochRecord[];
  /** W1, b1, W2, …, then the optimizer's state, each row by row. */
  readonly numbers: readonly (Float32Array | Float64Array)[];
  /** State of the random stream of the distortions. */
  readonly augmentState: readonly number[];
  /** State of the random stream of dropout; absent in files from before there was one. */
  readonly dropoutState?: readonly number[];
  /** The numbers of the best epoch so far, of a training that stops early. */
  readonly best?: Weights;
}

/** The numbers of a network, see {@linkcode networkMatrices}. */
export type Weights = readonly (Float32Array | Float64Array)[];

/** All matrices that training changes. */
function trainedMatrices(network: Network, optimizer: Optimizer): Matrix[] {
  return [...networkMatrices(network), ...optimizer.state];
}

/** Copies a network's numbers. */
export function copyWeights(network: Network): Weights {
  return networkMatrices(network).map(readRows);
}

/** Restores the numbers of {@linkcode copyWeights}. */
export function restoreWeights(weights: Weights, network: Network): void {
  networkMatrices(network).forEach((matrix, i) => writeRows(matrix, weights[i]));
}

/** Copies all numbers that training changes. */
export function copyNumbers(network: Network, optimizer: Optimizer): Checkpoint["numbers"] {
  return trainedMatrices(network, optimizer).map(readRows);
}

/**
 * Restores the numbers of {@linkcode copyNumbers}.
 *
 * @param numbers from a network and optimizer of the same shape
 */
export function restoreNumbers(
  numbers: Checkpoint["numbers"],
  network: Network,
  optimizer: Optimizer,
): void {
  trainedMatrices(network, optimizer).forEach((matrix, i) => writeRows(matrix, numbers[i]));
}
