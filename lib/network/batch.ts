import { usageError } from "../base/user_error.ts";
import { imageAt, type Samples } from "../dataset/dataset.ts";
import type { Matrix } from "../kernel/kernel.ts";
import { type Network, writeRows } from "./network.ts";
import { createMatrixPass, type Pass } from "./pass.ts";

/** A small batch of examples as plain numbers, one row each; for lessons and checks. */
export interface Batch {
  /** examples × inputs. */
  readonly inputs: readonly (readonly number[])[];
  /** examples × outputs: the desired outputs. */
  readonly targets: readonly (readonly number[])[];
}

/**
 * Converts images to a batch: pixels scaled to 0 to 1, and one-hot targets.
 *
 * @param indices of the images in `samples`
 * @param classes number of classes; defaults to 10
 * @throws {UserError} if an index is out of range
 */
export function batchOf(samples: Samples, indices: ArrayLike<number>, classes = 10): Batch {
  const chosen = Array.from(indices);
  const missing = chosen.find((index) => !(index >= 0 && index < samples.count));
  if (missing !== undefined) {
    throw usageError(`image index must be from 0 to ${samples.count - 1}, got ${missing}`);
  }
  return {
    inputs: chosen.map((index) => Array.from(imageAt(samples, index), (ink) => ink / 255)),
    targets: chosen.map((index) =>
      Array.from({ length: classes }, (_, label) => label === samples.labels[index] ? 1 : 0)
    ),
  };
}

/**
 * Creates a pass that holds the batch, ready for {@linkcode forward}.
 *
 * @param dropout the share of each layer's inputs that is dropped, inputs first; defaults to none
 * @throws {UserError} if the batch is empty or the length of a row does not match the network's layer
 */
export function passOf(
  network: Network,
  { inputs, targets }: Batch,
  dropout?: readonly number[],
): Pass<Matrix> {
  const sizes = network.architecture.layers;
  if (inputs.length === 0 || inputs.length !== targets.length) {
    throw usageError(
      `a batch must have one input and one target per example, at least one example; ` +
        `got ${inputs.length} inputs and ${targets.length} targets`,
    );
  }
  const check = (what: string, rows: Batch["inputs"], size: number) => {
    const wrong = rows.findIndex((row) => row.length !== size);
    if (wrong < 0) return;
    throw usageError(
      `${what} ${wrong} of the batch has ${rows[wrong].length} numbers, expected ${size}`,
    );
  };
  check("input", inputs, sizes[0]);
  check("target", targets, sizes[sizes.length - 1]);
  const pass = createMatrixPass(network, inputs.length, "train", dropout);
  writeRows(pass.x, inputs.flat());
  writeRows(pass.targets, targets.flat());
  return pass;
}
