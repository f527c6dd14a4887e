import type { Matrix } from "../kernel/kernel.ts";
import type { Network } from "../network/network.ts";
import { readRows, writeRows } from "../network/network.ts";
import type { Optimizer } from "./optimizer.ts";
import type { EpochRecord } from "./trial_result.ts";

/** What a training is after some epochs: enough to go on from there with the same bits. */
export interface Checkpoint {
  /** Steps made. */
  readonly steps: number;
  /** One record per finished epoch. */
  readonly history: readonly EpochRecord[];
  /** W1, b1, W2, …, then what the optimizer keeps, each row by row. */
  readonly numbers: readonly (Float32Array | Float64Array)[];
  /** Where the random stream of the distortions is. */
  readonly augmentState: readonly number[];
}

/** All the numbers that training changes. */
function trainedMatrices(network: Network, optimizer: Optimizer): Matrix[] {
  return [
    ...network.layers.flatMap(({ weights, biases }) => [weights, biases]),
    ...optimizer.state,
  ];
}

/** A copy of all the numbers that training changes. */
export function copyNumbers(network: Network, optimizer: Optimizer): Checkpoint["numbers"] {
  return trainedMatrices(network, optimizer).map(readRows);
}

/** Puts back what {@linkcode copyNumbers} took from a network and optimizer of the same kind. */
export function restoreNumbers(
  numbers: Checkpoint["numbers"],
  network: Network,
  optimizer: Optimizer,
): void {
  trainedMatrices(network, optimizer).forEach((matrix, i) => writeRows(matrix, numbers[i]));
}
