import { usageError } from "../base/user_error.ts";
import { imageAt, type Samples } from "../dataset/dataset.ts";
import { type Network, writeRows } from "./network.ts";
import { createPass, type Pass } from "./pass.ts";

/** Some examples as plain numbers, a row each: for lessons and checks, where there are few. */
export interface Batch {
  /** examples × inputs. */
  readonly inputs: readonly (readonly number[])[];
  /** examples × outputs: what the network should say. */
  readonly targets: readonly (readonly number[])[];
}

/**
 * Images as a batch: pixels from 0 to 1, and for each a target that is 1 at its class and 0 elsewhere.
 *
 * @param indices which images, in order
 * @param classes how many there are
 */
export function batchOf(samples: Samples, indices: ArrayLike<number>, classes = 10): Batch {
  const chosen = Array.from(indices);
  const missing = chosen.find((index) => !(index >= 0 && index < samples.count));
  if (missing !== undefined) {
    throw usageError(`there are images 0 to ${samples.count - 1}, not ${missing}`);
  }
  return {
    inputs: chosen.map((index) => Array.from(imageAt(samples, index), (ink) => ink / 255)),
    targets: chosen.map((index) =>
      Array.from({ length: classes }, (_, label) => label === samples.labels[index] ? 1 : 0)
    ),
  };
}

/**
 * A pass that holds the batch, ready to go forward.
 *
 * @throws {UserError} when the batch is empty or a row has another length than the network's layer
 */
export function passOf(network: Network, { inputs, targets }: Batch): Pass {
  const sizes = network.architecture.layers;
  if (inputs.length === 0 || inputs.length !== targets.length) {
    throw usageError(
      `a batch has one input and one target for each example, 1 or more; ` +
        `got ${inputs.length} inputs and ${targets.length} targets`,
    );
  }
  const check = (what: string, rows: Batch["inputs"], size: number) => {
    const wrong = rows.findIndex((row) => row.length !== size);
    if (wrong < 0) return;
    throw usageError(
      `${what} ${wrong} of the batch has ${rows[wrong].length} numbers, the network ${size}`,
    );
  };
  check("input", inputs, sizes[0]);
  check("target", targets, sizes[sizes.length - 1]);
  const pass = createPass(network, inputs.length, "train");
  writeRows(pass.x, inputs.flat());
  writeRows(pass.targets, targets.flat());
  return pass;
}
