import { usageError } from "../base/user_error.ts";
import {
  complete,
  DEFAULTS,
  HYPERPARAMETERS,
  type Hyperparameters,
} from "../training/hyperparameters.ts";

/**
 * The trials of a sweep: any hyperparameter may be one value or a list of values. A list of units per
 * layer is one value, `[[784, 128, 10], [784, 300, 10]]` are two; so is a list of activations, one for
 * each hidden layer, inside another list.
 */
export type Space = {
  readonly [Name in keyof Hyperparameters]?:
    | Hyperparameters[Name]
    | readonly Hyperparameters[Name][];
};

/**
 * Every combination of the values in a space, complete and checked. The last hyperparameter in the
 * order of {@linkcode HYPERPARAMETERS}, the seed, changes fastest; values keep their order.
 *
 * @throws {UserError} for an unknown hyperparameter, an impossible value, or a list with none
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { grid } from "./space.ts";
 * const trials = grid({ learningRate: [0.1, 0.2], seed: [1, 2, 3] });
 * assert.equal(trials.length, 6);
 * assert.equal(trials[1].seed, 2);
 * ```
 */
export function grid(space: Space): Hyperparameters[] {
  const unknown = Object.keys(space).find((name) => !Object.hasOwn(DEFAULTS, name));
  if (unknown !== undefined) complete({ [unknown]: null });
  let trials: Partial<Hyperparameters>[] = [{}];
  for (const name of HYPERPARAMETERS) {
    const values = valuesOf(space, name);
    trials = trials.flatMap((trial) => values.map((value) => ({ ...trial, [name]: value })));
  }
  return trials.map(complete);
}

/** The values that a hyperparameter takes in a space. */
function valuesOf(space: Space, name: keyof Hyperparameters): readonly unknown[] {
  const given = space[name];
  if (given === undefined) return [DEFAULTS[name]];
  if (!Array.isArray(given) || name === "layers" && !Array.isArray(given[0])) return [given];
  if (given.length === 0) throw usageError(`${name} must have at least one value, got []`);
  // 0.1 given twice would be two rows of the same trial.
  return [...new Map(given.map((value) => [JSON.stringify(value), value])).values()];
}
